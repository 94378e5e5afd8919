/**
 * `npm run parity -- DIR DIGEST [--verbose] [--target NAME] …`: compares the static manifest of a project with a digest or a
 * genuine manifest.json; exit code 1 on any difference. A digest tells its own invocation, options win over it.
 * `npm run parity -- --sum OUTPUT…` adds up the agreement lines of saved outputs.
 */
/* eslint-disable @typescript-eslint/no-base-to-string -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { INVOCATION_OPTIONS, readInvocation } from '../../server/src/features/invocation.ts';
import { manifestItems } from '../../server/src/features/manifest.ts';
import { fileIdOfPath } from '../../server/src/host/file-id.ts';
import { readWhole } from '../../server/src/host/read-source.ts';
import { openIndex } from '../../server/src/cli/manifest.ts';
import type { Invocation } from '../../server/src/index/source-file.ts';
import { isPyDict } from '../../server/src/base/python-values.ts';
import { readValueFile } from '../../server/src/facts/property-facts.ts';
import { compareManifests, sumOfAgreements } from './compare.ts';
import type { DigestInvocation, Json } from './digest.ts';
import { digestItems, readDigest, readManifest } from './digest.ts';
import { wholeDifferences, wholeItems } from './whole.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: 'boolean', short: 'v' },
    only: { type: 'string' },
    sum: { type: 'boolean' },
    ...INVOCATION_OPTIONS,
  },
});
process.exitCode = values.sum === true ? sum(positionals) : run(positionals);

function run([directory, answer, ...rest]: readonly string[]): number {
  if (directory === undefined || answer === undefined || rest.length > 0) {
    process.stderr.write('usage: npm run parity -- DIR DIGEST_OR_MANIFEST [--verbose]\n');
    return 2;
  }
  const bytes = readFileSync(answer);
  const text = (answer.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  // A file of another kind has neither of the two maps that are asked for.
  const data = JSON.parse(text) as { readonly [key: string]: Json };
  const isManifest = data['metadata'] !== undefined;
  const manifest = isManifest ? readManifest(data) : undefined;
  const { digest, invocation } = manifest ?? readDigest(data);
  const given = readInvocation(values);
  if ('fault' in given) {
    process.stderr.write(`${given.fault}\n`);
    return 2;
  }
  const index = openIndex(fileIdOfPath(resolve(directory)), { ...invocationOf(invocation), ...given });
  // Digests of the oracle say nothing of functions.
  const items = [...manifestItems(index.index, { readText: index.readText, readWhole, version: '', withoutCode: !isManifest })];
  const ours = digestItems(isManifest ? items : items.filter(({ section }) => section !== 'functions'));
  const { table, agreement, differences } = compareManifests(digest, ours, manifest === undefined ? [] : wholeDifferences(wholeItems(manifest.items), wholeItems(items)));
  const lines: string[] = [];
  if (values.verbose === true) {
    for (const { uniqueId, field, dbt, ours: own } of differences) {
      if (values.only !== undefined && field !== values.only) continue;
      lines.push(`${uniqueId} ${field}: dbt ${JSON.stringify(dbt)}, ours ${JSON.stringify(own)}`);
    }
    lines.push('');
  }
  lines.push(table, '', agreement);
  process.stdout.write(`${lines.join('\n')}\n`);
  return differences.length === 0 ? 0 : 1;
}

function sum(outputs: readonly string[]): number {
  const line = sumOfAgreements(outputs.map((output) => readFileSync(output, 'utf8')));
  if (line === undefined || outputs.length === 0) {
    process.stderr.write('usage: npm run parity -- --sum OUTPUT_OF_PARITY...\n');
    return 2;
  }
  process.stdout.write(`${String(outputs.length)} outputs\n${line}\n`);
  return 0;
}

function invocationOf(told: DigestInvocation): Invocation {
  const { vars, environment, ...rest } = told;
  const parsed = readValueFile(JSON.stringify(vars ?? {}), 'dbt').data.value;
  return {
    ...rest,
    vars: new Map(isPyDict(parsed) ? [...parsed].map(([key, value]) => [String(key), value]) : []),
    ...(environment === undefined ? {} : { environment: new Map(Object.entries(environment)) }),
  };
}
