import { expect, test } from 'vitest';
import { masked } from '../api-key.ts';
import { API_VERSION } from '../stripe-objects.ts';
import { aSandbox } from '../testing/sandbox-under-test.ts';

const KEY = 'sk_test_BQokikJOvBiI2HlWgH4olfQ2';
const MASKED = 'sk_test_********************lfQ2';

async function ask(headers: Readonly<Record<string, string>>) {
  const sandbox = await aSandbox();
  const response = await fetch(`${sandbox.url}/v1/events`, { headers });
  const { error } = (await response.json()) as { error?: Record<string, unknown> };
  return { status: response.status, ...error };
}

test.each([
  ['as a bearer token', `Bearer ${KEY}`],
  ['as the user name, as curl sends it', `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`],
])('R1 another key %s is refused, and comes back masked', async (_how, authorization) => {
  expect(await ask({ authorization })).toEqual({
    status: 401,
    type: 'invalid_request_error',
    message: `Invalid API Key provided: ${MASKED}`,
  });
});

test.each([{}, { authorization: '' }, { authorization: 'Digest x' }])('R1 no key is refused: %j', async (headers) => {
  const { status, message } = { message: '', ...(await ask(headers as Record<string, string>)) };
  expect([status, message]).toEqual([401, expect.stringMatching(/^You did not provide an API key\. /)]);
});

test.each([
  [KEY, MASKED],
  ['false', '*alse'],
  ['undefined', '*****ined'],
  ['nil', 'nil'],
  ['sk_test_1234', '********1234'],
  ['sk_test_12345', 'sk_test_*2345'],
])('R1 %s is shown as %s', (key, shown) => {
  expect(masked(key)).toBe(shown);
});

const ours = { authorization: 'Bearer sk_test_sandbox' };

test.each(['2019-2-19', '2020-03-02', 'latest', '', ' ', `${API_VERSION}, ${API_VERSION}`, `${API_VERSION}; beta=v1`])(
  'R2 version "%s" is refused, or not looked at when it is empty',
  async (version) => {
    const answer = await ask({ ...ours, 'stripe-version': version });
    const refused = { status: 400, type: 'invalid_request_error', message: `Invalid Stripe API version: ${version}` };
    expect(answer).toEqual(version.trim() === '' ? { status: 200 } : refused);
  },
);

test('R2 the version that is played, or none, is answered in it', async () => {
  expect(await ask(ours)).toEqual({ status: 200 });
  expect(await ask({ ...ours, 'stripe-version': API_VERSION })).toEqual({ status: 200 });
});

/** An order's charged intent, and what the API says to a request about it. */
async function aChargedIntent() {
  const sandbox = await aSandbox();
  const post = (path: string, body: string) =>
    fetch(`${sandbox.url}/v1/${path}`, { method: 'POST', headers: ours, body });
  const made = await post('payment_intents', `${CHARGE}&confirm=true`);
  const { id } = (await made.json()) as { id: string };
  return {
    /** What the account's events tell of. */
    changes: async () => (await fetch(`${sandbox.url}/v1/events`, { headers: ours })).json(),
    post: async (path: string, body: string) => readRefusal(await post(path.replace('ID', id), body.replace('ID', id))),
    get: async (path: string) =>
      readRefusal(await fetch(`${sandbox.url}/v1/${path.replace('ID', id)}`, { headers: ours })),
  };
}

const CHARGE = 'amount=4200&currency=eur&payment_method=pm_card_visa&metadata[orderId]=order-1';

async function readRefusal(response: Response) {
  const { error } = (await response.json()) as { error?: Record<string, unknown> };
  return { status: response.status, ...error };
}

test.each([
  ['payment_intents/ID?foo=1', 'foo'],
  ['payment_intents/ID?client_secret=x', 'client_secret'],
  ['payment_intents/search?query=x&foo=1', 'foo'],
  ['payment_intents/search?query=x&page=2', 'page'],
  ['refunds?payment_intent=ID&foo=1', 'foo'],
  ['refunds?payment_intent=ID&ending_before=re_1', 'ending_before'],
  ['refunds/re_1?foo=1', 'foo'],
  ['disputes?payment_intent=ID&status=lost', 'status'],
  ['radar/early_fraud_warnings?payment_intent=ID&foo=1', 'foo'],
  ['events?foo=1', 'foo'],
  ['webhook_endpoints?foo=1', 'foo'],
])('R3 GET %s: a parameter that nobody reads is refused, and names %s', async (path, param) => {
  const { get } = await aChargedIntent();
  expect(await get(path)).toMatchObject({ status: 400, code: 'parameter_unknown', param });
});

test.each([
  ['payment_intents/ID?expand[]=latest_charge', 'This property cannot be expanded (latest_charge).'],
  ['payment_intents/ID?expand[0]=nothing', 'This property cannot be expanded (nothing).'],
  ['refunds?payment_intent=ID&expand[]=data.charge', 'This property cannot be expanded (data.charge).'],
  ['payment_intents/ID?expand=latest_charge', 'Invalid array'],
])('R3 GET %s: what is not expanded does not look as if it was', async (path, message) => {
  const { get } = await aChargedIntent();
  expect(await get(path)).toMatchObject({ status: 400, type: 'invalid_request_error', message });
});

test.each([
  ['refunds?payment_intent=ID&starting_after=re_none', 'starting_after'],
  ['disputes?payment_intent=ID&starting_after=dp_none', 'starting_after'],
  ['events?starting_after=evt_none', 'starting_after'],
  ['webhook_endpoints?starting_after=we_none', 'starting_after'],
  ['refunds?payment_intent=pi_none', 'payment_intent'],
  ['disputes?payment_intent=pi_none', 'payment_intent'],
])('R4 GET %s: %s names nothing', async (path, param) => {
  const { get } = await aChargedIntent();
  expect(await get(path)).toMatchObject({ status: 400, code: 'resource_missing', param });
});

test.each([
  ['refunds', 'payment_intent=ID&amount[]=1', 'amount', 'Invalid string'],
  ['refunds', 'payment_intent=ID&amount[x]=1', 'amount', 'Invalid string'],
  ['refunds', 'payment_intent[]=ID', 'payment_intent', 'Invalid string'],
  ['refunds', 'payment_intent=ID&metadata=x', 'metadata', 'Invalid object'],
  ['refunds', 'payment_intent=ID&metadata[]=x', 'metadata', 'Invalid object'],
  ['payment_intents', `${CHARGE}&confirm[]=true`, 'confirm', 'Invalid string'],
  ['payment_intents', `${CHARGE}&payment_method_types=card`, 'payment_method_types', 'Invalid array'],
  [
    'payment_intents',
    `${CHARGE}&allowed_payment_method_types[a]=card`,
    'allowed_payment_method_types',
    'Invalid array',
  ],
  ['payment_intents/ID/cancel', 'cancellation_reason[a]=b', 'cancellation_reason', 'Invalid string'],
  ['payment_methods', 'type=card&card=tok_visa', 'card', 'Invalid object'],
])('R5 POST %s %s: another shape is refused, and nothing is done', async (path, body, param, message) => {
  const { post, changes } = await aChargedIntent();
  const before = await changes();
  expect(await post(path, body)).toMatchObject({ status: 400, param, message });
  expect(await changes()).toEqual(before);
});

test.each(['sepa_debit', 'klarna'])('R5 %s, which is not played, is refused', async (type) => {
  const { post } = await aChargedIntent();
  for (const param of ['payment_method_types', 'allowed_payment_method_types'])
    expect(await post('payment_intents', `${CHARGE}&${param}[]=card&${param}[]=${type}`)).toMatchObject({
      status: 400,
      param,
    });
});

test.each([
  ['payment_intents', `${CHARGE}&return_url=https://shop.example`, 'payment_intent_invalid_parameter'],
  ['payment_intents', `${CHARGE}&confirm=false&return_url=https://shop.example`, 'payment_intent_invalid_parameter'],
  ['payment_intents', `${CHARGE}&confirm=true&return_url=here`, 'url_invalid'],
  ['payment_intents/ID/confirm', 'return_url=/orders', 'url_invalid'],
])('R6 POST %s %s is %s', async (path, body, code) => {
  const { post } = await aChargedIntent();
  expect(await post(path, body)).toMatchObject({ status: 400, param: 'return_url', code });
});
