import { expect, test } from 'vitest';
import { SeededRandom } from '../torture/seeded-random.ts';
import { mutated } from './mutate.ts';
import type { WireRequest } from './wire-request.ts';

const VALID: WireRequest = {
  method: 'POST',
  path: '/things',
  headers: [['content-type', 'application/json']],
  body: Buffer.from('{"a":{"b":[1,2]},"c":"d"}'),
};

test('a seed brings the same requests back', () => {
  const play = (): unknown => {
    const random = new SeededRandom(7);
    return Array.from({ length: 200 }, () => mutated(VALID, random));
  };
  expect(play()).toEqual(play());
});

test('most requests differ from the valid one, and the valid one stays as it is', () => {
  const random = new SeededRandom(1);
  const all = new Set(Array.from({ length: 500 }, () => JSON.stringify(mutated(VALID, random))));
  expect(all.size).toBeGreaterThan(300);
  expect(VALID.body.toString()).toBe('{"a":{"b":[1,2]},"c":"d"}');
});
