import { PRODUCT } from '../bad-requests.ts';
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
  {
    what: 'two content types',
    route: 'PUT /basket/items/{sku}',
    params: { sku: 'CUP' },
    headers: { 'content-type': 'application/json,text/plain' },
    body: { quantity: 1 },
    answer: '415 MEDIA_TYPE_UNSUPPORTED',
    reason: 'API Gateway joins the copies of a header with commas',
  },
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
