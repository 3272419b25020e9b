import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { LambdaBench, MEETING, until } from '../testing/lambda-under-test.ts';

let bench: LambdaBench;
afterEach(() => bench[Symbol.asyncDispose]());

/** Tells how often its environment has run: 1 after a cold start. */
const COUNTER = 'let runs = 0; export const handler = async () => (runs += 1);';

async function runsOf(functionName: string): Promise<number> {
  return Number((await bench.service.invoke(functionName, '{}')).payload);
}

test('an environment that was idle for long is ended; the one of a warmed function stays', async () => {
  const hostClock = new ManualClock();
  bench = new LambdaBench({ hostClock, limits: { idleMs: 1000 } });
  await bench.declare('cold', COUNTER);
  await bench.declare('warm', COUNTER);
  await bench.service.warm(['warm']);
  expect([await runsOf('cold'), await runsOf('warm')]).toEqual([1, 1]);
  await hostClock.advanceBy(999);
  expect([await runsOf('cold'), await runsOf('warm')]).toEqual([2, 2]);
  await hostClock.advanceBy(2000);
  expect([await runsOf('cold'), await runsOf('warm')]).toEqual([1, 3]);
});

test('a full fleet makes room by ending whatever has been idle longest', async () => {
  bench = new LambdaBench({ hostClock: new ManualClock(), limits: { total: 2 } });
  for (const name of ['first', 'second', 'third']) await bench.declare(name, COUNTER);
  expect([await runsOf('first'), await runsOf('second'), await runsOf('third')]).toEqual([1, 1, 1]);
  // `third` was its function's only environment, so it could start beyond the bound.
  expect(await runsOf('second')).toBe(2);
});

test('a function grows only while its line does not get shorter', async () => {
  const hostClock = new ManualClock();
  bench = new LambdaBench({ hostClock });
  await bench.declare('meet', MEETING, { variables: { MEETING: mkdtempSync(join(bench.folder, 'meeting-')) } });
  const both = [bench.service.invoke('meet', '{}'), bench.service.invoke('meet', '{}')];
  await until(() => bench.lines.some((line) => line.endsWith('\tin')));
  await hostClock.advanceBy(20);
  const threads = (await Promise.all(both)).map(
    ({ payload }) => (JSON.parse(payload) as { threadId: number }).threadId,
  );
  expect(new Set(threads).size).toBe(2);
});
