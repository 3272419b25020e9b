import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineHeap } from './deadline-heap.ts';

test('hands out in the order of deadlines, also when compacted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.func(fc.boolean()), (deadlines, keep) => {
      const heap = new DeadlineHeap<number>();
      for (const deadline of deadlines) heap.push(deadline, deadline);
      heap.compact((item) => keep(item));
      const kept = deadlines.filter((deadline) => keep(deadline)).toSorted((a, b) => a - b);
      expect(heap.size).toBe(kept.length);
      expect(kept.map(() => heap.pop())).toEqual(kept);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
