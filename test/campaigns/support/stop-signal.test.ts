import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { unlessStopped } from './stop-signal.ts';

const NEVER = new Promise(() => undefined);

test('what is played is awaited, and its failure is not lost', async () => {
  const { signal } = new AbortController();
  await unlessStopped(signal, Promise.resolve());
  await expect(unlessStopped(signal, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('a stop ends the wait for what never ends', async () => {
  const controller = new AbortController();
  const waiting = unlessStopped(controller.signal, NEVER);
  controller.abort();
  await expect(waiting).resolves.toBeUndefined();
});

test.each([
  ['SIGINT', 0, 130],
  ['SIGTERM', 0, 143],
  ['SIGTERM', 1, 1],
] as const)('a campaign that %s stops with %i failures tells them, and ends with %i', async (signal, failed, code) => {
  const program = path.join(mkdtempSync(path.join(tmpdir(), 'stopped-')), 'campaign.ts');
  const from = (file: string): string => JSON.stringify(path.join(import.meta.dirname, file));
  writeFileSync(
    program,
    `import { report } from ${from('counts.ts')};
     import { endIfStopped, stopSignal, unlessStopped } from ${from('stop-signal.ts')};
     const stop = stopSignal();
     setInterval(() => {}, 1_000);
     process.send('playing');
     await unlessStopped(stop, new Promise(() => {}));
     report({ passed: 1, failed: ${failed} });
     endIfStopped(stop);`,
  );
  const campaign = fork(program, { stdio: 'ignore' });
  const messages: unknown[] = [];
  campaign.on('message', (message) => messages.push(message));
  await once(campaign, 'message');
  campaign.kill(signal);
  expect(await once(campaign, 'exit')).toEqual([code, null]);
  expect(messages).toEqual(['playing', { passed: 1, failed }]);
});
