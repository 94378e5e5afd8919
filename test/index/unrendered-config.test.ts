/** Keys of a `config:` in a property file that dbt does not render. */

import { expect, test } from 'vitest';
import { openFixture } from '../harness/project.ts';

// dbt 1.12.5 answers `config.description: "Trades\n"` and leaves the call of doc() as it is written.
test.each([
  ['a text keeps its last line break', '>\n        Trades\n      tags: [x]', 'Trades\n'],
  ['a call stays as it is written', '"{{ doc(\'orders\') }}"\n', "{{ doc('orders') }}"],
])('%s', (_, written, expected) => {
  const { index } = openFixture(
    { 'models/a.sql': 'select 1 as id', 'models/a.yml': `models:\n  - name: a\n    config:\n      description: ${written}` },
    [],
  );
  const node = index.nodes.active('model.shop.a');
  expect(node?.config.get('description')).toBe(expected);
});
