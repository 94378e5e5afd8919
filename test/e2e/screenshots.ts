/**
 * Takes pictures of the workbench in several themes: the scenes of the documentation, or one that the command line spells out.
 *
 * Options: --workspace DIR, --extension DIR, --vsix FILE, --out DIR (docs/pictures), --themes light,dark,highContrast (for the documentation: those that it shows),
 * --size 1280x800, --only SCENE, and for a scene of its own --name NAME and --do STEP, repeated (the steps are in scenes.ts).
 */
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { editorThemes, openEditor, type EditorTheme } from './editor-server.ts';
import { readOptions } from './read-options.ts';
import { repositoryRoot } from './repository-root.ts';
import { documentationScenes, takeStep, type Scene } from './scenes.ts';
import { copyWorkspace, defaultWorkspace } from './suite-runner.ts';
import { driveWorkbench } from './workbench.ts';

function isTheme(name: string): name is EditorTheme {
  return name in editorThemes;
}

const known = ['--workspace', '--extension', '--vsix', '--out', '--themes', '--size', '--only', '--name', '--do'] as const;
const options = readOptions(process.argv.slice(2), known);
const valueOf = (name: (typeof known)[number]) => options.get(name)?.[0];

const askedThemes = valueOf('--themes')?.split(',');
const unknownTheme = askedThemes?.find((name) => !isTheme(name));
if (unknownTheme !== undefined) {
  throw new Error(`There is no theme ${unknownTheme}. There are: ${Object.keys(editorThemes).join(', ')}.`);
}
const [width = NaN, height = NaN] = (valueOf('--size') ?? '1280x800').split('x').map(Number);
const ownSteps = options.get('--do');
const only = valueOf('--only');
const scenes: readonly Scene[] =
  ownSteps === undefined
    ? documentationScenes.filter((scene) => only === undefined || scene.name === only)
    : [{ name: valueOf('--name') ?? 'screenshot', steps: ownSteps, documented: ['light', 'dark', 'highContrast'] }];
const outputFolder = resolve(valueOf('--out') ?? join(repositoryRoot, 'docs', 'pictures'));
const vsixFile = valueOf('--vsix');
const workspace = realpathSync(valueOf('--workspace') ?? defaultWorkspace());

for (const scene of scenes) {
  const themes = askedThemes?.filter(isTheme) ?? scene.documented;
  if (themes.length === 0) {
    continue;
  }
  // A fresh window and a fresh copy each: a scene may edit files, and its picture must not depend on the one before.
  const copy = copyWorkspace(workspace, workspace.split('/').at(-1) ?? 'project');
  const editor = await openEditor({
    workspaceFolder: copy.folder,
    ...(vsixFile === undefined ? { extensionFolder: realpathSync(valueOf('--extension') ?? repositoryRoot) } : {}),
    vsixFiles: vsixFile === undefined ? [] : [realpathSync(vsixFile)],
    viewport: { width, height },
  });
  try {
    const workbench = driveWorkbench(editor);
    for (const step of scene.steps) {
      try {
        await takeStep(workbench, step);
      } catch (error) {
        const picture = join(outputFolder, `${scene.name}-failed.png`);
        await workbench.screenshot(picture);
        throw new Error(`Scene ${scene.name}, step "${step}" failed; the window then: ${picture}`, { cause: error });
      }
    }
    for (const picture of await workbench.screenshotInThemes(join(outputFolder, `${scene.name}.png`), themes)) {
      console.log(picture);
    }
  } finally {
    await editor.close();
    copy.remove();
  }
}
