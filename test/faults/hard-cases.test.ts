import { afterAll, beforeAll, expect, test } from 'vitest';
import { HARD_CASES, playHardCase } from './hard-cases.ts';
import { playHotProduct } from './hot-product.ts';
import { Lab } from './lab.ts';
import { playLimitedRush, SHORT_RUSH } from './limited-rush.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

test.each(HARD_CASES)('$name: money, stock and events stay right', async (hardCase) => {
  const { violations, ending, missed } = await playHardCase(lab, hardCase);
  expect(violations.map(({ rule, because }) => `${rule} ${because}`)).toEqual([]);
  expect(ending).toBe(hardCase.ending);
  expect(missed).toBe(0);
});

test('of many orders at once as many are confirmed as there are units, though most meet a row that is held', async () => {
  const run = await playHotProduct(lab, { orders: 20, units: 8 });
  expect(run).toMatchObject({ confirmed: 8, outOfStock: 12, violations: [] });
  expect(run.tries).toBeGreaterThan(20);
});

test('of a rush above the provider’s limit no order is lost: each waits for its turn', async () => {
  const run = await playLimitedRush(lab, SHORT_RUSH);
  expect(run).toMatchObject({ confirmed: SHORT_RUSH.orders, lost: 0, violations: [] });
  expect(run.tries).toBeGreaterThan(2 * SHORT_RUSH.orders);
});
