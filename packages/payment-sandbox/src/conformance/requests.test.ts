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
