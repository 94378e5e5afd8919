/** Refs and sources are looked for in dbt's order of packages. */

import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../../server/src/base/unknown.ts';
import { brokenAccess, resolveRefAmong, resolveSourceAmong, type RefCall, type RefCandidate, type SearchOrigin } from '../../server/src/dbt/resolve-ref.ts';

function node(packageName: string, more: Partial<RefCandidate> = {}): RefCandidate {
  const version = more.version === undefined || more.version === null ? '' : `.v${String(more.version)}`;
  return { uniqueId: `model.${packageName}.a${version}`, packageName, name: 'a', enabled: true, version: null, isLatest: false, ...more };
}

const inRoot: SearchOrigin = { nodePackage: 'root', rootPackage: 'root', searchesOwnPackageFirst: false };
const inPackage: SearchOrigin = { ...inRoot, nodePackage: 'lp' };
const plain = { package: null, name: 'a', version: null };

/** What a call leads to, as the kind and the ids. */
function lead(candidates: readonly RefCandidate[], call: Partial<RefCall> = plain, origin = inRoot): string {
  const result = resolveRefAmong(candidates, { ...plain, ...call }, origin);
  if (result.kind === 'missing') return 'missing';
  if (result.kind === 'ambiguous') return `ambiguous ${result.targets.map(({ uniqueId }) => uniqueId).join(' ')}`;
  return `${result.kind} ${result.target.uniqueId}`;
}

// The rules are those that dbt 1.12.3 was observed to follow with two packages that have models of one name.
describe('a ref', () => {
  it('in the root project leads to the root project, then to any package', () => {
    expect(lead([node('root'), node('lp')])).toBe('found model.root.a');
    expect(lead([node('lp')])).toBe('found model.lp.a');
    expect(lead([])).toBe('missing');
  });

  it('in a package leads to the root project first, unless the flag says otherwise', () => {
    expect(lead([node('root'), node('lp')], plain, inPackage)).toBe('found model.root.a');
    expect(lead([node('root'), node('lp')], plain, { ...inPackage, searchesOwnPackageFirst: true })).toBe('found model.lp.a');
    expect(lead([node('other'), node('lp')], plain, inPackage)).toBe('found model.lp.a');
  });

  it('is refused where several other packages have the name', () => {
    expect(lead([node('x'), node('y')])).toBe('ambiguous model.x.a model.y.a');
    expect(lead([node('x'), node('y', { enabled: false })])).toBe('found model.x.a');
  });

  it('with a package leads only there', () => {
    expect(lead([node('root'), node('lp')], { package: 'lp' })).toBe('found model.lp.a');
    expect(lead([node('root')], { package: 'lp' })).toBe('missing');
  });

  it('without a version leads to the latest one', () => {
    const versions = [node('root', { version: 1 }), node('root', { version: 2, isLatest: true }), node('root', { version: '3.1' })];
    expect(lead(versions)).toBe('found model.root.a.v2');
    expect(lead(versions, { version: '1' })).toBe('found model.root.a.v1');
    expect(lead(versions, { version: 3.1 })).toBe('found model.root.a.v3.1');
    expect(lead(versions, { version: 4 })).toBe('missing');
  });

  it('names a version by one text, too', () => {
    const versions = [node('root', { version: 1 }), node('root', { version: 2, isLatest: true })];
    expect(lead(versions, { name: 'a.v1' })).toBe('found model.root.a.v1');
    expect(lead(versions, { name: 'a.v1', version: 1 })).toBe('missing');
    expect(lead([node('root', { name: 'a.v1' })], { version: 1 })).toBe('found model.root.a');
  });

  it('to a disabled node says so, and passes it by for an enabled one', () => {
    expect(lead([node('root', { enabled: false })])).toBe('disabled model.root.a');
    expect(lead([node('root', { enabled: false }), node('lp')])).toBe('found model.lp.a');
  });

  it('is uncertain where an earlier node may be enabled', () => {
    expect(lead([node('root', { enabled: UNKNOWN }), node('lp')])).toBe('uncertain model.root.a');
    expect(lead([node('root'), node('lp', { enabled: UNKNOWN })])).toBe('found model.root.a');
  });

  it('leads to the later of two nodes of one package, a model and a seed', () => {
    expect(lead([node('root'), node('root', { uniqueId: 'seed.root.a' })])).toBe('found seed.root.a');
  });
});

describe('a source', () => {
  it('in several packages leads to the first, without a complaint', () => {
    const result = resolveSourceAmong([node('x'), node('y')], inRoot);
    expect(result.kind === 'found' ? result.target.packageName : result.kind).toBe('x');
  });
});

describe('access', () => {
  const from = { resourceType: 'model', packageName: 'root', group: 'g' };
  const target = { resourceType: 'model', packageName: 'root', access: 'private', group: 'g', restrictsAccess: false } as const;

  it('to a private model is for its group alone', () => {
    expect(brokenAccess({ from, target })).toBeNull();
    expect(brokenAccess({ from: { ...from, group: 'h' }, target })).toBe('private');
    expect(brokenAccess({ from: { ...from, group: null }, target })).toBe('private');
    expect(brokenAccess({ from: { ...from, group: null }, target: { ...target, access: 'public' } })).toBeNull();
  });

  it('to a protected model of a package matters only if the package restricts access', () => {
    const elsewhere = { ...target, packageName: 'lp', access: 'protected' } as const;
    expect(brokenAccess({ from, target: elsewhere })).toBeNull();
    expect(brokenAccess({ from, target: { ...elsewhere, restrictsAccess: true } })).toBe('protected');
    expect(brokenAccess({ from, target: { ...elsewhere, access: 'private', restrictsAccess: true } })).toBe('private');
    expect(brokenAccess({ from: { ...from, packageName: 'lp' }, target: { ...elsewhere, restrictsAccess: true } })).toBeNull();
  });

  it('is no matter of seeds', () => {
    expect(brokenAccess({ from: { ...from, group: null }, target: { ...target, resourceType: 'seed' } })).toBeNull();
  });
});
