/** What only a server in this process can show: a rule that fails, and what it costs. */
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createConnection } from 'vscode-languageserver';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import * as z from 'zod';
import { bug } from '../../server/src/base/bug.ts';
import { createServer } from '../../server/src/lsp/server.ts';
import type { ProjectFindings, StatusParams } from '../../server/src/protocol/protocol.ts';
import { methods } from '../../server/src/protocol/protocol.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import { defineRule } from '../../server/src/rules/rule.ts';
import { FULL_CAPABILITIES } from './client.ts';
import { folderOf, PROJECT } from './harness.ts';

const FAILING_RULE = defineRule({
  meta: {
    id: 'always-fails',
    category: 'testing',
    summary: 'Fails on every model.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [],
    checklistItems: [],
    messages: { never: 'This is never reported.' },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'node',
  units: { resourceTypes: ['model'] },
  check() {
    throw new Error('this rule is broken');
  },
});

afterEach(() => {
  bug.reset();
});

describe('a rule that throws', () => {
  it('costs its own findings alone, is logged, and is told with the state', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/bad.sql': "select * from {{ ref('nowhere') }}\n" });
    const input = new PassThrough();
    const output = new PassThrough();
    const server = createConnection(
      (logger) => createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output), logger),
      { initialize: () => undefined, shutdownReceived: false, exit: () => undefined },
    );
    bug.throwOnReport(false);
    createServer(server, { rules: [...ALL_RULES, FAILING_RULE] });
    server.listen();
    const client = createProtocolConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
    const log: string[] = [];
    const statuses: StatusParams[] = [];
    client.onNotification('window/logMessage', ({ message }: { message: string }) => void log.push(message));
    client.onNotification(methods.status, (status: StatusParams) => void statuses.push(status));
    client.onRequest('client/registerCapability', () => null);
    client.onRequest('client/unregisterCapability', () => null);
    client.onRequest('window/workDoneProgress/create', () => null);
    client.onRequest('workspace/configuration', () => [null]);
    client.listen();
    await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: FULL_CAPABILITIES, workspaceFolders: [{ uri: folder.uri, name: 'x' }] });
    await client.sendNotification('initialized', {});
    const [project] = await client.sendRequest<ProjectFindings[]>(methods.findings);
    expect(project!.findings.map(({ ruleId }) => ruleId)).toContain('ref-undefined');
    expect(log.join('\n')).toContain('this rule is broken');
    expect(log.join('\n')).toContain('always-fails');
    expect(statuses.at(-1)?.state).toBe('ready');
    expect(statuses.at(-1)?.message).toContain('always-fails');
    await client.sendRequest('shutdown');
    client.dispose();
  });
});
