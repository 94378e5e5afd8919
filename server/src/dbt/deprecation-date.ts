/** Texts under `deprecation_date:` of which dbt can make no moment. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { pyRepr } from './python-repr.ts';
import { isTemplate } from './rendered-keys.ts';

/** A fault in dbt's words; `path` leads to it from the model's entry. */
export interface DateFault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** The dates of a model and its versions that dbt refuses, as far as it is certain: dateutil takes dates of many shapes. */
export function deprecationDateFaults(entry: PyDict): readonly DateFault[] {
  const faults: DateFault[] = [];
  const add = (value: PyValue | undefined, path: DateFault['path'], message: string): void => {
    if (typeof value === 'string' && isNoDate(value)) faults.push({ path, message });
  };
  const own = entry.get('deprecation_date');
  add(own, ['deprecation_date'], `Field "deprecation_date" of type Optional[datetime] in UnparsedModelUpdate has invalid value ${pyRepr(own ?? null)}`);
  const versions = entry.get('versions');
  for (const [index, version] of (Array.isArray(versions) ? versions : []).entries()) {
    if (!isPyDict(version)) continue;
    const message = 'Field "versions" of type Sequence[UnparsedVersion] in UnparsedModelUpdate has invalid value';
    add(version.get('deprecation_date'), ['versions', index, 'deprecation_date'], message);
  }
  return faults;
}

/** Weeks and days of the year of ISO 8601, which dateutil's parser of free text does not know. */
const ISO_WEEK_OR_DAY = /^\s*\d{4}-(?:\d{3}|W\d\d(?:-\d)?)\s*$|^\s*\d{4}W\d\d\d?\s*$/;
const CALENDAR_DATE = /^\s*(\d{4})-(\d\d)-(\d\d)(?!\d)/;

/** What dateutil knows of words: months, days of the week, units, and what it jumps over. */
const WORD =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|h(?:ours?)?|m(?:inutes?)?|s(?:econds?)?|[ap]m?|at|on|and|ad|t|of|st|nd|rd|th|utc|gmt|z)$/i;

function isNoDate(text: string): boolean {
  if (isTemplate(text)) return false;
  if (text === '' || ISO_WEEK_OR_DAY.test(text)) return true;
  const date = CALENDAR_DATE.exec(text);
  if (date !== null) {
    const [year = 0, month = 0, day = 0] = date.slice(1).map(Number);
    return month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate();
  }
  return !/\d/.test(text) && (text.match(/[a-z]+/gi) ?? []).some((word) => word !== word.toUpperCase() && !WORD.test(word));
}
