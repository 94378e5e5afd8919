/** Generated YAML in the style of property files, for tests that compare readers and try edits. */
import fc from 'fast-check';

/** A mapping, a list or a scalar with the way in which it is to be written. */
export type Tree =
  | { readonly kind: 'scalar'; readonly text: string; readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'lines' | 'null' }
  | { readonly kind: 'list'; readonly style: 'block' | 'indentless' | 'flow'; readonly items: readonly Tree[] }
  | { readonly kind: 'map'; readonly style: 'block' | 'flow'; readonly entries: readonly (readonly [string, Tree])[]; readonly comment: string };

const word = fc.constantFrom('id', 'name', 'orders', 'not_null', 'The', 'total', 'é', 'ref(x)', 'a-b', 'x.y', '😀', 'it`s', 'what?', 'a#b', 'k:v');
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((list) => list.join(' '));
const scalar: fc.Arbitrary<Tree> = fc.record({
  kind: fc.constant('scalar' as const),
  text: words,
  style: fc.constantFrom('plain', 'plain', 'single', 'double', 'literal', 'folded', 'lines', 'null' as const),
});
const key = fc.constantFrom('name', 'description', 'columns', 'config', 'meta', 'data_tests', 'values', 'to', 'field', 'long key', 'é');

const { tree } = fc.letrec<{ tree: Tree; map: Tree; list: Tree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 5, depthIdentifier: 'tree' }, scalar, tie('map'), tie('list')),
  map: fc.record({
    kind: fc.constant('map' as const),
    style: fc.constantFrom('block', 'block', 'block', 'flow' as const),
    entries: fc.array(fc.tuple(key, tie('tree')), { minLength: 1, maxLength: 5 }),
    comment: fc.constantFrom('', '', '', '# note', '# x: y'),
  }),
  list: fc.record({
    kind: fc.constant('list' as const),
    style: fc.constantFrom('block', 'indentless', 'flow' as const),
    items: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
  }),
}));

/** A mapping in block style, as stands at the top of a property file. Keys may repeat. */
export const propertyTree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(key, tree), { minLength: 1, maxLength: 4 })
  .map((entries) => ({ kind: 'map', style: 'block', entries, comment: '# top' }));

/** Writes a tree with two spaces of indentation. The result ends with a line break. */
export function renderTree(root: Tree, eol: string): string {
  const lines = root.kind === 'map' ? blockMap(root, 0) : [];
  return lines.map((line) => line + eol).join('');
}

function blockMap(map: Tree & { kind: 'map' }, indent: number): string[] {
  const pad = ' '.repeat(indent);
  const lines: string[] = [];
  for (const [name, value] of map.entries) {
    if (map.comment !== '') lines.push(pad + map.comment, '');
    const [first = '', ...rest] = blockValue(value, indent, true);
    lines.push(`${pad}${name}:${first === '' ? '' : ` ${first}`}`, ...rest);
  }
  return lines;
}

/** Lines of a value: the first goes behind the colon or dash, the others stand for themselves. */
function blockValue(value: Tree, indent: number, behindKey: boolean): string[] {
  if (value.kind === 'scalar') return scalarLines(value, indent);
  if (value.style === 'flow') return [flowText(value)];
  const pad = ' '.repeat(indent + 2);
  if (value.kind === 'map') {
    const lines = blockMap(value, indent + 2);
    const [first = ''] = lines;
    return behindKey || first.trimStart().startsWith('#') ? ['', ...lines] : [first.trimStart(), ...lines.slice(1)];
  }
  const isIndentless = behindKey && value.style === 'indentless';
  const itemIndent = isIndentless ? indent : indent + 2;
  const lines = value.items.flatMap((item) => {
    const [first = '', ...rest] = blockValue(item, itemIndent, false);
    return [`${isIndentless ? ' '.repeat(indent) : pad}-${first === '' ? '' : ` ${first}`}`, ...rest];
  });
  return ['', ...lines];
}

function scalarLines(value: Tree & { kind: 'scalar' }, indent: number): string[] {
  const pad = ' '.repeat(indent + 2);
  switch (value.style) {
    case 'null':
      return [''];
    case 'plain':
      return [value.text];
    case 'single':
      return [`'${value.text}: ''q'''`, ''];
    case 'double':
      return [`"${value.text} # x" # comment`];
    case 'literal':
      return ['|', `${pad}${value.text}: x`, '', `${pad}  - more`];
    case 'folded':
      return ['>-', `${pad}${value.text}`, `${pad}more # text`, '', `${pad}  indented`];
    case 'lines':
      return [value.text, `${pad}and more`, '', `${pad} last`];
  }
}

function flowText(value: Tree): string {
  if (value.kind === 'list') return `[${value.items.map(flowText).join(', ')}]`;
  if (value.kind === 'map') return `{ ${value.entries.map(([name, item]) => `${name}: ${flowText(item)}`).join(', ')} }`;
  return value.style === 'double' ? `"${value.text}, x"` : value.style === 'single' ? `'${value.text}] '''` : value.text.replace('?', '');
}

/** A property file of `models` models with eight columns each. */
export function generatePropertyFile(models: number): string {
  const lines = ['version: 2', '', 'models:'];
  for (let model = 0; model < models; model++) {
    lines.push(`  - name: model_${model}`, `    description: Model ${model} holds one row per order.`, '    config:', '      tags: [daily, finance]', '    columns:');
    for (let column = 0; column < 8; column++) {
      lines.push(`      - name: column_${column}`, `        description: The ${column}th column; it says what it holds.`);
      if (column === 0) lines.push('        data_tests:', '          - unique', '          - not_null');
      if (column === 1) {
        lines.push('        data_tests:', '          - accepted_values:', '              arguments:', `                values: ['placed', 'shipped', "returned"]`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}
