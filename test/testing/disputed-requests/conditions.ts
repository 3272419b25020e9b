import { checkout, NOBODY_LOOKS, type DisputedRequest } from './disputed-request.ts';

const STRONG = 'RFC 9110, 13.1.1: If-Match compares strongly';
const ONE_LIST = 'RFC 9110, 5.3: copies of a list header are one list';
const NOT_A_TAG = 'RFC 9110, 8.8.3: an entity tag stands in quotes';

const conditions = [
  ['its own tag', '"2"', '200', 'the basket is what was seen'],
  ['an older tag', '"1"', '409 BASKET_CHANGED', 'another tab was quicker'],
  ['a tag of the future', '"3"', '409 BASKET_CHANGED', 'nobody was given it'],
  ['any tag', '*', '200', 'RFC 9110, 13.1.1: a basket exists always'],
  ['a weak tag', 'W/"2"', '409 BASKET_CHANGED', STRONG, 'nginx/nginx#1570'],
  ['two tags, one of them right', '"1", "2"', '200', 'RFC 9110, 13.1.1: one of the list is enough'],
  ['two copies', '"1","2"', '200', ONE_LIST, 'apache/httpcomponents-client#451'],
  ['a weak one beside the right one', 'W/"1", "2"', '200', STRONG, 'eclipse-ditto/ditto#1924'],
  ['a comma inside the quotes', '"1,2"', '409 BASKET_CHANGED', 'one tag, and not ours', 'apache/tomcat#325'],
  ['a tag of another server', '"5f-abc"', '409 BASKET_CHANGED', 'it is well-formed and does not match'],
  ['another spelling of the number', '"02"', '409 BASKET_CHANGED', 'tags are compared byte by byte'],
  ['no quotes', '2', '400 VALIDATION_FAILED', NOT_A_TAG],
  ['half the quotes', '"2', '400 VALIDATION_FAILED', NOT_A_TAG],
  ['nothing in it', '', '400 VALIDATION_FAILED', NOT_A_TAG],
  ['a star in a list', '*, "2"', '400 VALIDATION_FAILED', 'RFC 9110, 13.1.1: `*` stands alone'],
] as const;

const LONG_AGO = 'Thu, 15 Jan 2026 08:00:00 GMT';
const WEAKLY = 'RFC 9110, 13.1.2: If-None-Match compares weakly';
const TAG_FIRST = 'RFC 9110, 13.2.2: a condition by date means nothing beside one by tag';

/** Of a product at version 1. */
const known = [
  ['its tag', { 'if-none-match': '"1"' }, '304', 'whoever has it is not sent it'],
  ['its tag, weakly', { 'if-none-match': 'W/"1"' }, '304', WEAKLY],
  [
    'its tag among others',
    { 'if-none-match': '"0", W/"1", "x"' },
    '304',
    'RFC 9110, 13.1.2: one of the list is enough',
  ],
  ['any tag', { 'if-none-match': '*' }, '304', 'RFC 9110, 13.1.2: there is one'],
  ['another tag', { 'if-none-match': '"2"' }, '200', 'it has changed since'],
  ['a tag of another server', { 'if-none-match': '"5f-abc"' }, '200', 'it is not ours'],
  ['no quotes', { 'if-none-match': '1' }, '400 VALIDATION_FAILED', NOT_A_TAG],
  ['nothing in it', { 'if-none-match': '' }, '400 VALIDATION_FAILED', NOT_A_TAG],
  ['a star in a list', { 'if-none-match': '*, "1"' }, '400 VALIDATION_FAILED', 'RFC 9110, 13.1.2: `*` stands alone'],
  ['its tag and a date', { 'if-none-match': '"1"', 'if-modified-since': LONG_AGO }, '304', TAG_FIRST],
  ['another tag and a date', { 'if-none-match': '"2"', 'if-modified-since': LONG_AGO }, '200', TAG_FIRST],
] as const;

const changed = [
  ['its tag', { 'if-match': '"1"' }, '200', 'it is what was seen'],
  ['any tag', { 'if-match': '*' }, '200', 'RFC 9110, 13.1.1: there is one'],
  ['its tag twice', { 'if-match': '"1","1"' }, '200', ONE_LIST],
  ['its tag, weakly', { 'if-match': 'W/"1"' }, '412 VERSION_MISMATCH', STRONG],
  ['another tag', { 'if-match': '"2"' }, '412 VERSION_MISMATCH', 'another editor was quicker'],
  ['no condition', {}, '428 IF_MATCH_REQUIRED', 'RFC 6585, 3: nobody overwrites what they have not seen'],
] as const;

export const CONDITIONS: readonly DisputedRequest[] = [
  ...conditions.map(([what, tag, answer, reason, seenIn]) => ({
    what: `If-Match with ${what}`,
    route: 'PUT /basket/items/{sku}',
    params: { sku: 'CUP' },
    headers: { 'if-match': tag },
    body: { quantity: 5 },
    answer,
    reason,
    ...(seenIn !== undefined && { seenIn }),
  })),
  ...(['DELETE /basket', 'DELETE /basket/items/{sku}'] as const).flatMap((route) => [
    { what: 'the tag', route, params: { sku: 'CUP' }, headers: { 'if-match': '"2"' }, answer: '204', reason: 'seen' },
    {
      what: 'an older tag',
      route,
      params: { sku: 'CUP' },
      headers: { 'if-match': '"1"' },
      answer: '409 BASKET_CHANGED',
      reason: 'what is deleted was not seen',
    },
  ]),
  checkout({}, { what: 'the tag', headers: { 'if-match': '"2"' }, answer: '202', reason: 'seen' }),
  checkout(
    {},
    {
      what: 'an older tag and the right total',
      headers: { 'if-match': '"1"' },
      answer: '409 BASKET_CHANGED',
      reason: 'an equal total is not the same basket',
    },
  ),
  checkout({ basketVersion: 2 }, { what: 'the version', answer: '202', reason: 'seen' }),
  checkout(
    { basketVersion: 1 },
    { what: 'an older version', answer: '409 BASKET_CHANGED', reason: 'an equal total is not the same basket' },
  ),
  checkout(
    { basketVersion: 2 },
    {
      what: 'the right version and an older tag',
      headers: { 'if-match': '"1"' },
      answer: '409 BASKET_CHANGED',
      reason: 'both must hold',
    },
  ),
  ...['2', -1, 1.5, null].map((basketVersion) =>
    checkout(
      { basketVersion },
      { what: `version ${JSON.stringify(basketVersion)}`, answer: '400 VALIDATION_FAILED', reason: 'no version' },
    ),
  ),
  ...known.map(([what, headers, answer, reason]) => ({
    what,
    route: 'GET /products/{id}',
    params: { id: 'CUP' },
    headers,
    answer,
    reason,
  })),
  ...changed.map(([what, headers, answer, reason]) => ({
    what,
    route: 'PUT /products/{id}',
    params: { id: 'CUP' },
    headers,
    body: { name: 'Cup', description: '', category: 'teaware', priceMinor: 850 },
    answer,
    reason,
  })),
  {
    what: 'If-Match beside If-Unmodified-Since',
    route: 'DELETE /basket',
    headers: { 'if-match': '"2"', 'if-unmodified-since': LONG_AGO },
    answer: '204',
    reason: TAG_FIRST,
  },
  {
    what: 'If-Range',
    route: 'GET /basket',
    headers: { 'if-range': '"1"', range: 'bytes=0-9' },
    answer: '200',
    reason: 'RFC 9110, 14.2: who takes no ranges sends the whole',
  },
  ...(
    [
      ['GET /basket', 'if-none-match', '"2"'],
      ['GET /basket', 'if-none-match', '*'],
      ['GET /products/{id}', 'if-match', '"1"'],
      ['GET /products/{id}', 'if-modified-since', LONG_AGO],
      ['PUT /products/{id}', 'if-none-match', '*'],
      ['DELETE /products/{id}', 'if-unmodified-since', LONG_AGO],
      ['POST /basket/checkout', 'if-none-match', '"1"'],
      ['GET /products', 'if-none-match', '"1"'],
      ['GET /products', 'if-modified-since', 'Thu, 15 Jan 2026 08:00:00 GMT'],
      ['GET /basket', 'if-match', '"1"'],
      ['DELETE /basket', 'if-unmodified-since', 'Thu, 15 Jan 2026 08:00:00 GMT'],
      ['DELETE /basket', 'if-none-match', '*'],
      ['POST /products', 'if-none-match', '*'],
      ['PUT /inventory/{sku}', 'if-match', '"1"'],
    ] as const
  ).map(([route, name, value]) => ({
    what: `${name} where nobody looks at it`,
    route,
    params: { sku: 'CUP', id: 'CUP' },
    headers: { [name]: value },
    answer: '400 CONDITION_UNSUPPORTED',
    reason: NOBODY_LOOKS,
  })),
];
