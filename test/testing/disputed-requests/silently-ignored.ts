import { CHECKOUT, PRODUCT } from '../bad-requests.ts';
import { checkout, NOBODY_LOOKS, type DisputedRequest } from './disputed-request.ts';

const ONCE = 'two values: which of them is meant, nobody knows';
const NOT_READ = 'what is not read must not look as if it was';

/** Requests of which a part would be left out in silence. */
export const SILENT: readonly DisputedRequest[] = [
  ...(
    [
      ['GET /products', { limit: '5' }, 'limit=5&limit=6', ONCE],
      ['GET /products', { limit: '5' }, 'limit=5&limit=5', ONCE],
      ['GET /products', { category: 'a' }, 'category=a&category=b', ONCE],
      ['GET /products', { limit: '5' }, 'limit=5&%6cimit=6', 'RFC 3986, 2.3: one name in two spellings'],
      ['GET /basket', { currency: 'EUR' }, undefined, NOT_READ],
      ['DELETE /basket', { sku: 'CUP' }, undefined, 'only one line was to go'],
      ['DELETE /basket/items/{sku}', { quantity: '1' }, undefined, 'only one unit was to go'],
      ['POST /products', { dryRun: 'true' }, undefined, 'nothing was to be done'],
      ['PUT /inventory/{sku}', { force: 'true' }, undefined, NOT_READ],
    ] as const
  ).map(([route, query, rawQueryString, reason]) => ({
    what: `the query ${rawQueryString ?? JSON.stringify(query)}`,
    route,
    params: { sku: 'CUP' },
    query,
    ...(rawQueryString !== undefined && { rawQueryString }),
    body: route.startsWith('PUT') ? { stock: 1 } : route.startsWith('POST') ? PRODUCT : undefined,
    answer: '400 VALIDATION_FAILED',
    reason,
  })),
  ...(['{"sku":"CUP"}', '[]', 'null', '0', 'x'] as const).map((body) => ({
    what: `the body ${body}`,
    route: 'DELETE /basket',
    body,
    answer: '400 VALIDATION_FAILED',
    reason: 'the whole basket is emptied, whatever the body asks for',
  })),
  ...(['{}', '', ' '] as const).map((body) => ({
    what: `the body "${body}"`,
    route: 'DELETE /basket',
    body,
    answer: '204',
    reason: 'it asks for nothing',
  })),
  {
    what: 'a body',
    route: 'GET /basket',
    body: { sku: 'CUP' },
    answer: '200',
    reason: 'RFC 9110, 9.3.1: the content of a GET means nothing',
  },
  ...(['key-1,key-2', 'key-1,key-1', 'key-1, key-2', ','] as const).map((key) =>
    checkout(
      {},
      {
        what: `the Idempotency-Key ${key}`,
        headers: { 'idempotency-key': key },
        answer: '400 VALIDATION_FAILED',
        reason: 'API Gateway joins the copies of a header with commas',
      },
    ),
  ),
  ...(
    [
      ['POST /products', PRODUCT, '400 VALIDATION_FAILED', 'a repetition would be told PRODUCT_EXISTS'],
      ['PUT /basket/items/{sku}', { quantity: 1 }, '400 VALIDATION_FAILED', NOT_READ],
      ['DELETE /basket/items/{sku}', undefined, '400 VALIDATION_FAILED', NOT_READ],
      ['DELETE /basket', undefined, '400 VALIDATION_FAILED', 'a repetition would empty what came in since'],
      ['GET /basket', undefined, '200', 'a GET does nothing that could be done twice'],
    ] as const
  ).map(([route, body, answer, reason]) => ({
    what: 'an Idempotency-Key that nothing remembers',
    route,
    params: route.includes('{sku}') ? { sku: 'CUP' } : {},
    headers: { 'idempotency-key': 'key-1' },
    body,
    answer,
    reason,
  })),
  {
    what: 'two content types',
    route: 'PUT /basket/items/{sku}',
    params: { sku: 'CUP' },
    headers: { 'content-type': 'application/json,text/plain' },
    body: { quantity: 1 },
    answer: '415 MEDIA_TYPE_UNSUPPORTED',
    reason: 'API Gateway joins the copies of a header with commas',
  },
  ...(
    [
      ['application/json; charset=utf-16', '415 MEDIA_TYPE_UNSUPPORTED', 'it would be read as UTF-8'],
      ['application/json; charset=iso-8859-1', '415 MEDIA_TYPE_UNSUPPORTED', 'it would be read as UTF-8'],
      ['application/json; profile="basket-2"', '415 MEDIA_TYPE_UNSUPPORTED', NOT_READ],
      ['application/json-patch+json', '415 MEDIA_TYPE_UNSUPPORTED', 'RFC 6902: it is a list of changes'],
      ['application/merge-patch+json', '415 MEDIA_TYPE_UNSUPPORTED', 'RFC 7396: it is a change'],
      ['application/json;charset=UTF-8', '200', 'it says what is always so'],
      ['Application/JSON ; charset="utf-8"', '200', 'RFC 9110, 8.3.1: no case, and quotes'],
    ] as const
  ).map(([contentType, answer, reason]) => ({
    what: `the content type ${contentType}`,
    route: 'PUT /basket/items/{sku}',
    params: { sku: 'CUP' },
    headers: { 'content-type': contentType },
    body: { quantity: 1 },
    answer,
    reason,
  })),
  ...(
    [
      ['GET /basket', 'x-http-method-override', 'DELETE', 'nothing would be deleted'],
      ['GET /products', 'x-method-override', 'POST', 'nothing would be made'],
      ['DELETE /basket', 'x-http-method-override', 'GET', 'the basket would be emptied'],
      ['DELETE /basket', 'x-http-method', 'HEAD', 'the basket would be emptied'],
    ] as const
  ).map(([route, name, method, reason]) => ({
    what: `the header ${name}: ${method}`,
    route,
    headers: { [name]: method },
    answer: '400 VALIDATION_FAILED',
    reason,
  })),
  ...(
    [
      ['1.0', '200', 'it is the number 1'],
      ['1e0', '200', 'it is the number 1'],
      ['0.99999999999999999999', '400 BODY_MALFORMED', 'a double rounds it to 1', 'earendil-works/pi#8943'],
      ['1.00000000000000000001', '400 BODY_MALFORMED', 'a double rounds it to 1'],
      ['9007199254740993', '400 BODY_MALFORMED', 'a double rounds it to another number', 'rhysd/fixjson#19'],
      ['1e-400', '400 BODY_MALFORMED', 'a double rounds it to 0'],
      ['1e400', '400 VALIDATION_FAILED', 'it is beyond every double'],
      ['-0', '400 VALIDATION_FAILED', 'it is no quantity'],
      ['01', '400 BODY_MALFORMED', 'RFC 8259, 6: no leading zeros'],
      ['+1', '400 BODY_MALFORMED', 'RFC 8259, 6: no plus sign'],
      ['0x1', '400 BODY_MALFORMED', 'RFC 8259, 6: decimal digits'],
      ['NaN', '400 BODY_MALFORMED', 'RFC 8259, 6: numbers only'],
    ] as const
  ).map(([quantity, answer, reason, seenIn]) => ({
    what: `a quantity of ${quantity}`,
    route: 'PUT /basket/items/{sku}',
    params: { sku: 'CUP' },
    body: `{"quantity":${quantity}}`,
    answer,
    reason,
    ...(seenIn !== undefined && { seenIn }),
  })),
  checkout(
    {},
    {
      what: 'a total that is rounded to the right one',
      body: JSON.stringify(CHECKOUT).replace('7300', '7300.0000000000000001'),
      answer: '400 BODY_MALFORMED',
      reason: 'it is not the total',
    },
  ),
  ...(['GET', 'get', ' '] as const).map((value) => ({
    what: `the parameter _method of "${value}"`,
    route: 'DELETE /basket',
    query: { _method: value },
    answer: '400 VALIDATION_FAILED',
    reason: NOT_READ,
  })),
  {
    what: 'an older tag',
    route: 'DELETE /products/{id}',
    params: { id: 'CUP' },
    headers: { 'if-match': '"7"' },
    answer: '412 VERSION_MISMATCH',
    reason: NOBODY_LOOKS,
  },
  {
    what: 'its tag',
    route: 'DELETE /products/{id}',
    params: { id: 'CUP' },
    headers: { 'if-match': '"1"' },
    answer: '204',
    reason: 'it is the version that was seen',
  },
];
