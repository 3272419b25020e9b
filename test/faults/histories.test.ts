import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEPT_HISTORIES } from './kept-histories.ts';
import { playHistory, someHistory, troubleOf, type History } from './histories.ts';
import { Lab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** `npm run campaigns -- histories` plays more. */
const RUNS = 3;
const SEED = 1;

test('small worlds with customers, operators and trouble keep every rule', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, async (history) => {
      expect(await violationsOf(history)).toEqual([]);
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
});

test.each(Object.entries(KEPT_HISTORIES))('%s', { timeout: 60_000 }, async (_name, history) => {
  expect(await violationsOf(history)).toEqual([]);
});

test('a history comes out the same, wherever it is played and however slowly the store answers', async () => {
  const samples = fc.sample(someHistory, { seed: 1, numRuns: 20 }).filter(({ trouble }) => trouble > 0);
  const [history] = samples.toSorted((one, other) => other.customers.length - one.customers.length);
  const first = await pointsOf(history!);
  let answers = 0;
  lab.slowDownStore(() => (answers++ % 7 === 0 ? 3 : 0));
  const second = await pointsOf(history!);
  lab.slowDownStore(() => 0);
  expect(first.length).toBeGreaterThan(50);
  expect(second).toEqual(first);
});

async function pointsOf(history: History): Promise<string[]> {
  const injector = troubleOf(history);
  await playHistory(lab, history, injector);
  return injector.passed.map(({ id }) => `${id}${injector.fired.has(id) ? ' fired' : ''}`);
}

async function violationsOf(history: History): Promise<string[]> {
  const violations = await playHistory(lab, history);
  return violations.map(({ rule, because }) => `${rule} ${because}`);
}
