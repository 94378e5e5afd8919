/** Reads the header of a seed; its rows are data and none of our business. */

import { readCsvHeader } from '../syntax/csv.ts';
import type { Reading } from './read-file.ts';

/** Reads a seed's first lines. */
export function readSeedFile(text: string): Reading {
  return { data: { kind: 'seed', columns: readCsvHeader(text) } };
}
