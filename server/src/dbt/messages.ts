/**
 * What dbt 1.12 says of situations in which it stops or warns: a stable code, how grave dbt takes it, and the first line of its own words,
 * so that users recognise them. Faults of a single test entry, version list, source or project file are worded where they are found.
 */

import type { PyValue } from '../base/python-values.ts';
import { pyRepr, pyStr, pyTypeName } from './python-repr.ts';

/** What dbt says. */
export interface DbtMessage {
  readonly code: string;
  /** Whether `dbt parse` fails, warns, warns of a deprecation, or says nothing. */
  readonly dbt: 'error' | 'warning' | 'deprecation';
  readonly message: string;
  /** The names in it, for words of our own. */
  readonly data?: MessageData;
}

type MessageData = Readonly<Record<string, string | number>>;

function error(code: string, message: string, data?: MessageData): DbtMessage {
  return { code, dbt: 'error', message, ...(data === undefined ? {} : { data }) };
}

function warning(code: string, message: string, data?: MessageData): DbtMessage {
  return { code, dbt: 'warning', message, ...(data === undefined ? {} : { data }) };
}

function deprecation(code: string, message: string, data?: MessageData): DbtMessage {
  return { code, dbt: 'deprecation', message, ...(data === undefined ? {} : { data }) };
}

/** Sections of a properties file that dbt reads by another path, with another complaint. */
const STRICT_SECTIONS: ReadonlySet<string> = new Set(['groups', 'unit_tests', 'data_tests']);

/** `models:` and the like hold no list. Only for `data_tests:` dbt goes on, without what the section says. */
export function sectionNotList(file: string, section: string, value: PyValue): DbtMessage {
  if (STRICT_SECTIONS.has(section)) {
    const message = `${section} must be a list, got ${pyTypeName(value)} instead: (${pyStr(value)})`;
    return section === 'data_tests' ? warning('section-not-list', message) : error('section-not-list', message);
  }
  return error('section-not-list', `The schema file at ${file} is invalid because the value of '${section}' is not a list`);
}

/** An item of `models:` and the like is no dict. */
export function entryNotDict(file: string, section: string): DbtMessage {
  return error('entry-not-dict', `The schema file at ${file} is invalid because a list element for '${section}' is not a dictionary`);
}

/** An item of `models:` and the like has no name. */
export function entryWithoutName(file: string, section: string): DbtMessage {
  return error(
    'entry-without-name',
    `The schema file at ${file} is invalid because a list element for '${section}' does not have a name attribute.`,
  );
}

/** A properties file whose root is no dict. */
export function fileNotDict(file: string): DbtMessage {
  return error('yaml-root-not-mapping', `Contents of file '${file}' are not valid. Dictionary expected.`);
}

/** A column, version or the like lacks a key that dbt needs. `path` is the path as dbt prints it, e.g. `['columns'][0]`. */
export function requiredPropertyMissing(path: string, property: string): DbtMessage {
  return error('property-missing', `at path ${path === '' ? '[]' : path}: '${property}' is a required property`);
}

/** A value of the wrong type, e.g. a description that is a list; `type` is `string`, `object`, `array`, `boolean` or `number`. */
export function wrongPropertyType(path: string, valueText: string, type: string): DbtMessage {
  return error('property-wrong-type', `at path ${path === '' ? '[]' : path}: ${valueText} is not of type '${type}'`);
}

/** A value that is not among those that dbt allows, e.g. the type of an exposure. */
export function valueNotAllowed(path: string, valueText: string, allowed: readonly string[]): DbtMessage {
  return error('property-not-allowed', `at path ${path}: ${valueText} is not one of [${allowed.map((item) => `'${item}'`).join(', ')}]`);
}

/** A text of which dbt cannot make a value of one of its enumerations. */
export function choiceNotKnown(value: string, enumeration: string): DbtMessage {
  return error('property-not-allowed', `Invalid enum value: \`${value}\` in enum ${enumeration}`);
}

/** A value for which dbt knows several shapes, none of which it has. */
export function noShapeFits(path: string, valueText: string): DbtMessage {
  return error('property-wrong-type', `at path ${path === '' ? '[]' : path}: ${valueText} is not valid under any of the given schemas`);
}

/** Keys that dbt does not take in a mapping; `keys` are their Python representations, sorted. */
export function unexpectedProperties(path: string, keys: readonly string[]): DbtMessage {
  const were = keys.length === 1 ? 'was' : 'were';
  return error('property-unexpected', `at path ${path === '' ? '[]' : path}: Additional properties are not allowed (${keys.join(', ')} ${were} unexpected)`);
}

/** An owner of an exposure or group of whom neither name nor email is told. */
export function ownerWithoutName(kind: string): DbtMessage {
  return error('property-invalid', `at path []: ${kind} owner must have at least one of 'name' or 'email'.`);
}

/** An entry with keys that are numbers or the like. */
export function keysNotTexts(file: string, section: string): DbtMessage {
  return error('property-invalid', `Invalid ${section} config given in ${file} - expected a dict with string keys`);
}

/** An item of `data_tests:` without a name. */
export function patchWithoutName(): DbtMessage {
  return error('property-missing', 'Entry did not contain a name');
}

/** Hooks of a seed that refer to other nodes. */
export function seedWithEdges(uniqueId: string): DbtMessage {
  return error(
    'config-invalid',
    'Seeds cannot depend on other nodes. dbt detected a seed with a pre- or post-hook that calls \'ref\', \'source\', or \'metric\', ' +
      `either directly or indirectly via other macros. Error raised for '${uniqueId}'`,
  );
}

/** `tests:` and `data_tests:` in one place. */
export function bothTestKeys(): DbtMessage {
  return error('tests-and-data-tests', "Invalid test config: cannot have both 'tests' and 'data_tests' defined");
}

/** `meta`, `docs`, `group`, `contract` or `access` both at the top of an entry and under `config:`. */
export function attributeInTwoPlaces(file: string, attribute: string): DbtMessage {
  return error('attribute-in-two-places', `In ${file}: found ${attribute} dictionary in 'config' dictionary and as top-level key.`, { attribute });
}

/** Keys of an entry that dbt moves into `config:`, and which therefore must not stand in both places. */
export const MOVED_ATTRIBUTES = ['meta', 'docs', 'group', 'contract', 'access'] as const;

/** Two entries for one node. */
export function duplicatePropertyEntry(name: string): DbtMessage {
  return error('duplicate-property-entry', `dbt found two schema.yml entries for the same resource named ${name}.`, { name });
}

/** An entry for a node that does not exist. */
export function propertyEntryWithoutNode(name: string, section: string, file: string): DbtMessage {
  return warning(
    'property-entry-without-node',
    `Did not find matching node for patch with name '${name}' in the '${section}' section of file '${file}'`,
    { name, section },
  );
}

/** An entry for a macro that does not exist. */
export function macroEntryWithoutMacro(name: string): DbtMessage {
  return warning('macro-entry-without-macro', `Found patch for macro "${name}" which was not found`, { name });
}

/** Two entries for one macro. */
export function duplicateMacroEntry(name: string, packageName: string): DbtMessage {
  return error('duplicate-property-entry', `dbt found two schema.yml entries for the same macro in package ${packageName} named ${name}.`, { name });
}

/** An entry under the wrong key, e.g. a model under `seeds:`. Its tests are created all the same. */
export function propertyEntryInWrongSection(name: string, resourceType: string, section: string, file: string): DbtMessage {
  return warning('property-entry-in-wrong-section', `'${name}' is a ${resourceType} node, but it is specified in the ${section} section of ${file}.`, {
    name,
    section,
    type: resourceType,
  });
}

/** Two nodes of one id. `type` is the plural as dbt says it, e.g. `models`; a source's name is `<source>_<table>`. */
export function duplicateResource(type: string, name: string): DbtMessage {
  const code = type === 'sources' ? 'duplicate-source' : type === 'docs' ? 'duplicate-doc' : 'duplicate-resource';
  return error(code, `dbt found two ${type} with the name "${name}".`, { name, type });
}

/** A model of its own beside the versions of a model of the same name. */
export function versionedAndUnversioned(name: string): DbtMessage {
  return error('versioned-and-unversioned', `dbt found versioned and unversioned models with the name "${name}".`, { name, type: 'models' });
}

/** Two generic tests of one id. `on` is the entry as `models.orders`. */
export function duplicateTest(name: string, column: string | null, on: string): DbtMessage {
  const where = column === null ? '' : `column "${column}" in `;
  return error('duplicate-test', `dbt found two data_tests with the name "${name}" defined on ${where}"${on}".`, { name });
}

/** Two macros of one name in one package. */
export function duplicateMacro(name: string, packageName: string): DbtMessage {
  return error('duplicate-macro', `dbt found multiple macros named "${name}" in the project "${packageName}".`, { name });
}

/** Two nodes that would write the same relation. */
export function duplicateRelation(relation: string): DbtMessage {
  return error('duplicate-relation', `dbt found two resources with the database representation "${relation}".`, { relation });
}

/** A model and a seed or the like of one name. */
export function sameNameOfTwoTypes(name: string, packageName: string, ids: readonly string[]): DbtMessage {
  const listed = ids.map((id) => `'${id}'`).join(' and ');
  return deprecation('same-name-of-two-types', `Found resources with the same name '${name}' in package '${packageName}': ${listed}.`, { name });
}

/** A reference that leads nowhere. */
export interface MissingTarget {
  /** `model`, `test` and so on. */
  readonly resourceType: string;
  readonly uniqueId: string;
  readonly file: string;
  /** `node` for a ref, `source` for a source, `metric`, `function`. */
  readonly targetKind: string;
  /** The name; of a source `<source>.<table>`. */
  readonly targetName: string;
  readonly targetPackage?: string | null;
  readonly targetVersion?: string | number | null;
  readonly isDisabled: boolean;
}

/** A ref or source that leads nowhere, or to something disabled. Only tests survive that. */
export function missingTarget(missing: MissingTarget): DbtMessage {
  const isTest = missing.resourceType === 'test';
  const version = (missing.targetVersion ?? null) === null || isTest ? '' : `with version '${String(missing.targetVersion)}' `;
  const inPackage = missing.targetPackage ?? null;
  // The warning for tests says `in package ''` where no package is named, in dbt as well.
  const scope = isTest ? `in package '${inPackage ?? ''}' ` : inPackage === null ? '' : `in package or project '${inPackage}' `;
  const reason = missing.isDisabled ? 'is disabled' : 'was not found';
  const message =
    `${titleOf(missing.resourceType)} '${missing.uniqueId}' (${missing.file}) depends on a ${missing.targetKind} named ` +
    `'${missing.targetName}' ${version}${scope}which ${reason}`;
  const code = missing.isDisabled ? 'target-disabled' : 'target-missing';
  return isTest ? warning(code, message) : error(code, message);
}

/** Python's `title()` of a resource type: `semantic_model` becomes `Semantic_Model`. */
function titleOf(resourceType: string): string {
  return resourceType.replace(/(^|_)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** A ref to a name that several packages have. */
export function ambiguousRef(name: string, uniqueIds: readonly string[]): DbtMessage {
  const listed = uniqueIds.map((id) => `'${id}'`).join(', ');
  return error('ref-ambiguous', `When referencing '${name}', dbt found nodes in multiple packages: ${listed}`, { name });
}

/** A node of a package that depends on one of the root project. */
export function packageDependsOnRoot(name: string, packageName: string, rootNodeId: string): DbtMessage {
  return warning('package-depends-on-root', `The node '${name}'in package '${packageName}' depends on the root project node '${rootNodeId}'.`);
}

/** A reference that access rules forbid; `scope` is the group or the package of the target. */
export function accessBroken(fromId: string, targetId: string, access: 'private' | 'protected', scope: string): DbtMessage {
  const scopeType = access === 'private' ? 'group' : 'package';
  return error(
    'access-broken',
    `Node ${fromId} attempted to reference node ${targetId}, which is not allowed because the referenced node is ${access} to the ` +
      `'${scope}' ${scopeType}.`,
    { access, scope, scopeType },
  );
}

/** An `access` that is none of private, protected, public; or public on an ephemeral model. */
export function invalidAccess(uniqueId: string, value: string, materialization?: string): DbtMessage {
  const suffix = materialization === undefined ? '' : `with '${materialization}' materialization `;
  return error('access-invalid', `Node ${uniqueId} ${suffix}has an invalid value (${value}) for the access field`, { value });
}

/** The same of a `config()` call. */
export function accessOfNoType(value: PyValue): DbtMessage {
  return error('access-invalid', `Field "access" of type AccessType in ModelConfig has invalid value ${pyRepr(value)}`, { value: pyStr(value) });
}

/** A group that no `groups:` entry defines. */
export function unknownGroup(group: string, groups: readonly string[]): DbtMessage {
  return error('group-unknown', `Invalid group '${group}', expected one of [${groups.map((name) => `'${name}'`).join(', ')}]`, { group });
}

/** `doc('x')` without such a block. */
export function missingDoc(uniqueId: string, name: string, packageName: string | null = null): DbtMessage {
  const scope = packageName === null ? '' : `in package '${packageName}' `;
  return error('doc-missing', `Documentation for '${uniqueId}' depends on doc '${name}' ${scope} which was not found`, { name });
}

/** `ref()` with a name that is no text. */
export function refNameNotText(value: PyValue): DbtMessage {
  return error('ref-name-not-text', `The name argument to ref() must be a string, got ${pyTypeName(value)}`);
}

/** `ref()` with no or more than two positional arguments. */
export function refArgumentCount(count: number): DbtMessage {
  return error('ref-argument-count', `ref() takes at most two arguments (${String(count)} given)`);
}

/** A unit test of a model that does not exist; `model` is `<package>.<model>`. */
export function unitTestWithoutModel(model: string, name: string, file: string): DbtMessage {
  return error('unit-test-without-model', `Unable to find model '${model}' for unit test '${name}' in ${file}`, { model, name });
}

/** A resource with a blank in its name. */
export function nameWithBlanks(): DbtMessage {
  return error('name-with-blanks', 'Resource names cannot contain spaces');
}

/** A key that stands twice in one mapping; the last one counts. `line` and `column` start at one. */
export function duplicateYamlKey(key: string, line: number, column: number, file: string): DbtMessage {
  return deprecation('duplicate-yaml-key', `Duplicate key '${key}' in "<unicode string>", line ${String(line)}, column ${String(column)} in file \`${file}\``);
}

/** A Jinja block at the top level of a macro, snapshot or docs file that dbt ignores. */
export function unexpectedJinjaBlock(tag: string, file: string): DbtMessage {
  return deprecation('unexpected-jinja-block', `Found unexpected '${tag}' block tag. in file \`${file}\``);
}

/** Arguments of a generic test beside `arguments:`. */
export function argumentsOutsideProperty(testName: string, resource: string, packageName: string, file: string): DbtMessage {
  return deprecation(
    'test-arguments-outside-property',
    `Found top-level arguments to test \`${testName}\` defined on '${resource}' in package '${packageName}' (${file}). ` +
      'Arguments to generic tests should be nested under the `arguments` property.',
    { name: testName },
  );
}

/** An argument that the macro of a generic test does not take. dbt does not look at those of its own `unique` and `not_null`. */
export function unknownTestArgument(testName: string, argument: string): DbtMessage {
  return error('test-argument-unknown', `macro 'dbt_macro__test_${testName}' takes no keyword argument '${argument}'`);
}

/** A required environment variable without a value. */
export function envVarMissing(name: string): DbtMessage {
  return error('env-var-missing', `Env var required but not provided: '${name}'`);
}

/** Packages that are asked for in `file` (`packages.yml`, `dependencies.yml`, `package-lock.yml`) but not installed in `folder`. */
export function packagesNotInstalled(expected: number, found: number, file: string, folder: string): DbtMessage {
  return error(
    'packages-not-installed',
    `dbt expects ${String(expected)} package(s) based on packages specified in ${file}, but found only ${String(found)} package(s) ` +
      `installed in ${folder}. Run "dbt deps" to install package dependencies.`,
  );
}
