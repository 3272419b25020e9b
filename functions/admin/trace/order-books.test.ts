import { expect, test } from 'vitest';
import { booksOf, type Books } from './order-books.ts';

const books = (traits: Partial<Books> = {}): Books => ({
  status: 'CANCELLED',
  isUnderWay: false,
  isSettledByHand: false,
  currency: 'EUR',
  totalMinor: 1700,
  takenMinor: 1700,
  returnedMinor: 1700,
  orderedUnits: 2,
  heldUnits: 0,
  shippedUnits: 0,
  returnedUnits: 0,
  ...traits,
});
const sold = (traits: Partial<Books> = {}) => books({ status: 'CONFIRMED', returnedMinor: 0, heldUnits: 2, ...traits });

test.each([
  ['a cancelled order with its money back', books(), 'AGREE', 'taken 17.00 − returned 17.00 = 0; held 0 ✓'],
  ['a declined one', books({ takenMinor: 0, returnedMinor: 0 }), 'AGREE', 'taken 0 − returned 0 = 0; held 0 ✓'],
  ['a sold one', sold(), 'AGREE', 'taken 17.00 − returned 0 = 17.00; held 2 ✓'],
  [
    'a shipped one',
    sold({ status: 'SHIPPED', heldUnits: 0, shippedUnits: 2 }),
    'AGREE',
    'taken 17.00 − returned 0 = 17.00; held 0, shipped 2 ✓',
  ],
  [
    'one of which a part came back',
    sold({ status: 'SHIPPED', heldUnits: 0, shippedUnits: 2, returnedUnits: 1, returnedMinor: 850 }),
    'AGREE',
    'taken 17.00 − returned 8.50 = 8.50; held 0, shipped 2, returned 1 ✓',
  ],
  [
    'one of which others gave a part back',
    sold({ returnedMinor: 500 }),
    'AGREE',
    'taken 17.00 − returned 5.00 = 12.00; held 2 ✓',
  ],
  [
    'one that is on its way',
    sold({ isUnderWay: true, heldUnits: 0 }),
    'OPEN',
    'taken 17.00 − returned 0 = 17.00; held 0 …',
  ],
  ['yen, without decimals', sold({ currency: 'JPY' }), 'AGREE', 'taken 1700 − returned 0 = 1700; held 2 ✓'],
  [
    'a cancelled one whose money is kept',
    books({ returnedMinor: 0 }),
    'DISAGREE',
    'taken 17.00 − returned 0 = 17.00; held 0 ✗',
  ],
  [
    'a cancelled one that holds stock',
    books({ heldUnits: 2 }),
    'DISAGREE',
    'taken 17.00 − returned 17.00 = 0; held 2 ✗',
  ],
  ['a sold one that was not paid', sold({ takenMinor: 0 }), 'DISAGREE', 'taken 0 − returned 0 = 0; held 2 ✗'],
  ['a sold one that holds nothing', sold({ heldUnits: 0 }), 'DISAGREE', 'taken 17.00 − returned 0 = 17.00; held 0 ✗'],
  [
    'one that an operator settled',
    books({ returnedMinor: 0, isSettledByHand: true }),
    'BY_HAND',
    'taken 17.00 − returned 0 = 17.00; held 0 (settled by hand)',
  ],
] as const)('%s', (_what, known, verdict, text) => {
  const view = booksOf(known);
  expect(view).toMatchObject({ verdict, text });
  expect(view.faults.length > 0).toBe(verdict === 'DISAGREE' || verdict === 'BY_HAND');
});
