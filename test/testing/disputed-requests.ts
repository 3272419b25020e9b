import type { RequestTraits } from './http-events.ts';
import { CHECKOUT, PRODUCT } from './bad-requests.ts';

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

/** A basket at version 2 holds CUP and POT for 7,300 in all. */
type Case = Omit<DisputedRequest, 'route'>;

const checkout = (change: object, rest: Case): DisputedRequest => ({
  route: 'POST /basket/checkout',
  body: { ...CHECKOUT, ...change },
  ...rest,
  headers: { 'idempotency-key': 'key-1', ...rest.headers },
});
const address = (change: object, rest: Case) =>
  checkout({ shippingAddress: { ...CHECKOUT.shippingAddress, ...change } }, rest);
const product = (change: object, rest: Case): DisputedRequest => ({
  route: 'POST /products',
  body: { ...PRODUCT, ...change },
  ...rest,
});

const STRONG = 'RFC 9110, 13.1.1: If-Match compares strongly';
const ONE_LIST = 'RFC 9110, 5.3: copies of a list header are one list';
const NOT_A_TAG = 'RFC 9110, 8.8.3: an entity tag stands in quotes';
const NOBODY_LOOKS = 'a condition is applied or refused, never left out';

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
  ...(
    [
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
    params: { sku: 'CUP' },
    headers: { [name]: value },
    answer: '400 CONDITION_UNSUPPORTED',
    reason: NOBODY_LOOKS,
  })),
];

const ISSUED = 'ISO/IEC 7812: a network issues numbers that begin so and are as long';
const written = [
  ['in one piece', '4242424242424242', 'tinyhumansai/tinycortex#154'],
  ['in groups', '4242 4242 4242 4242'],
  ['with dashes', '4242-4242-4242-4242', 'sipyourdrink-ltd/bernstein#3818'],
  ['with dots', '4242.4242.4242.4242'],
  ['with long dashes', '4242–4242–4242–4242'],
  ['with different separators', '4242-4242 4242.4242'],
  ['digit by digit', '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2'],
  ['in groups of another size', '42424 24242 424242', 'zendesk/credit_card_sanitizer#29'],
  ['with a dash between blanks', '4242 - 4242 - 4242 - 4242'],
  ['with hard blanks', '4242\u00a04242\u00a04242\u00a04242'],
  ['with zero-width blanks', '4242\u200b4242\u200b4242\u200b4242'],
  ['in full-width digits', '４２４２４２４２４２４２４２４２', 'vectorize-io/hindsight#4333'],
  ['in Arabic digits', '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢'],
  ['in Devanagari digits', '४२४२४२४२४२४२४२४२'],
  ['after a word', 'card4242 4242 4242 4242'],
  ['of American Express', '3782 822463 10005'],
  ['of Mastercard, 2-series', '2223 0031 2200 3222'],
  ['of JCB', '3566002020360505'],
  ['of Diners', '3622 720627 1667'],
  ['of UnionPay, 19 digits', '6205 5000 0000 0000 004'],
] as const;

export const CARDS: readonly DisputedRequest[] = [
  ...written.map(([what, line2, seenIn]) =>
    address(
      { line2 },
      { what: `a card ${what}`, answer: '400 CARD_NUMBER_REFUSED', reason: ISSUED, ...(seenIn && { seenIn }) },
    ),
  ),
  address(
    { line1: 'Flat 4242 4242', line2: '4242 4242' },
    { what: 'a card over two lines', answer: '400 CARD_NUMBER_REFUSED', reason: 'read together it is one' },
  ),
  address(
    { name: '5555 5555 5555 4444' },
    { what: 'a card as a name', answer: '400 CARD_NUMBER_REFUSED', reason: ISSUED },
  ),
  product(
    { description: 'call 4242\u20104242\u20104242\u20104242' },
    { what: 'a card in a description', answer: '400 CARD_NUMBER_REFUSED', reason: ISSUED },
  ),
  ...(
    [
      ['a 13-digit barcode that passes Luhn', '4006381330060', 'GS1: it is a GTIN-13'],
      ['a barcode of Japan', '4901234560048', 'GS1: it is a GTIN-13'],
      ['14 digits', '10614141000410', 'no network issues 1…'],
      ['12 digits', '424242424242', 'shorter than any card'],
      ['20 digits', '42424242424242424242', 'longer than any card'],
      ['epoch milliseconds', '1548138160707', 'no network issues 1…', 'pii-shield/pii-shield#209'],
      ['16 digits of no network', '8888888888888888', 'no network issues 88…'],
    ] as const
  ).flatMap(([what, digits, reason, seenIn]) => [
    product({ sku: digits }, { what: `${what} as a SKU`, answer: '201', reason, ...(seenIn && { seenIn }) }),
    address({ line2: digits }, { what: `${what} in an address`, answer: '202', reason, ...(seenIn && { seenIn }) }),
  ]),
  product(
    { sku: '4242424242424242' },
    { what: 'a card as a SKU', answer: '400 CARD_NUMBER_REFUSED', reason: 'no barcode has 16 digits' },
  ),
  ...['4242424242424242', '4539578763621486', '79927398713'].map((key) =>
    checkout(
      {},
      {
        what: `digits as Idempotency-Key: ${key}`,
        headers: { 'idempotency-key': key },
        answer: '202',
        reason: 'only a hash of it is kept',
      },
    ),
  ),
  address({ line2: '+49 30 1234 5678 22' }, { what: 'a telephone number', answer: '202', reason: 'no network' }),
];

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

const emails = [
  ['alice+shop@example.com', 'RFC 5321: dot-string', 'Automattic/wp-calypso#2480'],
  ['r&d@example.com', 'RFC 5321: dot-string'],
  ["o'brien@example.ie", 'RFC 5321: dot-string', 'AFP-Medialab/verification-plugin#433'],
  ['a!#$%*/=?^_`{|}~-b@example.com', 'RFC 5321: dot-string'],
  ['info@münchen.de', 'SES takes it as punycode', 'victorjonsson/jQuery-Form-Validator#204'],
  ['info@xn--mnchen-3ya.de', 'it is punycode already', 'polarsource/polar#5806'],
  ['моя@xn--h1alffa9f.xn--p1ai', undefined],
  ['moja@xn--h1alffa9f.xn--p1ai', 'a top-level domain in punycode', 'ansman/validate.js#87'],
  ['moja@россия.рф', 'SES takes it as punycode', 'mathiasbynens/punycode.js#20'],
  ['aa@aa.bb-cc.org', 'RFC 1123: a dash inside a label', 'gbif/gbif-api#20'],
  ['  alice@example.com ', 'blanks around it are none of it'],
  ['alice@EXAMPLE.Berlin', 'domains have no case'],
  [`${'a'.repeat(64)}@example.com`, 'RFC 5321: 64 characters before the @'],
  [`${'a'.repeat(65)}@example.com`, undefined],
  [`a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(56)}.com`, 'RFC 5321: 254 characters'],
  [`ab@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(56)}.comm`, undefined],
  [`a@${'b'.repeat(64)}.com`, undefined],
  ['ü@example.com', undefined, 'bitwarden/server#1512'],
  ['.alice@example.com', undefined],
  ['al..ice@example.com', undefined],
  ['alice@-example.com', undefined],
  ['alice@127.0.0.1', undefined],
  ['alice@[127.0.0.1]', undefined],
  ['alice@exa%6dple.com', undefined],
  ['a@b@example.com', undefined],
  ['alice@gma😆il.com', undefined, 'Expensify/expensify-common#877'],
  ['alice\r\nbcc: eve@example.com', undefined],
  ['Alice <alice@example.com>', undefined],
] as const;

/** Where an address needs one, so that only its postal code is disputed. */
const REGIONS: Readonly<Record<string, string>> = { US: 'CA', CA: 'ON' };

const postalCodes = [
  ['DE', '10115', '202'],
  ['DE', '1011', '400'],
  ['DE', '', '400'],
  ['DE', undefined, '400'],
  ['DE', '１０１１５', '202'],
  ['US', '94043-1351', '202'],
  ['US', '9404', '400'],
  ['GB', 'sw1a 1aa', '202'],
  ['GB', '12345', '400'],
  ['CA', 'K1A 0B1', '202'],
  ['NL', '1012 AB', '202'],
  ['JP', '100-0001', '202'],
  ['IE', 'D02 AF30', '202', 'awesomemotive/easy-digital-downloads#5307'],
  ['IE', undefined, '202', 'stripe/stripe-ios#594'],
  ['IE', '12345', '400', 'Cimpress-MCP/postal-codes-js#25'],
  ['HK', undefined, '202', 'axlon/laravel-postal-code-validation#8'],
  ['HK', '', '202'],
  ['AE', undefined, '202'],
  ['XK', '10000', '400'],
  ['UK', 'SW1A 1AA', '400'],
  ['EU', '10115', '400'],
  ['ZZ', '10115', '400'],
  ['de', '10115', '400'],
] as const;

const names = [
  ['山田太郎', '202'],
  ['Željko Đorđević', '202'],
  ['नरेन्द्र', '202'],
  ['محمد علی', '202'],
  ['Ó Súilleabháin', '202'],
  ['می\u200cخواهم', '202'],
  ['Ng', '202'],
  ['李', '202'],
  ['👩\u200d🚀', '202', 'wireapp/wire-ios-utilities#33'],
  ['𠮷'.repeat(100), '202'],
  ['𠮷'.repeat(101), '400'],
  ['\u200b\u200b', '400', 'XiovV/calich#251'],
  ['\u2800', '400', 'elixir-ecto/ecto#4087'],
  ['\u180e', '400', 'noctf-project/noCTF#136'],
  ['\u3164', '400'],
  ['\u200d', '400'],
  ['\u0301', '400'],
  ['\u00a0 \u3000', '400', 'strangerstudios/pmpro-add-name-to-checkout#3'],
  ['a\u202eb', '400'],
  ['a\nb', '400'],
] as const;

/** What people are called, and where they live. */
export const ADDRESSES: readonly DisputedRequest[] = [
  ...emails.map(([email, accepted, seenIn]) =>
    checkout(
      { email },
      {
        what: `the e-mail address ${JSON.stringify(email.slice(0, 40))}`,
        answer: accepted === undefined ? '400 VALIDATION_FAILED' : '202',
        reason: accepted ?? 'no mail could be sent there',
        ...(seenIn !== undefined && { seenIn }),
      },
    ),
  ),
  ...postalCodes.map(([country, postalCode, answer, seenIn]) =>
    address(
      { country, postalCode, region: REGIONS[country] },
      {
        what: `the postal code ${JSON.stringify(postalCode)} of ${country}`,
        answer: answer === '202' ? answer : '400 VALIDATION_FAILED',
        reason: 'the country’s post says so',
        ...(seenIn !== undefined && { seenIn }),
      },
    ),
  ),
  ...names.map(([name, answer, seenIn]) =>
    address(
      { name },
      {
        what: `the name ${JSON.stringify(name.slice(0, 20))}`,
        answer: answer === '202' ? answer : '400 VALIDATION_FAILED',
        reason: 'a name can be seen, in any script',
        ...(seenIn !== undefined && { seenIn }),
      },
    ),
  ),
  ...['', '  ', '\u200b'].map((line2) =>
    address({ line2 }, { what: `line2 ${JSON.stringify(line2)}`, answer: '202', reason: 'it is as good as absent' }),
  ),
];
