import { anOrderId } from '../builders.ts';
import { NOBODY_LOOKS, type Case, type DisputedRequest } from './disputed-request.ts';

/** One teapot of 39.00 and four cups of 8.50: the first confirmed, the second shipped in two parcels, the cups first. */
export const CONFIRMED_ORDER = anOrderId(1);
export const SHIPPED_ORDER = anOrderId(2);

const INTEGERS = 'units are whole and at least one';
const NOT_READ = 'what is not read must not look as if it was';
const ONE_MEANING = 'two ways to say it, and they need not agree';

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

const shipped = (body: unknown, rest: Omit<Case, 'body'>): DisputedRequest => ({
  route: 'POST /orders/{orderId}/shipments',
  params: { orderId: CONFIRMED_ORDER },
  body,
  ...rest,
});
const corrected = (body: unknown, rest: Omit<Case, 'body'>): DisputedRequest => ({
  route: 'PUT /orders/{orderId}/shipments/{parcelId}',
  params: { orderId: SHIPPED_ORDER, parcelId: '1' },
  body,
  ...rest,
});
const arrived = (body: unknown, rest: Omit<Case, 'body'>): DisputedRequest => ({
  route: 'POST /orders/{orderId}/shipments/{parcelId}/delivered',
  params: { orderId: SHIPPED_ORDER, parcelId: '1' },
  body,
  ...rest,
});

/** Parcels of the confirmed order, at version 2, and of the shipped one, at version 4. */
export const PARCELS: readonly DisputedRequest[] = [
  ...(
    [
      [[], '400 VALIDATION_FAILED', 'an empty parcel is none'],
      [[{ sku: 'CUP-WHITE', quantity: 1 }], '200', 'a part may leave'],
      [[{ sku: 'CUP-WHITE', quantity: 5 }], '409 UNITS_NOT_LEFT', 'four were sold'],
      [[{ sku: 'SPOON', quantity: 1 }], '409 UNITS_NOT_LEFT', 'none was sold'],
      [[{ sku: 'CUP-WHITE', quantity: 0 }], '400 VALIDATION_FAILED', INTEGERS],
      [[{ sku: 'CUP-WHITE', quantity: '1' }], '400 VALIDATION_FAILED', 'a text is no number'],
      [null, '400 VALIDATION_FAILED', 'to leave it out means the rest; null means nothing'],
      ['all', '400 VALIDATION_FAILED', 'to leave it out means the rest'],
    ] as const
  ).map(([lines, answer, why]) =>
    shipped({ lines }, { what: `the lines ${JSON.stringify(lines)}`, answer, reason: why }),
  ),
  ...(
    [
      [2, '200', 'it is what was seen'],
      [1, '409 ORDER_CHANGED', 'somebody was quicker'],
      [3, '409 ORDER_CHANGED', 'nobody was shown it'],
      [0, '400 VALIDATION_FAILED', 'versions begin with 1'],
      ['2', '400 VALIDATION_FAILED', 'a text is no number'],
    ] as const
  ).map(([version, answer, why]) =>
    shipped({ version }, { what: `the version ${JSON.stringify(version)}`, answer, reason: why }),
  ),
  ...['', ' ', 'JD01\nJD02', 'x'.repeat(129)].map((trackingNumber) =>
    shipped(
      { trackingNumber },
      {
        what: `the tracking number ${JSON.stringify(trackingNumber.slice(0, 10))}`,
        answer: '400 VALIDATION_FAILED',
        reason: 'a customer could not follow it',
      },
    ),
  ),
  shipped(undefined, { what: 'no body', answer: '400 BODY_MALFORMED', reason: 'an object says what left' }),
  shipped({}, { what: 'an empty object', answer: '200', reason: 'everything that is left has left' }),
  shipped([], { what: 'a list', answer: '400 VALIDATION_FAILED', reason: 'an object says what left' }),
  shipped({ parcelId: '7' }, { what: 'a number of its own', answer: '400 VALIDATION_FAILED', reason: NOT_READ }),
  shipped(
    {},
    {
      what: 'an Idempotency-Key that nothing remembers',
      headers: { 'idempotency-key': 'key-1' },
      answer: '400 VALIDATION_FAILED',
      reason: NOT_READ,
    },
  ),
  ...(
    [
      [{ trackingNumber: 'JD09', version: 4 }, '200', 'it is what was seen'],
      [{ trackingNumber: 'JD09', version: 3 }, '409 ORDER_CHANGED', 'somebody was quicker'],
      [{ trackingNumber: 'JD09' }, '400 VALIDATION_FAILED', 'what was seen must be said'],
      [{ version: 4 }, '400 VALIDATION_FAILED', 'nothing is corrected'],
      [{ carrier: 'DHL', version: 4 }, '400 VALIDATION_FAILED', 'the number must be said again'],
      [{ trackingNumber: null, version: 4 }, '400 VALIDATION_FAILED', 'a number is not taken back'],
      [{ trackingNumber: 'JD09', version: 4, lines: [] }, '400 VALIDATION_FAILED', 'what is in it is not corrected'],
    ] as const
  ).map(([body, answer, why]) => corrected(body, { what: JSON.stringify(body), answer, reason: why })),
  ...(
    [
      ['3', '404 PARCEL_NOT_FOUND', 'it has two'],
      ['0', '400 VALIDATION_FAILED', 'parcels count from 1'],
      ['01', '400 VALIDATION_FAILED', 'one parcel has one number'],
      ['-1', '400 VALIDATION_FAILED', 'parcels count from 1'],
      ['one', '400 VALIDATION_FAILED', 'parcels count from 1'],
    ] as const
  ).map(([parcelId, answer, why]) =>
    arrived(undefined, {
      what: `the parcel ${parcelId}`,
      params: { orderId: SHIPPED_ORDER, parcelId },
      answer,
      reason: why,
    }),
  ),
  arrived(undefined, { what: 'no body', answer: '200', reason: 'the path says it all' }),
  arrived(
    { deliveredAt: '2026-01-01T00:00:00.000Z' },
    { what: 'a time of its own', answer: '400 VALIDATION_FAILED', reason: NOT_READ },
  ),
];

const orders = (rawQueryString: string, answer: string, why: string): DisputedRequest => ({
  route: 'GET /admin/orders',
  what: `the query ${rawQueryString}`,
  query: Object.fromEntries(new URLSearchParams(rawQueryString)),
  rawQueryString,
  answer,
  reason: why,
});
const reads = (route: string, query: Record<string, string>, answer: string, why: string): DisputedRequest => ({
  route,
  what: JSON.stringify(query),
  query,
  answer,
  reason: why,
});

/** What operators read. */
export const READS: readonly DisputedRequest[] = [
  orders('', '200', 'all orders'),
  orders('status=CONFIRMED', '200', 'a status'),
  orders('status=confirmed', '400 VALIDATION_FAILED', 'statuses are written as they are shown'),
  orders('status=', '400 VALIDATION_FAILED', 'to leave it out means all'),
  orders(
    'status=CONFIRMED&status=CANCELLED',
    '400 VALIDATION_FAILED',
    'two values: which of them is meant, nobody knows',
  ),
  orders('status=CONFIRMED,CANCELLED', '400 VALIDATION_FAILED', 'one status at a time'),
  orders('Status=CONFIRMED', '400 VALIDATION_FAILED', 'names have a case'),
  orders('parked=true', '200', 'those that wait'),
  ...['false', '1', 'yes', ''].map((value) =>
    orders(`parked=${value}`, '400 VALIDATION_FAILED', 'a filter that filters otherwise than it says'),
  ),
  orders('customer=', '400 VALIDATION_FAILED', 'nobody is nobody'),
  orders('customer=a%20b', '400 VALIDATION_FAILED', 'customers have no blanks'),
  orders('from=2026-02-30', '400 VALIDATION_FAILED', 'there is no such day'),
  orders('from=2026-01-02&to=2026-01-01', '400 VALIDATION_FAILED', 'it ends before it begins'),
  orders('from=2026-01-01&to=2026-01-01', '200', 'a whole day'),
  orders('from=yesterday', '400 VALIDATION_FAILED', 'whose yesterday'),
  ...['0', '101', '-1', '1.5', '5e1', '0x5', ' 5', ''].map((limit) =>
    orders(`limit=${encodeURIComponent(limit)}`, '400 VALIDATION_FAILED', 'a page has 1 to 100 orders'),
  ),
  orders('cursor=AAAA', '400 CURSOR_INVALID', 'nobody was given it'),
  orders('page=2', '400 VALIDATION_FAILED', NOT_READ),
  reads('GET /admin/shipments', {}, '200', 'there is one list'),
  reads('GET /admin/shipments', { state: 'to-ship' }, '200', 'its name'),
  ...['shipped', 'TO-SHIP', 'to_ship', ''].map((state) =>
    reads('GET /admin/shipments', { state }, '400 VALIDATION_FAILED', 'there is no such list'),
  ),
  reads('GET /admin/dead-letters', { limit: '101' }, '400 VALIDATION_FAILED', 'a page has 1 to 100 messages'),
  {
    route: 'GET /admin/orders/{orderId}/trace',
    what: 'an order id in small letters',
    params: { orderId: CONFIRMED_ORDER.toLowerCase() },
    answer: '400 VALIDATION_FAILED',
    reason: 'one order has one id',
  },
  {
    route: 'GET /admin/orders/{orderId}/returns',
    what: 'a query',
    params: { orderId: SHIPPED_ORDER },
    query: { state: 'OPEN' },
    answer: '400 VALIDATION_FAILED',
    reason: NOT_READ,
  },
];
