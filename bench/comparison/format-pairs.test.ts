import { expect, test } from 'vitest';
import { formatPairs } from './format-pairs.ts';
import type { OrderFigures } from './play-orders.ts';

const figures = (processorMs: number): OrderFigures => ({
  processorMs,
  functions: processorMs / 2,
  runtime: processorMs / 4,
  store: processorMs / 8,
  sandbox: processorMs / 8,
  ordersPerSecond: 1000 / processorMs,
  aloneMs: processorMs,
});

test('a pair is compared within itself: a host that got slower changes no ratio', () => {
  const pairs = [
    { before: figures(30), after: figures(15) },
    { before: figures(60), after: figures(30) },
    { before: figures(40), after: figures(30) },
  ];
  const [titles, processor, , , , , burst] = formatPairs(pairs, { before: 'abc', after: 'def' });
  expect(titles).toMatch(/abc +def +median ratio +pair by pair/);
  expect(processor).toMatch(/^processor, ms an order +40\.0 +30\.0 +0\.50 +0\.50 0\.50 0\.75$/);
  expect(burst).toMatch(/ 2\.00 +2\.00 2\.00 1\.33$/);
});
