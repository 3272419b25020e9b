import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder } from '../../test/testing/builders.ts';
import type { DisputedRequest } from '../../test/testing/disputed-requests/disputed-request.ts';
import { READS } from '../../test/testing/disputed-requests/admin-reads.ts';
import { CONFIRMED_ORDER, SHIPPED_ORDER } from '../../test/testing/disputed-requests/operators-world.ts';
import { PARCELS } from '../../test/testing/disputed-requests/parcels.ts';
import { RETURNS } from '../../test/testing/disputed-requests/returns.ts';
import { ABOUT_ORDERS, toldIn } from '../../test/testing/disputed-requests/two-operators.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, send, type TestAnswer } from '../../test/testing/http-events.ts';
import { startAdminWorld, type AdminWorld } from './testing/admin-under-test.ts';

const confirmed = anOrder({ orderId: CONFIRMED_ORDER });
const shipped = anOrder({ orderId: SHIPPED_ORDER });
let world: AdminWorld;

beforeAll(async () => {
  world = await startAdminWorld();
});
afterAll(() => world.stop());
/** What is refused changes nothing: the next request finds the same orders. */
let isAsItWas = false;
beforeEach(async () => {
  if (isAsItWas) return;
  await world.reset(confirmed);
  const rows = await world.stock();
  await world.store.put(TEST_TABLES.STOCK_TABLE, ...rows.map((row) => ({ ...row, received: 10 })));
  world.sqs.answer('GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessages: '0' } }));
  for (const order of [confirmed, shipped]) await world.confirmed(order);
  for (const lines of [[{ sku: 'CUP-WHITE', quantity: 4 }], undefined]) {
    const body = { ...(lines && { lines }), trackingNumber: lines === undefined ? 'JD02' : 'JD01' };
    await ask('POST /orders/{orderId}/shipments', { params: { orderId: SHIPPED_ORDER }, body });
  }
  isAsItWas = true;
});

type Asked = Omit<DisputedRequest, 'what' | 'route' | 'answer' | 'reason'>;

async function ask(route: string, traits: Asked): Promise<TestAnswer> {
  const answer = await answerTo(route, traits);
  if (!route.startsWith('GET ') && answer.status < 400) isAsItWas = false;
  return answer;
}

async function answerTo(route: string, traits: Asked): Promise<TestAnswer> {
  const isOfAdmin = route.startsWith('GET /admin') && !route.endsWith('/returns');
  if (!isOfAdmin) return world.request(route, { caller: ADMIN, ...traits });
  const { handler } = await import('./serve-admin.ts');
  return send(handler, route, { caller: ADMIN, ...traits });
}

describe.each([
  ['returns', RETURNS],
  ['parcels', PARCELS],
  ['what operators read', READS],
])('%s:', (_kind, requests) => {
  test.each(requests)('$route with $what is $answer, because $reason', async ({ route, answer, ...traits }) => {
    const { status, body } = await ask(route, traits);
    expect(status < 400 ? String(status) : `${status} ${body.code}`).toBe(answer);
  });
});

describe('of two operators at once one wins, and the other is told:', () => {
  async function parkHeld(): Promise<void> {
    const { orderId, totalMinor: amountMinor, currency, placedAt: updatedAt } = confirmed;
    const payment = { orderId, state: 'CHARGED', amountMinor, currency, updatedAt, hold: 'DISPUTED' };
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, payment);
    await world.run('park', confirmed, { step: 'Review payment', error: 'ChargeDisputed' });
  }

  test.each(ABOUT_ORDERS)('$what $route', async ({ route, requests, told }) => {
    if (route.startsWith('POST /parked-orders')) await parkHeld();
    const answers = await Promise.all(requests.map((request) => ask(route, request)));
    expect(toldIn(answers)).toMatch(told);
  });

  test('a parcel and a cancellation of one order', async () => {
    const params = { orderId: CONFIRMED_ORDER };
    const [left, cancelled] = await Promise.all([
      ask('POST /orders/{orderId}/shipments', { params, body: {} }),
      ask('POST /orders/{orderId}/cancel', { params }),
    ]);
    // A cancellation that has begun may still find that the warehouse was quicker.
    const standing: Readonly<Record<string, readonly string[]>> = {
      SHIPPED: ['200 409', '200 202'],
      CANCELLING: ['409 202'],
    };
    const { status } = (await world.orderRow(confirmed)) ?? {};
    expect(standing[String(status)]).toContain(`${left.status} ${cancelled.status}`);
  });
});
