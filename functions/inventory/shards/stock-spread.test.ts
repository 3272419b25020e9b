import { expect, test } from 'vitest';
import { movesTowards } from './stock-spread.ts';

const sum = (units: readonly number[]) => units.reduce((total, each) => total + each, 0);

test.each([
  [1, [0, 3, 4]],
  [2, [0, 7, 0]],
  [3, [9, 0, 0, 0, 5]],
  [2, [1, 0, 0]],
  [2, [0, 0, 0]],
])('over %i shards: what moves makes shares equal', (shards, available) => {
  const after = [...available];
  for (const { from, to } of movesTowards(shards, available)) {
    after[from.shard]! -= from.units;
    after[to]! += from.units;
  }
  const inUse = shards === 1 ? after.slice(0, 1) : after.slice(1, shards + 1);
  expect(sum(inUse)).toBe(sum(available));
  expect(Math.max(...inUse) - Math.min(...inUse)).toBeLessThanOrEqual(1);
});
