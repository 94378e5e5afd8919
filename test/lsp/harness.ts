/** Folders and clients that end with the test, and what the tests of the server share. */
import { afterEach } from 'vitest';
import type { Client, ClientOptions, Folder } from './client.ts';
import { makeFolder, startClient } from './client.ts';

/** A dbt_project.yml that nothing is wrong with. */
export const PROJECT = 'name: shop\nversion: 1.0.0\nprofile: shop\nrequire-dbt-version: ">=1.8.0"\n';

const folders: Folder[] = [];
const clients = new Set<Client>();

afterEach(async () => {
  for (const client of clients) await client.stop();
  clients.clear();
  for (const folder of folders.splice(0)) folder.dispose();
});

/** A folder that goes when the test ends. */
export function folderOf(files: Readonly<Record<string, string>>, name?: string): Folder {
  const folder = makeFolder(files, name);
  folders.push(folder);
  return folder;
}

/** A client that stops when the test ends. */
export async function start(opened: readonly Folder[], options: Omit<ClientOptions, 'folders'> = {}): Promise<Client> {
  const client = await startClient({ folders: opened, ...options });
  clients.add(client);
  return client;
}

/** Stops a client before the test ends. */
export async function stop(client: Client): Promise<void> {
  clients.delete(client);
  await client.stop();
}

/** The diagnostics of a rule that the client holds, `path rule` each, sorted; other rules may come and go. */
export function shown(client: Client, folder: Folder, rule = 'ref-undefined'): string[] {
  const found: string[] = [];
  for (const [uri, diagnostics] of client.diagnostics) {
    const path = decodeURIComponent(uri.startsWith(folder.uri) ? uri.slice(folder.uri.length + 1) : uri);
    for (const { code } of diagnostics) if (code === rule) found.push(`${path} ${code}`);
  }
  return found.sort();
}

/** The range of a text in a document, by its first place. */
export function rangeIn(text: string, part: string): { start: { line: number; character: number }; end: { line: number; character: number } } {
  const from = text.indexOf(part);
  if (from < 0) throw new Error(`There is no ${part} in the text.`);
  const at = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)!.length };
  };
  return { start: at(from), end: at(from + part.length) };
}
