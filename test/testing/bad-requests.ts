import type { RequestTraits } from './http-events.ts';

/**
 * Requests that must be refused, with the answer that each must get: data, so that the same cases run against a
 * function and over a real HTTP API.
 */
export interface BadRequest extends Pick<RequestTraits, 'params' | 'query' | 'headers' | 'body'> {
  readonly what: string;
  readonly status: number;
  readonly code: string;
}

const CARD = '4242424242424242';

/** Bodies that no route takes, whatever it is about. */
export const BAD_BODIES: readonly BadRequest[] = [
  malformed('no body', undefined),
  malformed('an empty body', ''),
  malformed('no JSON', '{"quantity":'),
  malformed('a bare word', 'quantity=2'),
  malformed('NaN', '{"quantity":NaN}'),
  malformed('nesting of 1,000 levels', `${'['.repeat(1_000)}${']'.repeat(1_000)}`),
  malformed('nesting that is never closed', '{"a":'.repeat(1_000)),
  malformed('a key twice', '{"quantity":1,"quantity":2}'),
  malformed('a key twice, once in escapes', '{"quantity":1,"\\u0071uantity":2}'),
  malformed('half a character', '{"quantity":1,"note":"\\ud800"}'),
  malformed('a __proto__ key', '{"quantity":1,"__proto__":{"isAdmin":true}}'),
  malformed('a __proto__ key in escapes', '{"quantity":1,"\\u005f_proto__":{"isAdmin":true}}'),
  malformed('a constructor key', '{"quantity":1,"constructor":{"prototype":{"isAdmin":true}}}'),
  invalid('an array', []),
  invalid('a text', '"2"'),
  invalid('null', 'null'),
  { what: '1 MiB and a byte', body: 'x'.repeat(1_048_577), status: 413, code: 'BODY_TOO_LARGE' },
  unsupported('a form', { 'content-type': 'application/x-www-form-urlencoded' }),
  unsupported('a text type', { 'content-type': 'text/plain' }),
  unsupported('no type', { 'content-type': '' }),
  unsupported('a compressed body', { 'content-encoding': 'gzip' }),
  refusedCard('a card number', `{"note":"${CARD}"}`),
  refusedCard('a card number as a number', `{"note":${CARD}}`),
  refusedCard('a card number as a key', `{"${CARD}":1}`),
  refusedCard('a card number in groups', '{"note":"my card 4242 4242 4242 4242, thanks"}'),
  refusedCard('a card number in escapes', `{"note":"\\u0034${CARD.slice(1)}"}`),
  refusedCard('a card number deep inside', { a: [{ b: '3782 822463 10005' }] }),
];

/** What a path variable for a SKU may not be. */
export const BAD_SKUS: readonly (readonly [what: string, sku: string])[] = [
  ['empty', ''],
  ['a way up the folders', '../../etc/passwd'],
  ['NUL', 'CUP\0WHITE'],
  ['our key separator', 'CUP#WHITE'],
  ['a query', 'CUP?x=1'],
  ['an emoji', 'CUP🍵'],
  ['text that turns around', 'CUP\u202eETIHW'],
  ['a blank', 'CUP WHITE'],
  ['65 characters', 'C'.repeat(65)],
  ['dots only', '..'],
];

export const BAD_QUANTITIES: readonly BadRequest[] = [
  ...[-1, 0, 1.5, 101, 2 ** 53, '2', true, null, [1], {}].map((quantity) =>
    invalid(`quantity ${JSON.stringify(quantity)}`, { quantity }),
  ),
  invalid('quantity 1e400', '{"quantity":1e400}'),
  invalid('no quantity', {}),
  invalid('a price of the client', { quantity: 1, unitPriceMinor: 1 }),
  invalid('another customer', { quantity: 1, customerId: 'bob' }),
];

/** A checkout that is right in itself. */
export const CHECKOUT = {
  acceptedTotal: 7300,
  email: 'alice@example.com',
  shippingAddress: { name: 'Alice', line1: '1 Tea Lane', postalCode: '10115', city: 'Berlin', country: 'DE' },
  paymentMethod: 'pm_card_visa',
} as const;

export const BAD_CHECKOUTS: readonly BadRequest[] = [
  ...['', 'k'.repeat(256), 'a\r\nx-admin: 1', 'two words', 'ключ'].map((key) => ({
    ...invalid(`the Idempotency-Key ${JSON.stringify(key.slice(0, 20))}`, CHECKOUT),
    headers: { 'idempotency-key': key },
  })),
  {
    ...invalid('two copies of the Idempotency-Key, as API Gateway joins them', CHECKOUT),
    headers: { 'idempotency-key': 'key-1,key-2' },
  },
  ...[73.5, 73.0000001, -7300, 0, 1_000_000_000_000, 2 ** 53, '7300', null].map((acceptedTotal) =>
    invalid(`acceptedTotal ${JSON.stringify(acceptedTotal)}`, { ...CHECKOUT, acceptedTotal }),
  ),
  ...['EURO', 'eur', ''].map((currency) => invalid(`currency "${currency}"`, { ...CHECKOUT, currency })),
  ...['paypal', 'pm_', 'tok_visa', 'pm_card visa', 'pm_x'.padEnd(200, 'x')].map((paymentMethod) =>
    invalid(`paymentMethod "${paymentMethod.slice(0, 20)}"`, { ...CHECKOUT, paymentMethod }),
  ),
  refusedCard('a card number for a payment method', { ...CHECKOUT, paymentMethod: CARD }),
  refusedCard('a card number inside a payment method', { ...CHECKOUT, paymentMethod: `pm_${CARD}` }),
  refusedCard('a card number in the address', {
    ...CHECKOUT,
    shippingAddress: { ...CHECKOUT.shippingAddress, line2: '5555-5555-5555-4444' },
  }),
  ...['alice', 'alice@', 'a@b', `${'a'.repeat(250)}@example.com`].map((email) =>
    invalid(`email "${email.slice(0, 20)}"`, { ...CHECKOUT, email }),
  ),
  invalid('no address', { ...CHECKOUT, shippingAddress: undefined }),
  invalid('a country that is no code', {
    ...CHECKOUT,
    shippingAddress: { ...CHECKOUT.shippingAddress, country: 'Germany' },
  }),
  invalid('a control character in the address', {
    ...CHECKOUT,
    shippingAddress: { ...CHECKOUT.shippingAddress, city: 'Ber\u0007lin' },
  }),
  invalid('a basket of the client’s choice', { ...CHECKOUT, basketId: 'basket-of-bob' }),
  invalid('lines of the client', { ...CHECKOUT, lines: [{ sku: 'CUP', quantity: 1, unitPriceMinor: 1 }] }),
];

/** A product that is right in itself. */
export const PRODUCT = {
  sku: 'TEAPOT-BLUE',
  name: 'Blue teapot',
  description: 'One litre.',
  category: 'teaware',
  priceMinor: 3900,
  currency: 'EUR',
} as const;

export const BAD_PRODUCTS: readonly BadRequest[] = [
  ...[-1, 0, 39.5, 1_000_000_000_000, '3900', null].map((priceMinor) =>
    invalid(`price ${JSON.stringify(priceMinor)}`, { ...PRODUCT, priceMinor }),
  ),
  ...['', 'Tea ware', 'TEAWARE', 'a'.repeat(41), '../x', 'a#b'].map((category) =>
    invalid(`category "${category.slice(0, 20)}"`, { ...PRODUCT, category }),
  ),
  ...['', '   ', 'x'.repeat(121), 'Tea\u0000pot', 'Tea\u202etop'].map((name) =>
    invalid(`name ${JSON.stringify(name.slice(0, 20))}`, { ...PRODUCT, name }),
  ),
  invalid('description of 2,001 characters', { ...PRODUCT, description: 'x'.repeat(2001) }),
  invalid('a currency that does not exist', { ...PRODUCT, currency: 'EURO' }),
  ...BAD_SKUS.map(([what, sku]) => invalid(`a SKU that is ${what}`, { ...PRODUCT, sku })),
  invalid('a version of the client', { ...PRODUCT, version: 9 }),
];

export const BAD_LISTINGS: readonly BadRequest[] = [
  ...['-1', '0', '101', '1000000000', 'abc', '1.5', '1e1', ' 5', '', '5,5', '0x10'].map((limit) => ({
    ...invalid(`limit "${limit}"`, undefined),
    query: { limit },
  })),
  { ...invalid('an unknown parameter', undefined), query: { limt: '5' } },
  { ...invalid('an empty cursor', undefined), query: { cursor: '' } },
  { ...refusedCard('a card number', undefined), query: { category: CARD } },
  ...['abc', 'a'.repeat(100), '////', '%00', 'A'.repeat(2048)].map((cursor) => ({
    what: `the cursor ${cursor.slice(0, 10)}`,
    query: { cursor },
    status: 400,
    code: 'CURSOR_INVALID',
  })),
];

export const BAD_STOCK: readonly BadRequest[] = [
  ...[-1, 1.5, '5', 10_000_001, null].map((stock) => invalid(`stock ${JSON.stringify(stock)}`, { stock })),
  ...[0, 1.5, '5', -10_000_001].map((adjustBy) => invalid(`adjustBy ${JSON.stringify(adjustBy)}`, { adjustBy })),
  invalid('both at once', { stock: 5, adjustBy: 1 }),
  invalid('neither', {}),
  invalid('the units on hold', { stock: 5, onHold: 0 }),
];

function malformed(what: string, body: unknown): BadRequest {
  return { what, body, status: 400, code: 'BODY_MALFORMED', headers: { 'content-type': 'application/json' } };
}

function invalid(what: string, body: unknown): BadRequest {
  return { what, body, status: 400, code: 'VALIDATION_FAILED' };
}

function unsupported(what: string, headers: Readonly<Record<string, string>>): BadRequest {
  return { what, body: { quantity: 1 }, headers, status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' };
}

function refusedCard(what: string, body: unknown): BadRequest {
  return { what, body, status: 400, code: 'CARD_NUMBER_REFUSED' };
}
