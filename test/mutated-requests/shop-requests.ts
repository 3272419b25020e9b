import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CHECKOUT, PRODUCT } from '../testing/bad-requests.ts';
import type { WireRequest } from './wire-request.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What no other request touches: the mutated ones may do with it as they like. */
const SKU = 'MUTATED-CUP';
const VALUES: Readonly<Record<string, string>> = { id: SKU, sku: SKU, orderId: '0197c8f0-0000-7000-8000-000000000001' };

const BODIES: Readonly<Record<string, unknown>> = {
  createProduct: { ...PRODUCT, sku: SKU },
  updateProduct: { ...PRODUCT, sku: undefined, name: 'Cup' },
  putStock: { adjustBy: 5 },
  putItem: { quantity: 1 },
  checkOut: CHECKOUT,
  shipOrder: { carrier: 'Post', trackingNumber: 'T-1' },
  decideParkedOrder: { step: 'Charge payment', decision: 'RETRY', reason: 'Try again' },
  receivePaymentWebhook: {
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_1' } },
  },
};

/** Refused where nobody looks at them. */
const CONDITIONS: readonly (readonly [name: string, value: string])[] = [
  ['idempotency-key', 'mutated-1'],
  ['if-match', '"1"'],
];

/** One request for every route of the API's description, in the name of whoever has the token. */
export function shopRequests(token: string): WireRequest[] {
  const file = path.join(import.meta.dirname, '../../docs/openapi.json');
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Description;
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters = [] }]) => {
      const body = BODIES[operationId];
      const isRead = (name: string) => parameters.some((one) => one.in === 'header' && one.name === name);
      return {
        method: method.toUpperCase(),
        path: template.replaceAll(/\{(\w+)\}/g, (_label, name: string) => VALUES[name] ?? 'x'),
        headers: [
          ['authorization', `Bearer ${token}`],
          ['content-type', 'application/json'],
          ...CONDITIONS.filter(([name]) => isRead(name)),
        ],
        body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      } satisfies WireRequest;
    }),
  );
}
