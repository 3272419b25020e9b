import { anOrderId } from '../builders.ts';
import { NOBODY_LOOKS, type Case, type DisputedRequest } from './disputed-request.ts';
import { CONFIRMED_ORDER, SHIPPED_ORDER, INTEGERS, NOT_READ, ONE_MEANING } from './operators-world.ts';

const CUPS = { sku: 'CUP-WHITE', quantity: 2, disposition: 'RESTOCK' } as const;

const returned = (body: unknown, { headers, ...rest }: Omit<Case, 'body'>): DisputedRequest => ({
  route: 'POST /admin/orders/{orderId}/returns',
  params: { orderId: SHIPPED_ORDER },
  headers: { 'idempotency-key': 'key-1', ...headers },
  body,
  ...rest,
});
const line = (change: object, rest: Omit<Case, 'body'>) =>
  returned({ lines: [{ ...CUPS, ...change }], reason: 'Too small' }, rest);
const reason = (text: unknown, rest: Omit<Case, 'body'>) => returned({ lines: [CUPS], reason: text }, rest);

/** Returns of what was shipped. */
export const RETURNS: readonly DisputedRequest[] = [
  ...(
    [
      [1, '202', 'it is a unit'],
      [4, '202', 'so many were shipped'],
      [5, '409 RETURN_TOO_LARGE', 'four were shipped'],
      [0, '400 VALIDATION_FAILED', INTEGERS],
      [-1, '400 VALIDATION_FAILED', INTEGERS],
      [1.5, '400 VALIDATION_FAILED', INTEGERS],
      ['1', '400 VALIDATION_FAILED', 'a text is no number'],
      [null, '400 VALIDATION_FAILED', 'null is no number'],
      [true, '400 VALIDATION_FAILED', 'a truth is no number'],
    ] as const
  ).map(([quantity, answer, why]) =>
    line({ quantity }, { what: `a quantity of ${JSON.stringify(quantity)}`, answer, reason: why }),
  ),
  ...(
    [
      [0, '202', 'goods may come back without a refund'],
      [1700, '202', 'it is their price'],
      [1701, '409 REFUND_TOO_LARGE', 'they cost a cent less'],
      [-1, '400 VALIDATION_FAILED', 'a return takes no money'],
      [849.5, '400 VALIDATION_FAILED', 'there is no half a cent'],
      ['850', '400 VALIDATION_FAILED', 'a text is no amount'],
      [null, '400 VALIDATION_FAILED', 'to leave it out means the price; null means nothing'],
    ] as const
  ).map(([refundMinor, answer, why]) =>
    line({ refundMinor }, { what: `a refund of ${JSON.stringify(refundMinor)}`, answer, reason: why }),
  ),
  ...['restock', 'LOST', '', null].map((disposition) =>
    line(
      { disposition },
      {
        what: `the disposition ${JSON.stringify(disposition)}`,
        answer: '400 VALIDATION_FAILED',
        reason: 'the goods would be nowhere',
      },
    ),
  ),
  line({ sku: 'SPOON' }, { what: 'a product of another order', answer: '409 RETURN_TOO_LARGE', reason: 'none left' }),
  line({ unitPriceMinor: 1 }, { what: 'a price of its own', answer: '400 VALIDATION_FAILED', reason: NOT_READ }),
  returned(
    { lines: [CUPS, { ...CUPS, quantity: 1 }], reason: 'x' },
    { what: 'a product twice', answer: '400 VALIDATION_FAILED', reason: ONE_MEANING },
  ),
  returned(
    { lines: [CUPS, { ...CUPS, disposition: 'WRITE_OFF' }], reason: 'x' },
    { what: 'a product in two conditions', answer: '202', reason: 'two of the four cups are chipped' },
  ),
  returned(
    { lines: [CUPS, { ...CUPS, quantity: 3, disposition: 'WRITE_OFF' }], reason: 'x' },
    { what: 'two conditions that are more than all', answer: '409 RETURN_TOO_LARGE', reason: 'they count together' },
  ),
  returned(
    { lines: [], reason: 'x' },
    { what: 'no line', answer: '400 VALIDATION_FAILED', reason: 'nothing comes back' },
  ),
  returned({ reason: 'x' }, { what: 'nothing', answer: '400 VALIDATION_FAILED', reason: 'nothing comes back' }),
  returned(
    { lines: [CUPS], everything: 'RESTOCK', reason: 'x' },
    { what: 'a part beside everything', answer: '400 VALIDATION_FAILED', reason: ONE_MEANING },
  ),
  returned(
    { everything: true, reason: 'x' },
    { what: 'everything, somewhere', answer: '400 VALIDATION_FAILED', reason: 'the goods would be nowhere' },
  ),
  returned({ everything: 'WRITE_OFF', reason: 'x' }, { what: 'everything', answer: '202', reason: 'all of it left' }),
  reason(undefined, { what: 'no reason', answer: '400 VALIDATION_FAILED', reason: 'somebody will ask' }),
  ...['', '  ', '\u200b', 'a\nb', 'a\u202eb', 'x'.repeat(201)].map((text) =>
    reason(text, {
      what: `the reason ${JSON.stringify(text.slice(0, 10))}`,
      answer: '400 VALIDATION_FAILED',
      reason: 'a reason is one line that people can read',
    }),
  ),
  reason('Card 4242 4242 4242 4242', {
    what: 'a card in its reason',
    answer: '400 CARD_NUMBER_REFUSED',
    reason: 'it would be kept for years',
  }),
  ...['', 'key-1,key-2', 'k'.repeat(256)].map((key) =>
    line(
      {},
      {
        what: `the Idempotency-Key "${key.slice(0, 12)}"`,
        headers: { 'idempotency-key': key },
        answer: '400 VALIDATION_FAILED',
        reason: 'a repetition would be another return',
      },
    ),
  ),
  line(
    {},
    { what: 'a condition', headers: { 'if-match': '"2"' }, answer: '400 CONDITION_UNSUPPORTED', reason: NOBODY_LOOKS },
  ),
  line({}, { what: 'a dry run', query: { dryRun: 'true' }, answer: '400 VALIDATION_FAILED', reason: NOT_READ }),
  line(
    {},
    {
      what: 'an order that has not left',
      params: { orderId: CONFIRMED_ORDER },
      answer: '409 ORDER_NOT_SHIPPED',
      reason: 'it is still here',
    },
  ),
  line(
    {},
    {
      what: 'an order that nobody knows',
      params: { orderId: anOrderId(9) },
      answer: '404 ORDER_NOT_FOUND',
      reason: 'there is none',
    },
  ),
];
