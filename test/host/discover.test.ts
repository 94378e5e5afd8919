/** The projects of a workspace are those that a person would call theirs. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInside, relativePath } from '../../server/src/base/file-id.ts';
import { discoverProjects, discoverProjectsLater, projectAbove, projectsAround } from '../../server/src/host/discover.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Finds them in all ways, which must agree; paths are relative to the first folder. */
async function discover(files: Readonly<Record<string, string>>, folders: readonly string[] = ['.']): Promise<string[]> {
  const root = temporaryFolder(files);
  const paths = folders.map((folder) => (folder === '.' ? root : join(root, folder)));
  const found = discoverProjects(paths);
  expect(await discoverProjectsLater(paths)).toEqual(found);
  for (const name of Object.keys(files)) {
    const file = join(root, name);
    expect({ name, around: projectsAround(paths, [file]) }).toEqual({ name, around: found.filter((project) => isInside(project, file)) });
  }
  return found.map((project) => relativePath(root, project));
}

const ANY = 'name: x\n';

describe('projects', () => {
  it('are found anywhere, several and nested ones too', async () => {
    const files = { 'dbt_project.yml': ANY, 'packages/a/dbt_project.yml': ANY, 'integration_tests/dbt_project.yml': ANY, 'b/c/d/dbt_project.yml': ANY };
    expect(await discover(files)).toEqual(['', 'b/c/d', 'integration_tests', 'packages/a']);
  });

  it('are not what lies in packages, builds and virtual environments', async () => {
    const files = {
      'dbt_project.yml': 'name: x\npackages-install-path: deps\ntarget-path: build\n',
      'deps/p/dbt_project.yml': ANY,
      'build/run/dbt_project.yml': ANY,
      'dbt_packages/p/dbt_project.yml': ANY,
      'target/x/dbt_project.yml': ANY,
      'node_modules/p/dbt_project.yml': ANY,
      'venv/lib/x/dbt_project.yml': ANY,
      '.venv/lib/x/dbt_project.yml': ANY,
      'myenv/pyvenv.cfg': '',
      'myenv/lib/dbt/include/global_project/dbt_project.yml': ANY,
      'lib/python3.11/site-packages/dbt/dbt_project.yml': ANY,
    };
    expect(await discover(files)).toEqual(['']);
  });

  it('are not what lies in the models of another, or what its .dbtignore names', async () => {
    const files = {
      'dbt_project.yml': 'name: x\nmodel-paths: [models, core/sql]\n',
      '.dbtignore': 'old/\n',
      'models/deep/dbt_project.yml': ANY,
      'core/sql/dbt_project.yml': ANY,
      'core/dbt_project.yml': ANY,
      'old/project/dbt_project.yml': ANY,
      'tests/project/dbt_project.yml': ANY,
    };
    expect(await discover(files)).toEqual(['', 'core', 'tests/project']);
  });

  it('are not found through links to folders', async () => {
    expect(await discover({ 'a/dbt_project.yml': ANY, 'b': '->a', 'a/loop': '->..' })).toEqual(['a']);
  });

  it('are found once, in however many folders of the workspace they lie', async () => {
    expect(await discover({ 'a/dbt_project.yml': ANY, 'b/dbt_project.yml': ANY }, ['.', 'a', 'b'])).toEqual(['a', 'b']);
  });

  it('are found above a folder, up to the git root and no further', async () => {
    const files = { '.git/HEAD': '', 'app/dbt_project.yml': ANY, 'app/models/a/b.sql': '' };
    expect(await discover(files, ['app/models/a'])).toEqual(['app']);
    expect(await discover({ 'dbt_project.yml': ANY, 'repo/.git/HEAD': '', 'repo/x/y.sql': '' }, ['repo/x'])).toEqual([]);
  });

  it('are none in a folder that does not exist', async () => {
    expect(await discover({}, ['nothing/here'])).toEqual([]);
  });
});

describe('the project above a file', () => {
  it('is the nearest one', () => {
    const root = temporaryFolder({ '.git/HEAD': '', 'dbt_project.yml': ANY, 'inner/dbt_project.yml': ANY });
    expect(projectAbove(join(root, 'inner/models/a.sql'))).toBe(join(root, 'inner'));
    expect(projectAbove(join(root, 'models/a.sql'))).toBe(root);
  });
});
