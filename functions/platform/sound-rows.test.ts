import { afterEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { logger } from './logger.ts';
import { soundRows, wholeRow } from './sound-rows.ts';

const Row = z.object({ sku: z.string(), units: z.int() });
const SPOILT = { sku: 'CUP', units: 'many', note: 'alice@example.com' };

afterEach(() => vi.restoreAllMocks());

test('a row that cannot be read is left out of a list and named, without what else is in it', () => {
  const logged = vi.spyOn(logger, 'error').mockReturnValue();
  expect(soundRows(Row, [{ sku: 'A', units: 1 }, SPOILT, null, { sku: 'B', units: 2 }])).toEqual([
    { sku: 'A', units: 1 },
    { sku: 'B', units: 2 },
  ]);
  expect(logged.mock.calls).toEqual([
    ['Malformed row left out', { row: { sku: 'CUP' }, wrong: 'units' }],
    ['Malformed row left out', { row: {}, wrong: 'the whole' }],
  ]);
});

test('a row that is needed ends the request by its name', () => {
  expect(wholeRow(Row, { sku: 'A', units: 1 })).toEqual({ sku: 'A', units: 1 });
  expect(() => wholeRow(Row, SPOILT)).toThrow('The row {"sku":"CUP"} cannot be read; wrong: units');
});
