import { checkout, type DisputedRequest } from './disputed-request.ts';

const cases = [
  ['a line of the basket', ['POT'], 3400, '202', 'the rest is what the customer accepts', 'saleor/saleor#16156'],
  ['the other line', ['CUP'], 3900, '202', 'the rest is what the customer accepts'],
  ['a line, at the total of all', ['POT'], 7300, '409 PRICE_CHANGED', 'the rest costs less', 'Shopify/js-buy-sdk#615'],
  [
    'what is not in the basket',
    ['MUG'],
    7300,
    '409 BASKET_CHANGED',
    'it was not this basket that was seen',
    'Shopify/js-buy-sdk#560',
  ],
  ['a SKU in other letters', ['pot'], 3400, '409 BASKET_CHANGED', 'a SKU has one spelling'],
  ['a barcode that is not in the basket', ['4006381330060'], 7300, '409 BASKET_CHANGED', 'GS1: it is a GTIN-13'],
  ['a card number', ['4242424242424242'], 7300, '400 CARD_NUMBER_REFUSED', 'no barcode has 16 digits'],
  ['everything', ['CUP', 'POT'], 7300, '409 BASKET_EMPTY', 'nothing is left to be ordered'],
  ['a line twice', ['POT', 'POT'], 3400, '400 VALIDATION_FAILED', 'it can be left out once'],
  ['an empty list', [], 7300, '400 VALIDATION_FAILED', 'who leaves nothing out says nothing'],
  ['null', null, 7300, '400 VALIDATION_FAILED', 'it is no list'],
  ['a text', 'POT', 3400, '400 VALIDATION_FAILED', 'it is no list'],
  ['a list in a list', [['POT']], 3400, '400 VALIDATION_FAILED', 'it is no SKU'],
  [
    '51 lines',
    Array.from({ length: 51 }, (_, n) => `S-${n}`),
    7300,
    '400 VALIDATION_FAILED',
    'a basket has at most 50',
  ],
] as const;

/** What a checkout leaves in the basket. Shops were seen to order, to count or to drop such lines in silence. */
export const LEFT_OUT: readonly DisputedRequest[] = cases.map(
  ([what, leaveOut, acceptedTotal, answer, reason, seenIn]) =>
    checkout(
      { leaveOut, acceptedTotal },
      { what: `leaveOut of ${what}`, answer, reason, ...(seenIn !== undefined && { seenIn }) },
    ),
);
