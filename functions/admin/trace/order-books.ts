import * as z from 'zod';
import { decimalText } from '../../../events/money.ts';
import type { OrderStatus } from '../../../events/vocabulary.ts';
import { isSold } from '../../orders/order-record.ts';

/**
 * - `AGREE`: money and stock are as the order says.
 * - `OPEN`: the order is still on its way, so they need not be yet.
 * - `BY_HAND`: they differ, and an operator put it right outside of the shop, with evidence.
 * - `DISAGREE`: they differ, and nobody has said why.
 */
export const BooksView = z.strictObject({
  verdict: z.enum(['AGREE', 'OPEN', 'BY_HAND', 'DISAGREE']),
  text: z.string().meta({ description: 'Such as `taken 17.00 − returned 17.00 = 0; held 0 ✓`' }),
  takenMinor: z.int(),
  returnedMinor: z.int(),
  keptMinor: z.int().meta({ description: 'What was taken and not returned' }),
  heldUnits: z.int().meta({ description: 'Units of the stock that wait for this order' }),
  shippedUnits: z.int(),
  returnedUnits: z.int().meta({ description: 'Shipped units that came back' }),
  faults: z.array(z.string()).meta({ description: 'What is not as the order says' }),
});
export type BooksView = z.infer<typeof BooksView>;

/** What the books say of one order, each figure from whoever owns it. */
export interface Books {
  readonly status: OrderStatus | undefined;
  /** Waits for an operator, or for a workflow that goes on. */
  readonly isUnderWay: boolean;
  readonly isSettledByHand: boolean;
  readonly currency: string;
  readonly totalMinor: number;
  /** The provider's figures; our payment row's where the provider cannot be asked. */
  readonly takenMinor: number;
  readonly returnedMinor: number;
  readonly orderedUnits: number;
  readonly heldUnits: number;
  readonly shippedUnits: number;
  readonly returnedUnits: number;
}

/** Holds money and stock of an order against its status. */
export function booksOf(books: Books): BooksView {
  const { takenMinor, returnedMinor, heldUnits, shippedUnits, returnedUnits } = books;
  const keptMinor = takenMinor - returnedMinor;
  const faults = books.isUnderWay ? [] : faultsOf(books, keptMinor);
  const verdict = verdictOf(books, faults);
  return {
    verdict,
    text: `${balanceText(books, keptMinor)}; held ${heldUnits}${unitsText('shipped', shippedUnits)}${unitsText('returned', returnedUnits)} ${MARK[verdict]}`,
    takenMinor,
    returnedMinor,
    keptMinor,
    heldUnits,
    shippedUnits,
    returnedUnits,
    faults,
  };
}

const MARK = { AGREE: '✓', OPEN: '…', BY_HAND: '(settled by hand)', DISAGREE: '✗' } as const;

function verdictOf({ isUnderWay, isSettledByHand }: Books, faults: readonly string[]): BooksView['verdict'] {
  if (isUnderWay) return 'OPEN';
  if (faults.length === 0) return 'AGREE';
  return isSettledByHand ? 'BY_HAND' : 'DISAGREE';
}

function faultsOf(books: Books, keptMinor: number): string[] {
  const { status, totalMinor, heldUnits, shippedUnits, orderedUnits, currency } = books;
  const isSale = status !== undefined && isSold(status);
  // What was given back of a sale is a decision of its own; more than the total is never kept.
  const expectedMinor = isSale ? totalMinor - books.returnedMinor : 0;
  const expectedUnits = isSale ? orderedUnits - shippedUnits : 0;
  return [
    ...(keptMinor === expectedMinor
      ? []
      : [`kept ${text(keptMinor, currency)}, expected ${text(expectedMinor, currency)}`]),
    ...(heldUnits === expectedUnits ? [] : [`held ${heldUnits} units, expected ${expectedUnits}`]),
  ];
}

function balanceText({ takenMinor, returnedMinor, currency }: Books, keptMinor: number): string {
  return `taken ${text(takenMinor, currency)} − returned ${text(returnedMinor, currency)} = ${text(keptMinor, currency)}`;
}

function unitsText(what: string, units: number): string {
  return units === 0 ? '' : `, ${what} ${units}`;
}

function text(amountMinor: number, currency: string): string {
  return amountMinor === 0 ? '0' : decimalText(amountMinor, currency);
}
