/** Tells a description from an empty or placeholder text. */

import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import { isPlaceholder } from '../../syntax/suppressions.ts';

/** `missing`: absent or blank; `placeholder`: a text such as `TODO` that says nothing. */
export type DescriptionState = 'written' | 'missing' | 'placeholder' | Unknown;

/** What a description is worth; it comes with `doc()` resolved, and null for one that leads nowhere. */
export function descriptionState(description: string | Unknown | null): DescriptionState {
  if (description === null) return 'missing';
  if (isUnknown(description)) return description;
  if (description.trim() === '') return 'missing';
  return isPlaceholder(description) ? 'placeholder' : 'written';
}

/** A text as a message quotes it: one line, at most 30 characters. */
export function quoted(text: string | Unknown | null): string {
  if (typeof text !== 'string') return '';
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 30 ? `${line.slice(0, 29)}…` : line;
}
