import fc from 'fast-check';
import type { ApiDocument, Operation } from './api-document.ts';
import { validValue } from './valid-values.ts';

export type Sender = 'anonymous' | 'customer' | 'admin';

type Fields = Readonly<Record<string, unknown>>;

/** A request before it is written down. */
export interface ContractRequest {
  readonly sender: Sender;
  readonly path: Fields;
  readonly query: Fields;
  readonly header: Fields;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Behind the query as the client of a test would write it. */
  readonly rawQuery?: string;
}

/** What a path names of orders and customers; everything else that one names is a product. */
const NO_PRODUCTS: ReadonlySet<string> = new Set(['orderId', 'parcelId', 'customerId']);

/** Requests that the document allows, in anybody's name. */
export function validRequests(document: ApiDocument, operation: Operation): fc.Arbitrary<ContractRequest> {
  const part = (where: 'path' | 'query' | 'header') => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === where);
    const values = parameters.map(({ name, schema }) => {
      // A product that is there: in a body it would be a new one.
      const value = validValue(document, schema, where === 'path' && !NO_PRODUCTS.has(name) ? 'productInPath' : name);
      return [name, value] as const;
    });
    // Once needed, always needed: when a stock is adjusted, and not when it is set.
    const requiredKeys = parameters.filter(({ name, required }) => required || name === 'idempotency-key');
    return fc.record(Object.fromEntries(values), { requiredKeys: requiredKeys.map(({ name }) => name) });
  };
  return fc.record({
    sender: fc.constantFrom<Sender>('customer', 'admin', 'admin', 'anonymous'),
    path: part('path'),
    query: part('query'),
    header: part('header'),
    ...(operation.body && { body: validValue(document, operation.body) }),
  });
}

/** What `$…` stands for in a request. */
export type Facts = Readonly<Record<string, string | number>>;

/** The request with the facts of its scene in it. */
export function filledIn<Value>(value: Value, facts: Facts): Value {
  const text = JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== 'string') return inner;
    const whole = facts[inner.slice(1)];
    if (inner.startsWith('$') && whole !== undefined) return whole;
    return inner.replaceAll(/\$(etag)/g, () => String(facts['etag']));
  });
  return JSON.parse(text) as Value;
}
