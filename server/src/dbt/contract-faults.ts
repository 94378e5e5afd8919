/** What dbt refuses of contracts and constraints of a model (dbt-core `ModelPatchParser.patch_constraints`). */

import type { PyValue } from '../base/python-values.ts';
import { isPyDate, isPyDict } from '../base/python-values.ts';
import { pyRepr, pyStr } from './python-repr.ts';
import { relationCallOf } from './relation-call.ts';
import { isTemplate } from './rendered-keys.ts';

type Path = readonly (string | number)[];

/** A fault in dbt's words; `path` leads to it from the entry that declares the constraints. */
export interface ContractFault {
  readonly message: string;
  readonly path: Path;
  /** Whether the key is shown, since its value may not be written at all. */
  readonly isKey?: boolean;
}

/** What is looked at. Paths lead from the entry. */
export interface ContractSubject {
  readonly modelName: string;
  readonly file: string;
  readonly language: string;
  readonly isEnforced: boolean;
  readonly columns: readonly { readonly name: string; readonly constraints: readonly PyValue[]; readonly path: Path }[];
  readonly constraints: readonly PyValue[];
  readonly constraintsPath: Path;
}

const TYPES = ['check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom'];

/** Everything that dbt refuses of a model's columns and constraints. */
export function contractFaults(subject: ContractSubject): readonly ContractFault[] {
  const faults: ContractFault[] = [];
  const { columns, constraints, constraintsPath, modelName } = subject;
  if (!subject.isEnforced && constraints.length === 0 && columns.every((column) => column.constraints.length === 0)) return faults;
  for (const column of columns) {
    for (const [index, constraint] of column.constraints.entries()) {
      // What is no dict is told of as that.
      if (isKnownType(constraint) || !isPyDict(constraint)) continue;
      faults.push({ message: `Invalid constraint type on column ${column.name}`, path: typePath(constraint, [...column.path, 'constraints', index]) });
    }
  }
  faults.push(...(subject.isEnforced ? enforcementFaults(subject) : typeFaults(subject)));
  faults.push(...primaryKeyFaults(subject));
  for (const [index, constraint] of constraints.entries()) faults.push(...listFaults(constraint, 'ModelLevelConstraint', [...constraintsPath, index]));
  for (const column of columns) {
    for (const [index, constraint] of column.constraints.entries()) {
      faults.push(...listFaults(constraint, 'ColumnLevelConstraint', [...column.path, 'constraints', index]));
    }
  }
  const all = [
    ...constraints.map((constraint, index) => ({ constraint, path: [...constraintsPath, index] })),
    ...columns.flatMap((column) => column.constraints.map((constraint, index) => ({ constraint, path: [...column.path, 'constraints', index] }))),
  ];
  for (const { constraint, path } of all) {
    const to = isPyDict(constraint) && constraint.get('type') === 'foreign_key' ? constraint.get('to') : undefined;
    // Of Jinja in it dbt complains when it reads the entry.
    if (to === undefined || to === null || to === '' || isTemplate(to)) continue;
    if (relationCallOf(pyStr(to)).fault === undefined) continue;
    faults.push({
      message: `Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model ${modelName}: ${pyStr(to)}.`,
      path: [...path, 'to'],
    });
  }
  return faults;
}

/** Of columns dbt makes lists, letters of a text included. */
function listFaults(constraint: PyValue, className: 'ModelLevelConstraint' | 'ColumnLevelConstraint', path: Path): ContractFault[] {
  if (!isPyDict(constraint)) return [];
  const keys = className === 'ModelLevelConstraint' ? ['columns', 'to_columns'] : ['to_columns'];
  return keys.flatMap((key) => {
    const value = constraint.get(key);
    if (value === undefined || typeof value === 'string' || Array.isArray(value) || isPyDict(value) || isPyDate(value)) return [];
    return [{ message: `Field "${key}" of type List[str] in ${className} has invalid value ${pyRepr(value)}`, path: [...path, key], isKey: value === null }];
  });
}

/** Without a contract dbt only fails to make anything of a type that it does not know. */
function typeFaults({ constraints, constraintsPath }: ContractSubject): ContractFault[] {
  return constraints.flatMap((constraint, index) => {
    if (isKnownType(constraint) || !isPyDict(constraint)) return [];
    const field = 'Field "type" of type ConstraintType';
    const message = constraint.has('type')
      ? `${field} in ModelLevelConstraint has invalid value ${pyRepr(constraint.get('type') ?? null)}`
      : `${field} is missing in ModelLevelConstraint instance`;
    return [{ message, path: typePath(constraint, [...constraintsPath, index]) }];
  });
}

function enforcementFaults({ file, columns, language, constraints, constraintsPath, modelName }: ContractSubject): ContractFault[] {
  const faults: ContractFault[] = [];
  const failed = `Contract enforcement failed for: (${file})`;
  if (columns.length === 0) {
    faults.push({ message: `${failed} Constraints must be defined in a \`yml\` schema configuration file like \`schema.yml\`.`, path: ['name'] });
  }
  if (language !== 'sql') faults.push({ message: `${failed} Language Error: Expected 'sql' but found '${language}'`, path: ['name'] });
  for (const [index, constraint] of constraints.entries()) {
    if (isKnownType(constraint)) continue;
    const message = `Invalid constraint type on model ${modelName}: Type must be one of ${pyRepr([...TYPES])}`;
    faults.push({ message, path: typePath(constraint, [...constraintsPath, index]) });
  }
  return faults;
}

function primaryKeyFaults({ file, columns, constraints }: ContractSubject): ContractFault[] {
  const keys = columns.filter((column) => column.constraints.some((constraint) => isOfType(constraint, 'primary_key')));
  const [, second] = keys;
  const last = keys.at(-1);
  const faults: ContractFault[] = [];
  const introduction = `Primary key constraint error: (${file})`;
  if (second !== undefined) {
    const names = pyStr(keys.map(({ name }) => name));
    const message =
      `${introduction} Found ${String(keys.length)} columns (${names}) with primary key constraints defined. ` +
      'Primary keys for multiple columns must be defined as a model level constraint.';
    faults.push({ message, path: [...second.path, 'constraints'] });
  }
  if (last !== undefined && constraints.some((constraint) => isOfType(constraint, 'primary_key'))) {
    const message =
      `${introduction} Primary key constraints defined at the model level and the columns level. ` +
      'Primary keys can be defined at the model level or the column level, not both.';
    faults.push({ message, path: [...last.path, 'constraints'] });
  }
  return faults;
}

function isKnownType(constraint: PyValue): boolean {
  const type = isPyDict(constraint) ? constraint.get('type') : undefined;
  return typeof type === 'string' && (TYPES.includes(type) || isTemplate(type));
}

function isOfType(constraint: PyValue, type: string): boolean {
  return isPyDict(constraint) && constraint.get('type') === type;
}

function typePath(constraint: PyValue, path: Path): Path {
  return isPyDict(constraint) && constraint.has('type') ? [...path, 'type'] : path;
}
