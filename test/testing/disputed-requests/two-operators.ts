import { PRODUCT } from '../bad-requests.ts';
import type { RequestTraits, TestAnswer } from '../http-events.ts';
import { CONFIRMED_ORDER, SHIPPED_ORDER } from './operators-world.ts';

/** What two operators ask for in the same moment. Every route that changes something of theirs has a row. */
export interface TwoOperators {
  readonly what: string;
  readonly route: string;
  readonly requests: readonly [RequestTraits, RequestTraits];
  /** What they are told, success first: a status, or a status and the code of the problem. */
  readonly told: RegExp;
}

/** What both were told, in the form of `told`. */
export function toldIn(answers: readonly TestAnswer[]): string {
  const sorted = answers.toSorted((one, other) => one.status - other.status);
  return sorted.map(({ status, body }) => (status < 400 ? `${status}` : `${status} ${body.code}`)).join(', ');
}

const ofConfirmed = { orderId: CONFIRMED_ORDER };
const ofShipped = { orderId: SHIPPED_ORDER };
const firstParcel = { ...ofShipped, parcelId: '1' };
const pot = { lines: [{ sku: 'TEAPOT-BLUE', quantity: 1 }], version: 2 };
const ALL_BACK = { everything: 'RESTOCK', reason: 'Unwanted' };
const resolved = { step: 'Review payment', decision: 'resolved' };

const twice = (request: RequestTraits): readonly [RequestTraits, RequestTraits] => [request, request];

/** An order that is confirmed and held for a dispute of its charge, and one that left in two parcels. */
export const ABOUT_ORDERS: readonly TwoOperators[] = [
  {
    what: 'two parcels of one order',
    route: 'POST /orders/{orderId}/shipments',
    requests: [
      { params: ofConfirmed, body: { ...pot, trackingNumber: 'JD10' } },
      { params: ofConfirmed, body: { ...pot, trackingNumber: 'JD11' } },
    ],
    told: /^200, 409 (PARCEL_MISMATCH|ORDER_CHANGED)$/,
  },
  {
    what: 'two corrections of one parcel',
    route: 'PUT /orders/{orderId}/shipments/{parcelId}',
    requests: [
      { params: firstParcel, body: { trackingNumber: 'JD10', version: 4 } },
      { params: firstParcel, body: { trackingNumber: 'JD11', version: 4 } },
    ],
    told: /^200, 409 ORDER_CHANGED$/,
  },
  {
    what: 'two returns of one order',
    route: 'POST /admin/orders/{orderId}/returns',
    requests: [
      { params: ofShipped, headers: { 'idempotency-key': 'one' }, body: ALL_BACK },
      { params: ofShipped, headers: { 'idempotency-key': 'other' }, body: ALL_BACK },
    ],
    told: /^202, 409 (RETURN_UNDER_WAY|RETURN_TOO_LARGE)$/,
  },
  {
    what: 'two decisions about one order',
    route: 'POST /parked-orders/{orderId}/decisions',
    requests: [
      { params: ofConfirmed, body: { ...resolved, evidence: 'letter of the bank' } },
      { params: ofConfirmed, body: { ...resolved, evidence: 'mail of the bank' } },
    ],
    told: /^20\d, (404 NOT_PARKED|409 PARKING_DECIDED|503 WORKFLOW_BUSY)$/,
  },
  {
    what: 'two who say that the same parcel arrived have both said it:',
    route: 'POST /orders/{orderId}/shipments/{parcelId}/delivered',
    requests: twice({ params: firstParcel }),
    told: /^200, 200$/,
  },
  {
    what: 'and so have two who say it of all parcels:',
    route: 'POST /orders/{orderId}/delivered',
    requests: twice({ params: ofShipped }),
    told: /^200, 200$/,
  },
  {
    what: 'two cancellations of one order are one:',
    route: 'POST /admin/orders/{orderId}/cancel',
    requests: twice({ params: ofConfirmed }),
    told: /^202, 202$/,
  },
];

const cup = { sku: 'CUP' };
const { sku: _sku, currency: _currency, ...change } = PRODUCT;
const atVersion1 = { 'if-match': '"1"' };

/** A product CUP at version 1, ten of it in the warehouse, and a customer alice. */
export const ABOUT_GOODS: readonly TwoOperators[] = [
  {
    what: 'two new products of one SKU',
    route: 'POST /products',
    requests: [{ body: { ...PRODUCT, sku: 'NEW', name: 'One' } }, { body: { ...PRODUCT, sku: 'NEW', name: 'Other' } }],
    told: /^201, 409 PRODUCT_EXISTS$/,
  },
  {
    what: 'two prices of one product',
    route: 'PUT /products/{id}',
    requests: [
      { params: { id: 'CUP' }, headers: atVersion1, body: { ...change, priceMinor: 900 } },
      { params: { id: 'CUP' }, headers: atVersion1, body: { ...change, priceMinor: 950 } },
    ],
    told: /^200, 412 VERSION_MISMATCH$/,
  },
  {
    what: 'two who remove a product that they have seen',
    route: 'DELETE /products/{id}',
    requests: twice({ params: { id: 'CUP' }, headers: atVersion1 }),
    told: /^204, 412 VERSION_MISMATCH$/,
  },
  {
    what: 'two who remove a product whatever its version is have both removed it:',
    route: 'DELETE /products/{id}',
    requests: twice({ params: { id: 'CUP' } }),
    told: /^204, 204$/,
  },
  {
    what: 'two who take more out than there is',
    route: 'PUT /inventory/{sku}',
    requests: [
      { params: cup, headers: { 'idempotency-key': 'one' }, body: { adjustBy: -6 } },
      { params: cup, headers: { 'idempotency-key': 'other' }, body: { adjustBy: -6 } },
    ],
    told: /^200, 409 STOCK_BELOW_HOLDS$/,
  },
  {
    what: 'two who spread a product, who may both be told that it is done, or one that the rows are busy:',
    route: 'PUT /inventory/{sku}/shards',
    requests: [
      { params: cup, body: { shards: 4 } },
      { params: cup, body: { shards: 2 } },
    ],
    told: /^200, (200|503 STORE_BUSY)$/,
  },
  {
    what: 'two erasures of one customer are one:',
    route: 'POST /admin/customers/{customerId}/erasure',
    requests: twice({ params: { customerId: 'alice' }, body: { confirm: 'alice@example.com' } }),
    told: /^200, 200$/,
  },
];
