import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AFTERMATH_EVENTS, PROVIDER_API_VERSION, PROVIDER_EVENTS } from '../../events/provider-events.ts';
import { ENDPOINT_URL, webhookCheckOn, type EndpointSettings } from './testing/webhook-check-under-test.ts';
import { checkWebhook } from './webhook/webhook-settings.ts';

const types = PROVIDER_EVENTS;

test('an endpoint that is set as the code reads it has no differences', async () => {
  const { check } = await webhookCheckOn({ types });
  const endpointId = expect.stringMatching(/^we_/) as string;
  expect(await check()).toEqual({ endpointId, livemode: false, differences: [], remarks: [] });
});

test('nor has one that is sent more than is read, but it says so', async () => {
  const { check } = await webhookCheckOn({ types: [...types, 'refund.created'] });
  expect(await check()).toMatchObject({
    differences: [],
    remarks: ['enabled_events: refund.created is sent, and the code does not read it.'],
  });
});

const WRONG: [string, EndpointSettings, RegExp[]][] = [
  ['no endpoint', undefined, [/^url: no endpoint points at https:\/\/shop\.example\/webhooks\/payments\. Add one/]],
  [
    'another address',
    { types, url: 'https://shop.example/webhook' },
    [/^url: no endpoint .* \(those of the account: https:\/\/shop\.example\/webhook\)\. Add one there, or correct/],
  ],
  ['a disabled endpoint', { types, status: 'disabled' }, [/^status: we_\w+ is disabled, .* Enable it\.$/]],
  [
    'another API version',
    { types, apiVersion: '2019-02-19' },
    [
      /^api_version: we_\w+ sends 2019-02-19, the code reads \d{4}-\d\d-\d\d\.\w+\. Make an endpoint of that version\.$/,
    ],
  ],
  [
    'an event too few',
    { types: types.filter((type) => type !== 'refund.failed') },
    [/^enabled_events: refund\.failed is not sent\. Subscribe we_\w+ to it\.$/],
  ],
  [
    'several things at once',
    { types: types.slice(2), apiVersion: '2024-04-10' },
    [/^api_version: /, /^enabled_events: payment_intent\.succeeded /, /^enabled_events: payment_intent\.payment_fail/],
  ],
];

test.each(WRONG)('%s is a line for each difference, with what to do', async (_what, settings, lines) => {
  const { check } = await webhookCheckOn(settings);
  const { differences } = await check();
  expect(differences).toEqual(lines.map((line) => expect.stringMatching(line) as string));
});

describe('an endpoint as the provider describes it', () => {
  const endpoint = {
    id: 'we_1',
    url: ENDPOINT_URL,
    status: 'enabled',
    api_version: PROVIDER_API_VERSION,
    enabled_events: [...types],
    livemode: true,
  };
  const differencesOf = (changes: object, ...others: object[]) =>
    checkWebhook([{ ...endpoint, ...changes }, ...others], { url: ENDPOINT_URL, livemode: true }).differences;

  test.each([
    [{}, []],
    [{ url: 'HTTPS://Shop.example:443/webhooks/payments/' }, []],
    [{ enabled_events: ['*'] }, []],
    [{ livemode: false }, [/^livemode: we_1 is of test mode, and our key is of live mode/]],
    [{ api_version: null }, [/^api_version: we_1 sends the default of the account/]],
    [{ enabled_events: [] }, types.map((type) => new RegExp(`^enabled_events: ${type.replaceAll('.', '\\.')} is not`))],
  ])('%j', (changes, lines) => {
    expect(differencesOf(changes)).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  });

  test('and a second one at the same address doubles every event', () => {
    expect(differencesOf({}, { ...endpoint, id: 'we_2' })).toEqual([
      `url: we_2 points at ${ENDPOINT_URL} too, so each event comes twice. Delete one of the two endpoints.`,
    ]);
  });
});

test('a provider that does not answer is said by name, and a malformed request too', async () => {
  const { check, sandbox } = await webhookCheckOn({ types });
  await expect(check('nowhere')).rejects.toMatchObject({ name: 'MalformedPayload' });
  const arm = (kind: string) => {
    const body = JSON.stringify({ kind, operation: 'listEndpoints' });
    return fetch(`${sandbox.url}/_sandbox/behaviours`, { method: 'POST', body });
  };
  await arm('unavailable');
  await expect(check()).rejects.toMatchObject({ name: 'PaymentUnavailable', message: expect.stringContaining('503') });
  await arm('rateLimited');
  await expect(check()).rejects.toMatchObject({ name: 'PaymentRateLimited' });
});

test('docs/payments.md tells of exactly the events that the code reads', () => {
  const page = readFileSync('docs/payments.md', 'utf8');
  const section = page.slice(page.indexOf('## The webhook endpoint'), page.indexOf('## Amounts'));
  const told = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_.]+)`/g)].map(([, type]) => type));
  expect(told.toSorted()).toEqual([...PROVIDER_EVENTS].toSorted());
  expect(AFTERMATH_EVENTS.length).toBeLessThanOrEqual(20);
});
