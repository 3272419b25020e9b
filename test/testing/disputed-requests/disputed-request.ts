import type { RequestTraits } from '../http-events.ts';
import { CHECKOUT, PRODUCT } from '../bad-requests.ts';

/**
 * Requests of which one could think that the answer is another one, with the answer that each must get and why. Rows
 * that name a report (`owner/repository#number`) were found in the world before they were found here.
 */
export interface DisputedRequest extends RequestTraits {
  readonly what: string;
  readonly route: string;
  /** A status, or a status and the code of the problem. */
  readonly answer: string;
  readonly reason: string;
  readonly seenIn?: string;
}

export type Case = Omit<DisputedRequest, 'route'>;

/** Of a basket at version 2 that holds CUP and POT for 7,300 in all. */
export const checkout = (change: object, rest: Case): DisputedRequest => ({
  route: 'POST /basket/checkout',
  body: { ...CHECKOUT, ...change },
  ...rest,
  headers: { 'idempotency-key': 'key-1', ...rest.headers },
});
export const address = (change: object, rest: Case) =>
  checkout({ shippingAddress: { ...CHECKOUT.shippingAddress, ...change } }, rest);
export const product = (change: object, rest: Case): DisputedRequest => ({
  route: 'POST /products',
  body: { ...PRODUCT, ...change },
  ...rest,
});

export const NOBODY_LOOKS = 'a condition is applied or refused, never left out';
