/** Where things are in the repository. Only Node's own modules: this runs before anything is installed. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, absolute. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const OUT = join(ROOT, 'out');

/** A path below the root. */
export function inRoot(...parts) {
  return join(ROOT, ...parts);
}
