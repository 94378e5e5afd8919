/** The files of a project are those that dbt reads, and those around it that tell how it is run. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { relativePath } from '../../server/src/base/file-id.ts';
import { findOuterRoot, loadProject } from '../../server/src/host/load-project.ts';
import { createProjectScope } from '../../server/src/host/project-scope.ts';
import type { ProjectInput } from '../../server/src/index/source-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Relative paths of the files in a state, sorted. */
function paths(input: ProjectInput, state = 'text'): string[] {
  return input.files.filter((source) => source.state === state).map(({ file }) => relativePath(input.root, file)).sort();
}

function load(files: Readonly<Record<string, string>>, project = '.'): ProjectInput {
  const root = temporaryFolder(files);
  return loadProject(project === '.' ? root : join(root, project));
}

describe('a project', () => {
  it('reads the folders that Jinja names, with the defaults of environment variables', () => {
    const project = `name: p\npackages-install-path: "{{ env_var('DEPS', 'deps') }}"\nmodel-paths: ["{{ 'mod' ~ 'els' }}"]\n`;
    const input = load({ 'dbt_project.yml': project, 'models/a.sql': 'select 1', 'deps/q/dbt_project.yml': 'name: q\n', 'deps/q/models/z.sql': 'select 1' });
    expect(paths(input)).toEqual(expect.arrayContaining(['models/a.sql', 'deps/q/models/z.sql']));
    expect(input.packageRoots).toHaveLength(1);
  });

  it('is the files of its resource folders by extension, hidden folders included', () => {
    const input = load({
      'dbt_project.yml': 'name: shop\n',
      'models/a.sql': '',
      'models/UP.SQL': '',
      'models/p.py': '',
      'models/.hidden/h.sql': '',
      'models/.x.sql': '',
      'models/#x.sql': '',
      'models/~x.sql': '',
      'models/_x.yml': '',
      'models/notes.txt': '',
      'models/docs.md': '',
      'seeds/s.csv': 'a\n',
      'macros/m.sql': '',
      'snapshots/s.yaml': '',
      'analyses/a.sql': '',
      'tests/t.sql': '',
      'tests/generic/g.sql': '',
      'functions/f.js': '',
      'elsewhere/e.sql': '',
      'target/compiled/a.sql': '',
    });
    expect(paths(input)).toEqual([
      'analyses/a.sql', 'dbt_project.yml', 'functions/f.js', 'macros/m.sql', 'models/.hidden/h.sql', 'models/UP.SQL', 'models/_x.yml',
      'models/a.sql', 'models/docs.md', 'models/p.py', 'seeds/s.csv', 'snapshots/s.yaml', 'tests/generic/g.sql', 'tests/t.sql',
    ]);
  });

  it('follows its paths, outside of its folder too, but not to the ends of the disk', () => {
    const input = load(
      {
        'app/dbt_project.yml': 'name: shop\nmodel-paths: [core, ../shared/models, /, /etc, "../.."]\n',
        'app/core/a.sql': '',
        'app/models/not.sql': '',
        'shared/models/b.sql': '',
      },
      'app',
    );
    expect(paths(input)).toEqual(['../shared/models/b.sql', 'core/a.sql', 'dbt_project.yml']);
  });

  it('takes links to files, and not what lies behind links to folders', () => {
    const input = load({
      'dbt_project.yml': 'name: shop\n',
      'other/b.sql': 'select 2',
      'models/a.sql': '->../other/b.sql',
      'models/folder': '->../other',
      'models/loop': '->..',
    });
    expect(paths(input)).toEqual(['dbt_project.yml', 'models/a.sql']);
  });

  it('leaves out what .dbtignore names, with the case that it is written in', () => {
    const input = load({
      'dbt_project.yml': 'name: shop\n',
      '.dbtignore': '# old things\n/models/old/\n*.tmp.sql\n!models/keep.tmp.sql\nmodels/Case.sql\n',
      'models/old/a.sql': '',
      'models/sub/models/old/b.sql': '',
      'models/x.tmp.sql': '',
      'models/keep.tmp.sql': '',
      'models/case.sql': '',
    });
    expect(paths(input)).toEqual(['dbt_project.yml', 'models/case.sql', 'models/keep.tmp.sql', 'models/sub/models/old/b.sql']);
  });

  it('brings back what a later pattern of .dbtignore takes out of an ignored folder', () => {
    const input = load({
      'dbt_project.yml': 'name: shop\nmodel-paths: [./models]\nseed-paths: ["x/../data"]\n',
      '.dbtignore': '\ufeffmodels/b.sql\nmodels\n!models/sub/keep.sql\n/data/\nx/../data/no.csv\n',
      'models/a.sql': '',
      'models/b.sql': '',
      'models/sub/keep.sql': '',
      'models/sub/other.sql': '',
      'data/yes.csv': '',
      'data/no.csv': '',
    });
    expect(paths(input)).toEqual(['data/yes.csv', 'dbt_project.yml', 'models/sub/keep.sql']);
  });

  it('enters folders of other tools among its models, as dbt does, but not those of the repository', () => {
    const files = { '.git/a.sql': '', 'node_modules/p/b.sql': '', 'models/.git/c.sql': '', 'models/node_modules/p/d.sql': '', 'models/__pycache__/e.sql': '' };
    const among = ['dbt_project.yml', 'models/.git/c.sql', 'models/__pycache__/e.sql', 'models/node_modules/p/d.sql'];
    expect(paths(load({ 'dbt_project.yml': 'name: shop\n', ...files }))).toEqual(among);
    expect(paths(load({ 'dbt_project.yml': 'name: shop\nmodel-paths: [.]\n', 'f.sql': '', ...files }))).toEqual(['dbt_project.yml', 'f.sql']);
    expect(paths(load({ 'app/dbt_project.yml': 'name: shop\nmodel-paths: [..]\n', 'f.sql': '', ...files }, 'app'))).toEqual(['../f.sql', 'dbt_project.yml']);
  });

  it('has the packages of its folder, links included, each with its own paths', () => {
    const input = load({
      'dbt_project.yml': 'name: shop\npackages-install-path: deps\n',
      'deps/utils/dbt_project.yml': 'name: dbt_utils\nmacro-paths: [jinja]\n',
      'deps/utils/jinja/m.sql': '',
      'deps/utils/macros/not.sql': '',
      'deps/utils/dbt_packages/inner/dbt_project.yml': '',
      'deps/__hidden/dbt_project.yml': '',
      'deps/empty/README.md': '',
      'local/dbt_project.yml': 'name: local\n',
      'local/models/l.sql': '',
      'deps/local': '->../local',
      'deps/again': '->../local',
      'deps/nowhere': '->../nothing',
    });
    expect(input.packageRoots.map((root) => relativePath(input.root, root))).toEqual(['deps/again', 'deps/utils']);
    expect(paths(input).filter((path) => path.startsWith('deps/'))).toEqual([
      'deps/again/dbt_project.yml', 'deps/again/models/l.sql', 'deps/utils/dbt_project.yml', 'deps/utils/jinja/m.sql',
    ]);
  });

  it('comes with automation and profiles up to the git root, and the names of what else lies there', () => {
    const input = load(
      {
        '.git/HEAD': '',
        '.github/workflows/ci.yml': 'on: push\n',
        '.github/CODEOWNERS': '',
        '.gitlab-ci.yml': '',
        'Makefile': '',
        'README.md': '# secret-free\n',
        'scripts/run.sh': '',
        'scripts/deep/not.sh': '',
        'profiles/profiles.yml': 'p: {}\n',
        'docs/guide/a.md': '',
        'app/dbt_project.yml': 'name: shop\n',
        'app/profiles.yml': 'shop: {}\n',
        'app/packages.yml': 'packages: []\n',
        'app/.sqlfluff': '',
        'other/Makefile': '',
      },
      'app',
    );
    expect(relativePath(input.root, input.outerRoot)).toBe('..');
    expect(paths(input)).toEqual([
      '../.github/workflows/ci.yml', '../.gitlab-ci.yml', '../Makefile', '../profiles/profiles.yml', '../scripts/run.sh',
      'dbt_project.yml', 'packages.yml', 'profiles.yml',
    ]);
    expect(paths(input, 'present')).toEqual(['../.github/CODEOWNERS', '../README.md', '../docs/guide/a.md', '.sqlfluff']);
  });

  it('never has files of the home folder', () => {
    const root = temporaryFolder({
      'home/.git/HEAD': '',
      'home/.dbt/profiles.yml': 'p: {}\n',
      'home/Makefile': '',
      'home/code/dbt_project.yml': 'name: shop\n',
      'home/dbt_project.yml': 'name: home\n',
    });
    const homes = [join(root, 'home')];
    const nested = loadProject(join(root, 'home/code'), { homes });
    expect(nested.outerRoot).toBe(join(root, 'home/code'));
    expect(paths(nested)).toEqual(['dbt_project.yml']);
    expect(findOuterRoot(join(root, 'home'), homes)).toBe(join(root, 'home'));
    expect(paths(loadProject(join(root, 'home'), { homes }))).not.toContain('.dbt/profiles.yml');
  });

  it('is read with the texts of open documents, saved or not', () => {
    const root = temporaryFolder({ 'dbt_project.yml': 'name: shop\n', 'models/a.sql': 'on disk', 'other/b.sql': '' });
    const texts = new Map([
      [join(root, 'models/a.sql'), 'in the editor'],
      [join(root, 'dbt_project.yml'), 'name: shop\nmodel-paths: [models, other]\n'],
    ]);
    const input = loadProject(root, { overlay: (file) => texts.get(file) });
    expect(input.files.find(({ file }) => file.endsWith('a.sql'))).toMatchObject({ text: 'in the editor' });
    expect(paths(input)).toEqual(['dbt_project.yml', 'models/a.sql', 'other/b.sql']);
  });

  it('without a dbt_project.yml, or with a broken one, has the default paths', () => {
    expect(paths(load({ 'models/a.sql': '' }))).toEqual(['models/a.sql']);
    expect(paths(load({ 'dbt_project.yml': 'name: [', 'models/a.sql': '' }))).toEqual(['dbt_project.yml', 'models/a.sql']);
  });
});

describe('the scope of a project', () => {
  const FILES = {
    'repo/.git/HEAD': '',
    'repo/.github/workflows/ci.yml': '',
    'repo/.github/actions/x/action.yml': '',
    'repo/Makefile': '',
    'repo/run.sh': '',
    'repo/ci/x.sh': '',
    'repo/README.md': '',
    'repo/docs/a/b.md': '',
    'repo/lib/Makefile': '',
    'repo/lib/x.sh': '',
    'repo/app/dbt_project.yml': 'name: shop\nmodel-paths: [models, ../shared]\n',
    'repo/app/.dbtignore': 'models/old\n',
    'repo/app/profiles.yml': '',
    'repo/app/profiles/profiles.yml': '',
    'repo/app/Taskfile.yml': '',
    'repo/app/models/a.sql': '',
    'repo/app/models/old/b.sql': '',
    'repo/app/models/.c.sql': '',
    'repo/app/models/d.txt': '',
    'repo/app/models/link': '->../../shared',
    'repo/app/models/node_modules/n.sql': '',
    'repo/app/macros/m.sql': '',
    'repo/app/target/models/a.sql': '',
    'repo/app/dbt_packages/p/dbt_project.yml': 'name: p\n',
    'repo/app/dbt_packages/p/models/q.sql': '',
    'repo/app/dbt_packages/p/README.md': '',
    'repo/app/dbt_packages/p/Makefile': '',
    'repo/shared/s.sql': '',
    'outside/x.sql': '',
  };

  it('says of each file what the reading of the whole project said', () => {
    const top = temporaryFolder(FILES);
    const input = loadProject(join(top, 'repo/app'));
    const scope = createProjectScope(input);
    const states = new Map(input.files.map(({ file, state }) => [file, state]));
    for (const path of Object.keys(FILES)) {
      const file = join(top, path);
      expect(scope.source(file)?.state, path).toBe(states.get(file));
    }
    expect(scope.wants(join(top, 'repo/app/models/link/s.sql'))).toBe('none');
  });

  it('knows new files, and files that went', () => {
    const top = temporaryFolder(FILES);
    const scope = createProjectScope(loadProject(join(top, 'repo/app')));
    const fresh = join(top, 'repo/app/models/new/n.sql');
    mkdirSync(join(fresh, '..'));
    writeFileSync(fresh, 'select 1');
    expect(scope.source(fresh)).toEqual({ file: fresh, state: 'text', text: 'select 1' });
    rmSync(fresh);
    expect(scope.source(fresh)).toEqual({ file: fresh, state: 'gone' });
    const readme = join(top, 'repo/README.md');
    rmSync(readme);
    expect(scope.source(readme)).toEqual({ file: readme, state: 'gone' });
  });

  it('knows the names by which linked packages hold a file', () => {
    const top = temporaryFolder({
      'app/dbt_project.yml': 'name: shop\n',
      'app/dbt_packages/local': '->../../local',
      'local/dbt_project.yml': 'name: local\n',
      'local/models/l.sql': '',
    });
    const scope = createProjectScope(loadProject(join(top, 'app')));
    expect(scope.aliases(join(top, 'local/models/l.sql'))).toEqual([join(top, 'app/dbt_packages/local/models/l.sql')]);
    expect(scope.aliases(join(top, 'app/models/a.sql'))).toEqual([]);
  });
});
