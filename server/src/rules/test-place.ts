/** The narrowest place of a generic test in its property file. */

import type { PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import type { Anchor, TestNode } from '../index/model.ts';
import type { ProjectView } from '../index/project-view.ts';

/** The name of the test: the item itself, or its key if arguments follow. */
export function placeOfTest(project: ProjectView, { entry, entryPath }: NonNullable<TestNode['generic']>): Anchor {
  const at = { kind: 'yaml', file: entry.file, entry: entry.entry, path: entryPath, part: 'value' } as const;
  let value: PyValue | undefined = project.entry(entry);
  for (const step of entryPath) {
    if (Array.isArray(value) && typeof step === 'number') value = value[step];
    else value = isPyDict(value) ? value.get(step) : undefined;
  }
  const [key] = isPyDict(value) ? value.keys() : [];
  return typeof key === 'string' ? { ...at, path: [...entryPath, key], part: 'key' } : at;
}
