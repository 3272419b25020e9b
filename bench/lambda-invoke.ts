/**
 * What an invocation costs beyond the handler's own work, how long an environment takes to start, and what it
 * holds in memory. Run: `npx node bench/lambda-invoke.ts`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '@order-workflow/states-language/clock';
import { LambdaService } from '@order-workflow/runtime/services/lambda';
import { Journal } from '@order-workflow/runtime/services/shared';

const INVOCATIONS = 20_000;
const SIDE_BY_SIDE = 4;
const ENVIRONMENTS = 10;

/** A handler as large as a typical one: logger, document client, schema. */
const TYPICAL_HANDLER = `
  import { Logger } from '@aws-lambda-powertools/logger';
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
  import * as z from 'zod';
  const logger = new Logger();
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const Note = z.object({ text: z.string() });
  export const silent = async (event) => Note.parse(event);
  export const logging = async (event) => (logger.info('note', { event }), event);
  export const storing = async (event) => client.send(new PutCommand({ TableName: 'notes', Item: event }));
`;

const folder = mkdtempSync(join(tmpdir(), 'lambda-bench-'));
await build({
  stdin: { contents: TYPICAL_HANDLER, resolveDir: process.cwd() },
  outfile: join(folder, 'handlers.mjs'),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
});

const unused = (): never => {
  throw new Error('not part of this benchmark');
};
let lines = 0;
const journal = new Journal(join(folder, 'runtime.sqlite'));
const lambda = new LambdaService({
  journal,
  clock: systemClock,
  stack: { stackName: 'bench', region: 'us-east-1', accountId: '000000000000', endpointUrl: 'http://localhost:0' },
  queues: { receive: unused, onVisible: unused, delete: unused, changeVisibility: unused },
  streams: { read: unused, latestSequenceNumber: unused, onRecords: unused, trim: unused },
  destinations: { deliver: unused },
  logs: { append: () => void (lines += 1) },
  versionsFolder: join(folder, 'versions'),
  compileCacheFolder: join(folder, 'cache'),
});

async function declare(functionName: string, handler: string): Promise<void> {
  await lambda.putFunction({
    functionName,
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    codeFolder: folder,
    handler: `handlers.${handler}`,
    runtime: 'nodejs24.x',
    timeoutMs: 3000,
    memorySizeMb: 256,
    variables: {},
    logging: { logGroup: functionName, format: 'JSON', applicationLogLevel: 'INFO', systemLogLevel: 'INFO' },
  });
}

/** Mean milliseconds of an invocation, with so many under way at a time. */
async function measure(functionName: string, sideBySide: number): Promise<number> {
  const payload = JSON.stringify({ text: 'x'.repeat(1000) });
  const startedAtMs = performance.now();
  let left = INVOCATIONS;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await lambda.invoke(functionName, payload);
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  return (performance.now() - startedAtMs) / INVOCATIONS;
}

function residentMb(): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0;
  return Math.round(Number(kilobytes) / 1024);
}

await declare('silent', 'silent');
await declare('logging', 'logging');
await lambda.warm(['silent', 'logging']);
console.log(`1 KB payload, parsed and returned:  ${(await measure('silent', 1)).toFixed(3)} ms one at a time`);
console.log(
  `the same, ${SIDE_BY_SIDE} side by side:            ${(await measure('silent', SIDE_BY_SIDE)).toFixed(3)} ms each`,
);
console.log(`with one logger line:               ${(await measure('logging', 1)).toFixed(3)} ms one at a time`);

const before = residentMb();
const startedAtMs = performance.now();
for (let index = 0; index < ENVIRONMENTS; index += 1) {
  await declare(`idle-${index}`, 'storing');
  await lambda.warm([`idle-${index}`]);
}
const startMs = (performance.now() - startedAtMs) / ENVIRONMENTS;
console.log(`an environment starts in:           ${startMs.toFixed(0)} ms`);
console.log(`and holds:                          ${((residentMb() - before) / ENVIRONMENTS).toFixed(1)} MB (resident)`);
console.log(`${lines} log lines`);

await lambda.stop();
journal.close();
rmSync(folder, { recursive: true });
