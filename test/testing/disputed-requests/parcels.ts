import { type Case, type DisputedRequest } from './disputed-request.ts';
import { CONFIRMED_ORDER, SHIPPED_ORDER, INTEGERS, NOT_READ } from './operators-world.ts';

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
