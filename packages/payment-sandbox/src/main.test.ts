import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_API_KEY } from './payment-sandbox.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});

function run(...flags: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [MAIN, ...flags]);
  cleanups.push(() => child.kill('SIGKILL'));
  return child;
}

/** Standard error and exit code of a start that fails. */
async function failureOf(...flags: string[]): Promise<{ code: number | null; lines: string[] }> {
  const child = run(...flags);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: text.trimEnd().split('\n') };
}

async function urlOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return /http:\S+/.exec(line.toString())?.[0] ?? '';
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'payment-sandbox-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function post(url: string, path: string, body: Record<string, string>, key?: string): Promise<{ id: string }> {
  const headers = { authorization: `Bearer ${DEFAULT_API_KEY}`, ...(key && { 'idempotency-key': key }) };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: new URLSearchParams(body) });
  return (await response.json()) as { id: string };
}

describe('a start that cannot work ends with one line that says what to do', () => {
  test('a port that fetch and browsers refuse', async () => {
    expect(await failureOf('--port', '6566')).toEqual({
      code: 1,
      lines: ['payment-sandbox: http://127.0.0.1:6566 cannot be called (bad port): choose another --port or --host.'],
    });
  });

  test('port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    cleanups.push(() => taken.close());
    const port = String((taken.address() as AddressInfo).port);
    expect(await failureOf('--port', port)).toEqual({
      code: 1,
      lines: [`payment-sandbox: Port ${port} is in use: stop what listens there or choose another with --port.`],
    });
  });

  test.each([
    [['--port', 'http'], /^payment-sandbox: --port: expected a number/],
    [['--calls-per-second', '0'], /^payment-sandbox: --calls-per-second: expected a number above 0, got "0"/],
    [['--calls-per-second', 'many'], /^payment-sandbox: --calls-per-second: expected a number above 0, got "many"/],
    [['--prot', '1'], /^payment-sandbox: Unknown option '--prot'.* See --help\.$/],
    [['--webhook-url', 'localhost:1'], /^payment-sandbox: --webhook-url: expected an http or https URL/],
    [['--webhook-url', 'http://127.0.0.1:1', '--webhook-events', 'x'], /^payment-sandbox: --webhook-events: unknown/],
    [['--port', '0', '--data', join(MAIN, 'below')], /^payment-sandbox: Cannot use the data folder .*: ENOTDIR/],
  ])('%j', async (flags, line) => {
    const { code, lines } = await failureOf(...flags);
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
  });

  test('a data folder that another sandbox uses', async () => {
    const folder = dataFolder();
    await urlOf(run('--port', '0', '--data', folder));
    const { code, lines } = await failureOf('--port', '0', '--data', folder);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^payment-sandbox: Cannot use the data folder .*database is locked/);
  });
});

test('what was answered survives kill -9: charges, keys and the ledger', async () => {
  const folder = dataFolder();
  const first = run('--port', '0', '--data', folder);
  const url = await urlOf(first);
  const charge = {
    amount: '500',
    currency: 'eur',
    payment_method: 'pm_card_visa',
    confirm: 'true',
    'metadata[orderId]': 'o1',
  };
  const charged = await post(url, '/v1/payment_intents', charge, 'k1');
  first.kill('SIGKILL');
  await once(first, 'close');

  const again = await urlOf(run('--port', '0', '--data', folder));
  expect(await post(again, '/v1/payment_intents', charge, 'k1')).toMatchObject({ id: charged.id, status: 'succeeded' });
  const { rows } = (await (await fetch(`${again}/_sandbox/ledger?orderId=o1`)).json()) as { rows: { op: string }[] };
  expect(rows.map(({ op }) => op)).toEqual(['CREATE', 'CAPTURE']);
});

test('ends when its parent does, if told to', async () => {
  const child = run('--port', '0', '--exit-with-parent');
  await urlOf(child);
  child.stdin.end();
  expect((await once(child, 'close'))[0]).toBe(0);
});
