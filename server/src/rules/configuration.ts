/** Which rules are on, how grave and with which options: `dbt-readiness.yml` over the presets, checked against each rule's schema. */

import * as z from 'zod';
import type { PyValue } from '../base/python-values.ts';
import { isPyDict, isPyFloat, isPyDate, isPyTuple } from '../base/python-values.ts';
import { similarTo } from '../index/similar.ts';
import type { AnyRule, Severity } from './rule.ts';
import { pyStr } from '../dbt/python-repr.ts';

/** A named set of rules to start from. */
export type Preset = 'recommended' | 'audit' | 'strict';

/** The part of `dbt-readiness.yml` that concerns rules. */
export const rulesFileSchema = z.object({
  preset: z.enum(['recommended', 'strict', 'audit']).default('recommended').describe('The set of rules to start from.'),
  rules: z
    .record(
      z.string(),
      z.union([
        z.enum(['off', 'hint', 'information', 'warning', 'error', 'on']),
        z.object({
          severity: z.enum(['off', 'hint', 'information', 'warning', 'error', 'on']).default('on'),
          options: z.record(z.string(), z.unknown()).default({}),
        }),
      ]),
    )
    .default({})
    .describe('Per rule: off, on, a severity, or {severity, options}.'),
});

/** A setting of `dbt-readiness.yml` that has no effect. */
export interface SettingsFault {
  /** Leads to the value; empty for the file as a whole. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What `dbt-readiness.yml` decides about rules. */
export interface RuleConfiguration {
  readonly preset: Preset;
  isOn(rule: AnyRule): boolean;
  /** The severity that the file sets; undefined if the rule's own stands. */
  severity(rule: AnyRule): Severity | undefined;
  /** Parsed by the rule's schema. */
  options(rule: AnyRule): unknown;
  /** What is wrong with the file. */
  readonly problems: readonly SettingsFault[];
}

interface RuleEntry {
  readonly level: 'off' | 'on' | Severity;
  readonly options: unknown;
}

const PRESET_CONTENT: Readonly<Record<Preset, readonly Preset[]>> = {
  recommended: ['recommended'],
  audit: ['recommended', 'audit'],
  strict: ['recommended', 'audit', 'strict'],
};

/** Reads the configuration from the value of `dbt-readiness.yml` (undefined: there is none). Faults leave the defaults standing. */
export function readRuleConfiguration(file: PyValue | undefined, rules: readonly AnyRule[]): RuleConfiguration {
  const problems: SettingsFault[] = faultsOfSections(file);
  const byName = new Map<string, AnyRule>();
  for (const rule of rules) for (const name of [rule.meta.id, ...(rule.meta.aliases ?? [])]) byName.set(name, rule);

  const parsed = rulesFileSchema.safeParse(ruleSections(file));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push({ path: pathOf(issue.path), message: issue.message });
  }
  const { preset, rules: listed } = parsed.success ? parsed.data : rulesFileSchema.parse({});

  const entries = new Map<AnyRule, RuleEntry>();
  for (const [name, entry] of Object.entries(listed)) {
    const rule = byName.get(name);
    if (rule === undefined) {
      problems.push({ path: ['rules', name], message: `There is no rule named ${name}${meantOneOf(name, byName.keys())}` });
      continue;
    }
    const level = typeof entry === 'string' ? entry : entry.severity;
    const given = typeof entry === 'string' ? {} : entry.options;
    const options = rule.meta.options.safeParse(given);
    if (!options.success) {
      for (const issue of options.error.issues) {
        problems.push({ path: ['rules', name, 'options', ...pathOf(issue.path)], message: issue.message });
      }
    }
    entries.set(rule, { level, options: options.success ? options.data : rule.meta.options.parse({}) });
  }
  const defaults = new Map<AnyRule, unknown>();
  for (const rule of rules) if (!entries.has(rule)) defaults.set(rule, rule.meta.options.parse({}));

  return {
    preset,
    problems,
    isOn(rule) {
      const level = entries.get(rule)?.level;
      if (level === undefined) return PRESET_CONTENT[preset].includes(rule.meta.preset);
      return level !== 'off';
    },
    severity(rule) {
      const level = entries.get(rule)?.level;
      return level === undefined || level === 'on' || level === 'off' ? undefined : level;
    },
    options: (rule) => entries.get(rule)?.options ?? defaults.get(rule),
  };
}

/** Asks whether a name that nobody knows was meant for one that there is; empty if none is near. */
export function meantOneOf(name: string, names: Iterable<string>): string {
  const [similar] = similarTo(name, names);
  return similar === undefined ? '' : ` (did you mean ${similar}?)`;
}

/** YAML values as plain JSON, for zod. The file is read as YAML 1.2, where a bare `off` is a word. */
function toPlain(value: PyValue): unknown {
  if (isPyDict(value)) return Object.fromEntries([...value].map(([key, child]) => [pyStr(key), toPlain(child)]));
  if (Array.isArray(value)) return value.map(toPlain);
  if (isPyFloat(value)) return value.value;
  if (isPyDate(value)) return value.text;
  if (isPyTuple(value)) return value.items.map(toPlain);
  return value;
}

/** The sections of the file. Those besides preset and rules belong to other readers. */
const SECTIONS: readonly string[] = ['preset', 'rules', 'invocation', 'attestations', 'targets'];

function faultsOfSections(file: PyValue | undefined): SettingsFault[] {
  if (file === undefined || file === null) return [];
  if (!isPyDict(file)) return [{ path: [], message: 'The file must be a mapping, such as preset: strict' }];
  const unknown = [...file.keys()].map(pyStr).filter((key) => !SECTIONS.includes(key));
  return unknown.map((key) => ({ path: [key], message: `There is no setting '${key}'${meantOneOf(key, SECTIONS) || `; there are ${SECTIONS.join(', ')}`}` }));
}

/** What concerns rules and has a value. */
function ruleSections(file: PyValue | undefined): unknown {
  if (!isPyDict(file)) return {};
  const wanted = [...file].filter(([key, value]) => (key === 'preset' || key === 'rules') && value !== null);
  return toPlain(new Map(wanted));
}

function pathOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === 'symbol' ? step.toString() : step));
}
