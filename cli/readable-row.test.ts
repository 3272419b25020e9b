import { afterEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { readableRow, readableRows } from './readable-row.ts';
import { UserError } from './user-error.ts';

const Order = z.object({ orderId: z.string(), totalMinor: z.int() });
const SOUND = { orderId: 'o-1', item: 'ORDER', totalMinor: 7300 };
const WRONG = { orderId: 'o-2', item: 'ORDER', totalMinor: 'Alice, 1 Tea Lane' };
const TOLD = 'The row o-2 ORDER cannot be read; wrong: totalMinor. See npm run check-invariants, rule R1.';

afterEach(() => vi.restoreAllMocks());

test('a row that cannot be read is one line for the user, with its key and without its values', () => {
  expect(readableRow(Order, SOUND)).toMatchObject({ totalMinor: 7300 });
  expect(() => readableRow(Order, WRONG)).toThrow(new UserError(TOLD));
});

test('in a list it is told of, and hides no other row', () => {
  const told = vi.spyOn(console, 'error').mockReturnValue(undefined);
  expect(readableRows(Order, [WRONG, SOUND])).toEqual([{ orderId: 'o-1', totalMinor: 7300 }]);
  expect(told.mock.calls).toEqual([[`left out: ${TOLD}`]]);
});
