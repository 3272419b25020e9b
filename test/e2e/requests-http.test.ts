import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { readMails } from '../../cli/demo/mails.ts';
import { DEMO_USERS } from '../../cli/demo-users.ts';
import type { System } from '../../cli/system.ts';
import { checkInvariants, underWay } from '../invariants/check-invariants.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import { BusRecorder } from '../testing/bus-recorder.ts';
import { filledIn, parseHttpFile, type FileRequest } from '../testing/http-file.ts';
import { readLogLines } from '../testing/log-lines.ts';
import { tokensOf } from '../testing/signed-in-users.ts';
import { startTestSystem } from '../testing/started-system.ts';
import { quiescence } from '../torture/quiescence.ts';

/** The story of `requests.http`, told to the whole system over HTTP: what is written there for people comes true. */

const { variables, requests } = parseHttpFile(readFileSync('requests.http', 'utf8'));
const PATIENCE_MS = 60_000;

let system: System;
let bus: BusRecorder;
const values = new Map(Object.entries(variables));

beforeAll(async () => {
  system = await startTestSystem();
  bus = await BusRecorder.on(system.deployment);
  values.set('api', system.deployment.output('HttpApiUrl').replace(/\/$/, ''));
  values.set('aws', system.runtime.endpointUrl.replace(/\/$/, ''));
  for (const { username } of DEMO_USERS) values.set(username, (await tokensOf(system, username)).accessToken);
});
afterAll(() => system.stop());

const fill = (text: string) => filledIn(text, (name) => values.get(name));

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

describe('the story', () => {
  test.each(requests)('$title', async (request) => {
    const answer = await sentUntilExpected(request);
    expect({ status: answer.status, ...seen(answer, request) }).toEqual({ status: request.status, ...request.fields });
    for (const [field, value] of Object.entries(answer.body)) {
      if (request.name !== undefined) values.set(`${request.name}.response.body.${field}`, String(value));
    }
  });
});

const ASKED_TO_CONFIRM = 'Please confirm the payment of your order …';

/** One parcel, another, and what was told wrong of the first. */
const PARCELS = [
  'A part of your order … is on its way',
  'Another tracking number for your order …',
  'The last part of your order … is on its way',
  'A part of your order … has arrived',
  'Your order … has arrived',
];

describe('after the story', () => {
  const orderIdOf = (name: string): string => values.get(`${name}.response.body.orderId`) ?? '';
  const mailsTo = async (name: string, to: string): Promise<string[]> => {
    const mails = await readMails(system.runtime.endpointUrl, to, orderIdOf(name));
    return mails.map(({ subject }) => subject.replace(orderIdOf(name), '…'));
  };

  test('the shop comes to rest', async () => {
    expect(await quiescence(system.deployment, PATIENCE_MS)).toEqual([]);
  });

  test.each([
    {
      name: 'ordered',
      to: 'alice@example.com',
      told: ['Your order … is confirmed', ...PARCELS, 'Your order … gets a refund'],
    },
    {
      name: 'asked',
      to: 'alice@example.com',
      told: [ASKED_TO_CONFIRM, 'Your order … is confirmed', 'Your order … is cancelled'],
    },
    { name: 'hesitating', to: 'bob@example.com', told: [ASKED_TO_CONFIRM, 'Your order … is cancelled'] },
    {
      name: 'retried',
      to: 'bob@example.com',
      told: ['The payment of your order … was declined', 'Your order … is confirmed', 'Your order … is cancelled'],
    },
    { name: 'declined', to: 'bob@example.com', told: ['Your order … is cancelled'] },
    { name: 'short', to: 'bob@example.com', told: ['Your order … is cancelled'] },
    { name: 'rest', to: 'bob@example.com', told: ['Your order … is confirmed'] },
    { name: 'disputed', to: 'alice@example.com', told: ['Your order … is confirmed', 'Your order … is on its way'] },
  ])('the customer was mailed about "$name": $told', async ({ name, to, told }) => {
    // In any order: they leave in batches, and this story ships within a second.
    expect((await mailsTo(name, to)).toSorted()).toEqual(told.toSorted());
  });

  test('the customers of 3-D Secure were asked to act, on the bus too', async () => {
    for (const name of ['asked', 'hesitating']) {
      const seen = (await bus.about(orderIdOf(name))).map(({ detailType }) => detailType);
      expect(seen).toContain(PaymentActionRequired.detailType);
    }
  });

  test('every invariant holds: stock, money, orders, events, executions, and no secret in any table or log', async () => {
    const accepted = requests.flatMap(({ name, status }) =>
      status === 202 && name !== undefined ? [orderIdOf(name)] : [],
    );
    const acknowledged = accepted.map((orderId) => ({ orderId, acknowledgedAt: new Date().toISOString() }));
    expect(accepted).toHaveLength(8);
    const options = { sandboxUrl: system.sandbox.url, readsArchive: true, acknowledged };
    const snapshot = { ...(await takeSnapshot(system.deployment, options)), logLines: await readLogLines(system) };
    const verdict = checkInvariants(snapshot, true);
    expect(underWay(snapshot)).toEqual([]);
    expect(verdict.violations).toEqual([]);
    expect(verdict.skipped).toEqual([]);
    expect(snapshot.orders).toHaveLength(accepted.length);
    expect(snapshot.logLines.length).toBeGreaterThan(requests.length);
  });
});

/** What happens after an answer is seen by looking again; only what changes nothing is sent again. */
async function sentUntilExpected(request: FileRequest): Promise<Answer> {
  const startedAtMs = performance.now();
  for (;;) {
    const answer = await sent(request);
    const isAsExpected = JSON.stringify(seen(answer, request)) === JSON.stringify(request.fields);
    if (isAsExpected || request.method !== 'GET' || performance.now() - startedAtMs > PATIENCE_MS) return answer;
    await delay(50);
  }
}

async function sent({ method, url, headers, body }: FileRequest): Promise<Answer> {
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
  const response = await fetch(fill(url), {
    method,
    redirect: 'manual',
    headers: filled,
    ...(body !== undefined && { body: fill(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : {} };
}

/** The fields that the request expects something of, as they are. */
function seen({ body }: Answer, { fields }: FileRequest): Record<string, string> {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, String(body[field])]));
}
