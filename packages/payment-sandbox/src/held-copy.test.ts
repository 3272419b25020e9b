import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { holdCopy } from './held-copy.ts';
import { SandboxStore } from './sandbox-store.ts';
import { aSandbox, anIntent, command, sdkFor } from './testing/sandbox-under-test.ts';

function aFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'held-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Takes the copy away as soon as it is there: from another thread, because this one stands still with the sandbox. */
function takeAway(copy: string, taken: string): void {
  const program = `
    const { existsSync, renameSync } = require('node:fs');
    const { workerData: [copy, taken] } = require('node:worker_threads');
    const look = () => (existsSync(copy) ? renameSync(copy, taken) : setTimeout(look, 1));
    look();`;
  const worker = new Worker(program, { eval: true, workerData: [copy, taken] });
  onTestFinished(() => void worker.terminate());
}

function amountsIn(ledger: string): unknown[] {
  const database = new DatabaseSync(ledger, { readOnly: true });
  const rows = database.prepare('SELECT amountMinor FROM ledger ORDER BY seq').all();
  database.close();
  return rows.map((row) => row['amountMinor']);
}

test('a copy holds what was taken so far, and the sandbox goes on when it is taken away', async () => {
  const dataFolder = aFolder();
  const sandbox = await aSandbox({ dataFolder });
  const stripe = sdkFor(sandbox);
  await stripe.paymentIntents.create({ ...anIntent, confirm: true });
  const taken = path.join(aFolder(), 'ledger.sqlite');
  takeAway(path.join(dataFolder, 'backup-1.sqlite'), taken);
  expect(await command(sandbox, 'backups', { id: '1' })).toEqual({});
  const copied = amountsIn(taken);
  await stripe.paymentIntents.create({ ...anIntent, amount: 100, confirm: true });
  expect(copied.at(-1)).toBe(4200);
  expect(amountsIn(taken)).toEqual(copied);
});

test('a copy that nobody takes is withdrawn, so that an old one is never taken for the present', () => {
  const folder = aFolder();
  const store = new SandboxStore(path.join(folder, 'ledger.sqlite'));
  onTestFinished(() => store.close());
  expect(() => holdCopy(store, '1', 20)).toThrow(/nobody took .*backup-1\.sqlite within 20 ms/);
  expect(readdirSync(folder).filter((name) => name.startsWith('backup-'))).toEqual([]);
});

test.each([[{}], [{ id: '' }], [{ id: '../x' }], [{ id: 7 }], [{ id: 'X'.repeat(65) }]])('refuses %j', async (body) => {
  const sandbox = await aSandbox({ dataFolder: aFolder() });
  expect(await command(sandbox, 'backups', body)).toMatchObject({
    error: { message: expect.stringContaining('id: expected') as string },
  });
});

test('a ledger in memory has nothing to copy', async () => {
  expect(await command(await aSandbox(), 'backups', { id: '1' })).toMatchObject({
    error: { message: expect.stringContaining('in memory') as string },
  });
});

test('a copy that a killed sandbox left is gone at the next start', async () => {
  const dataFolder = aFolder();
  const left = path.join(dataFolder, 'backup-1.sqlite');
  writeFileSync(`${left}.partial`, '');
  renameSync(`${left}.partial`, left);
  await aSandbox({ dataFolder });
  expect(existsSync(left)).toBe(false);
});
