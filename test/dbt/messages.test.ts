/** What dbt reports is told in its own words. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as say from '../../server/src/dbt/messages.ts';

// What `dbt parse` of dbt 1.12.3 printed for tiny projects with one fault each; blanks and line ends made one blank.
const outputs = JSON.parse(readFileSync(new URL('oracle/messages.json', import.meta.url), 'utf8')) as Readonly<Record<string, string>>;

const target = { resourceType: 'model', uniqueId: 'model.p.b', file: 'models/b.sql', targetKind: 'node', targetName: 'a', isDisabled: false };

const cases: readonly (readonly [string, say.DbtMessage])[] = [
  ['yaml_notlist', say.sectionNotList('models/s.yml', 'models', 'x')],
  ['yaml_groups_null', say.sectionNotList('models/s.yml', 'groups', null)],
  ['unit tests null', say.sectionNotList('models/s.yml', 'unit_tests', null)],
  ['data_tests null', say.sectionNotList('models/s.yml', 'data_tests', null)],
  ['yaml_noname', say.entryWithoutName('models/s.yml', 'models')],
  ['yaml_entry_str', say.entryNotDict('models/s.yml', 'models')],
  ['yaml_toplist', say.fileNotDict('models/s.yml')],
  ['yaml_both_tests', say.bothTestKeys()],
  ['yaml_meta_both', say.attributeInTwoPlaces('models/s.yml', 'meta')],
  ['yaml_col_noname', say.requiredPropertyMissing("['columns'][0]", 'name')],
  ['yaml_wrong_type_desc', say.wrongPropertyType("['description']", '[1]', 'string')],
  ['exposure_bad_type', say.valueNotAllowed("['type']", "'foo'", ['dashboard', 'notebook', 'analysis', 'ml', 'application'])],
  ['yaml_dup_patch', say.duplicatePropertyEntry('a')],
  ['yaml_seedkey_for_model', say.propertyEntryInWrongSection('a', 'model', 'seeds', 'models/s.yml')],
  ['macro patch', say.macroEntryWithoutMacro('zz')],
  ['dup_model', say.duplicateResource('models', 'a')],
  ['source_dup', say.duplicateResource('sources', 's_t')],
  ['doc_dup', say.duplicateResource('docs', 'x')],
  ['yaml_dup_test', say.duplicateTest('unique_a_id', 'id', 'models.a')],
  ['macro_dup', say.duplicateMacro('x', 'p')],
  ['model_seed_same', say.sameNameOfTwoTypes('a', 'p', ['model.p.a', 'seed.p.a'])],
  ['model_seed_same', say.duplicateRelation('"db"."sch"."a"')],
  ['ref_disabled', say.missingTarget({ ...target, isDisabled: true })],
  ['ref_missing', say.missingTarget({ ...target, targetName: 'zzz' })],
  ['version missing', say.missingTarget({ ...target, targetVersion: 3 })],
  ['test missing target', say.missingTarget({
    ...target, resourceType: 'test', uniqueId: 'test.p.relationships_a_id__id__ref_zz_.872ef4412a', file: 'models/s.yml', targetName: 'zz',
  })],
  ['package_node_ref_root_first', say.packageDependsOnRoot('pm', 'lp', 'model.p.a')],
  ['private_ref', say.accessBroken('model.p.b', 'model.p.a', 'private', 'g')],
  ['bad_access', say.invalidAccess('model.p.a', 'foo')],
  ['public ephemeral', say.invalidAccess('model.p.a', 'public', 'ephemeral')],
  ['bad_group', say.unknownGroup('zz', [])],
  ['group both unknown', say.unknownGroup('zz', ['g', 'h'])],
  ['ref_none', say.refNameNotText(null)],
  ['ref_3args', say.refArgumentCount(3)],
  ['unit_test_missing_model', say.unitTestWithoutModel('p.zz', 'u', 'models/s.yml')],
  ['schema_name_space', say.nameWithBlanks()],
  ['yaml_dupkey', say.duplicateYamlKey('description', 4, 5, 'models/s.yml')],
  ['macro_toplevel_text', say.unexpectedJinjaBlock('set', 'macros/m.sql')],
  ['yaml_test_unknown_arg', say.argumentsOutsideProperty('unique', 'a', 'p', 'models/s.yml')],
  ['unknown arg accepted_values', say.unknownTestArgument('accepted_values', 'foo')],
  ['custom model-level', say.unknownTestArgument('t', 'column_name')],
  ['env_var_missing', say.envVarMissing('NOPE_X')],
  ['packages missing', say.packagesNotInstalled(1, 0, 'packages.yml', 'dbt_packages')],
];

function severityOf(output: string): string {
  if (/\[ERROR\]|MainEncounteredError/.test(output)) return 'error';
  return output.includes('Deprecation]') ? 'deprecation' : 'warning';
}

describe('the words of dbt 1.12.3', () => {
  it.each(cases)('for %s', (name, said) => {
    const output = outputs[name] ?? '';
    expect(output).toContain(said.message);
    // Two of the projects show a deprecation before they fail.
    if (said.code !== 'same-name-of-two-types') expect(said.dbt).toBe(severityOf(output));
  });

  it('for a missing doc have two blanks where a package would stand', () => {
    // Observed: "Documentation for 'model.p.a' depends on doc 'zz'  which was not found".
    expect(say.missingDoc('model.p.a', 'zz').message.replace(/ +/g, ' ')).toBe(
      "Documentation for 'model.p.a' depends on doc 'zz' which was not found",
    );
    expect(outputs['doc_missing']).toContain("Documentation for 'model.p.a' depends on doc 'zz' which was not found");
  });

  it('for an entry without node name section and file', () => {
    // Observed with dbt 1.12.3 for a version without a file.
    expect(say.propertyEntryWithoutNode('m_v2', 'models', 'models/s.yml').message).toBe(
      "Did not find matching node for patch with name 'm_v2' in the 'models' section of file 'models/s.yml'",
    );
  });

  it('cover all recorded situations', () => {
    const covered = new Set([...cases.map(([name]) => name), 'doc_missing']);
    expect(Object.keys(outputs).filter((name) => !covered.has(name))).toEqual([]);
  });
});
