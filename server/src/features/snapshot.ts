/** An analysed project as packed data and back: its index and what the rules found. */

import type { Packer, PackedSection } from '../base/packed.ts';
import { createPacker, createUnpacker } from '../base/packed.ts';
import type { GroupReads, OpenedIndex } from '../index/snapshot.ts';
import { openIndex } from '../index/snapshot.ts';
import type { ResultsToRestore, SavedResults, UnitReads } from '../rules/checker.ts';
import type { UnitResult } from '../rules/finding.ts';
import type { AnalyzedProject } from './analysis.ts';

/** A snapshot that was opened, to go on from. */
export interface OpenedSnapshot {
  readonly index: OpenedIndex;
  readonly results: ResultsToRestore;
}

/** The first section holds what a start needs, the second what the first change needs. */
interface FirstSection {
  readonly index: number;
  readonly results: SavedResults;
}
interface SecondSection {
  readonly index: GroupReads;
  readonly results: UnitReads;
}

/**
 * Packs a project in steps, in two sections. Undefined if it must not be kept (see `packIndex`), or if there is work left to do. Whoever lets the project
 * change between two steps must drop what comes out.
 */
export function* packProject({ index, checker }: AnalyzedProject): Generator<void, readonly PackedSection[] | undefined> {
  if (checker.pending > 0) return undefined;
  const packer = createPacker();
  const indexOffset = yield* index.pack(packer);
  if (indexOffset === undefined) return undefined;
  const results = yield* checker.save((result) => packer.add(result));
  const first: FirstSection = { index: indexOffset, results };
  const second: SecondSection = { index: index.reads(), results: checker.reads() };
  yield;
  const sections = [packed(packer, first)];
  yield;
  return [...sections, packed(createPacker(), second)];
}

function packed(packer: Packer, root: FirstSection | SecondSection): PackedSection {
  const offset = packer.add(root);
  return { packed: packer.finish(), root: offset };
}

/** Opens a project that this very version of the program has packed; each section is asked for when it is needed. Undefined if it is damaged. */
export function openSnapshot(sections: readonly (() => PackedSection)[]): OpenedSnapshot | undefined {
  try {
    return open(sections);
  } catch {
    // Whoever asked reads the project itself.
    return undefined;
  }
}

function open([first, second]: readonly (() => PackedSection)[]): OpenedSnapshot | undefined {
  if (first === undefined || second === undefined) return undefined;
  const { packed: values, root } = first();
  const unpack = createUnpacker(values);
  // The version of the program stands in the key of the cache, and its bytes have checksums: these are the values that `packProject` packed.
  const { index, results } = unpack(root) as FirstSection;
  let reads: SecondSection | undefined;
  const readSecond = (): SecondSection => {
    if (reads !== undefined) return reads;
    const section = second();
    // The same.
    return (reads = createUnpacker(section.packed)(section.root) as SecondSection);
  };
  return {
    index: openIndex(unpack, index, () => readSecond().index),
    // The same.
    results: { saved: results, unpack: (offset) => unpack(offset) as UnitResult, reads: () => readSecond().results },
  };
}
