/** The licences of the packages that went into the bundles: allowed or not, and their texts. Only Node's own modules. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';

/** Licences that ask for nothing but their text; another one needs a person's decision. */
const ALLOWED_LICENCES = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'Unlicense']);

/** The folder of the package that a bundled file belongs to, or undefined if the file is ours. */
function packageFolderOf(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match?.[1];
}

/**
 * The packages of bundled files, sorted by name and version. Throws if one has a licence that is not listed, or no licence
 * text: a bundle with such a package must not ship.
 */
export function bundledPackages(inputs) {
  const folders = new Set(inputs.map(packageFolderOf).filter((folder) => folder !== undefined));
  const packages = new Map();
  const faults = [];
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'));
    const names = readdirSync(inRoot(folder));
    const textFile = names.find((file) => /^licen[cs]e/i.test(file)) ?? names.find((file) => /^copying|^notice/i.test(file));
    if (!ALLOWED_LICENCES.has(license)) faults.push(`${name} ${version} has the licence ${JSON.stringify(license)}, which is not on the list.`);
    if (textFile === undefined) faults.push(`${name} ${version} comes without a licence text.`);
    const text = textFile === undefined ? '' : readFileSync(inRoot(folder, textFile), 'utf8');
    const notice = existsSync(join(inRoot(folder), 'NOTICE')) ? readFileSync(inRoot(folder, 'NOTICE'), 'utf8') : '';
    packages.set(`${name} ${version}`, { name, version, license, text: [text, notice].filter((part) => part !== '').join('\n') });
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return [...packages.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** The text of `THIRD-PARTY-NOTICES.txt`. */
export function noticesText(packages) {
  const line = '-'.repeat(80);
  const parts = packages.map(({ name, version, license, text }) => `${line}\n${name} ${version} (${license})\n${line}\n\n${text.replaceAll('\r\n', '\n').trim()}\n`);
  return `dbt Readiness contains code of the following packages.\n\n${parts.join('\n')}`;
}
