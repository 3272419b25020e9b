import { setTimeout as delay } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { readAvailable, readNetMinor } from '../../cli/demo/snapshot.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../../cli/follow-order.ts';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import type { System } from '../../cli/system.ts';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { SAMPLE_STOCK } from '../../events/sample-checkouts.ts';
import { anOrder } from '../testing/builders.ts';
import { BusRecorder } from '../testing/bus-recorder.ts';
import { ADMIN, ALICE, anHttpEvent, answerOf, type TestAnswer, type TestCaller } from '../testing/http-events.ts';
import { restock } from '../testing/restock.ts';
import { startTestSystem } from '../testing/started-system.ts';

/** What happens to an order after its checkout, on the deployed template: workflows, streams, queues and functions. */

const EMAIL = 'alice@example.com';
const SKUS = Object.keys(SAMPLE_STOCK);
let system: System;
let bus: BusRecorder;
let before: ReadonlyMap<string, number>;

beforeAll(async () => {
  system = await startTestSystem();
  bus = await BusRecorder.on(system.deployment);
});
afterAll(() => system.stop());
beforeEach(async () => {
  await restock(system.deployment, SAMPLE_STOCK);
  before = await readAvailable(system.deployment, SKUS);
});

async function request(
  routeKey: string,
  order: BasketCheckedOut,
  caller: TestCaller = ALICE,
  body?: object,
): Promise<TestAnswer> {
  const event = anHttpEvent(routeKey, { caller, params: { orderId: order.orderId }, ...(body && { body }) });
  const { Payload = new Uint8Array() } = await system.deployment.lambda.send(
    new InvokeCommand({
      FunctionName: system.deployment.output('ServeOrdersFunctionName'),
      Payload: JSON.stringify(event),
    }),
  );
  return answerOf(JSON.parse(Buffer.from(Payload).toString()));
}
const show = async (order: BasketCheckedOut) => (await request('GET /orders/{orderId}', order)).body;
const cancel = (order: BasketCheckedOut) => request('POST /orders/{orderId}/cancel', order);

async function checkedOut(paymentMethodId = 'pm_card_visa'): Promise<BasketCheckedOut> {
  const order = { ...anOrder({ orderId: ulid(), paymentMethodId }), placedAt: new Date().toISOString() };
  await system.deployment.dynamoDb.send(
    new PutCommand({
      TableName: system.deployment.output('OrderContactsTableName'),
      Item: { orderId: order.orderId, customerId: order.customerId, email: EMAIL },
    }),
  );
  await publishCheckout(system.deployment, order);
  return order;
}
async function confirmed(): Promise<BasketCheckedOut> {
  const order = await checkedOut();
  await followOrder(system.deployment, order.orderId, { until: hasEnded, timeoutMs: 60_000 });
  return order;
}
const published = ({ orderId }: BasketCheckedOut, detailType: string) =>
  bus.next((event) => event.detail['orderId'] === orderId && event.detailType === detailType);

/** Queues have no call that waits for their consumer: asks until the answer is there. */
async function eventually<Value>(read: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    await delay(25);
  }
}
async function mailSubjects({ orderId }: BasketCheckedOut): Promise<string[]> {
  const answer = await fetch(`${system.runtime.endpointUrl}/_runtime/mails?to=${EMAIL}`);
  const { mails } = (await answer.json()) as { mails: { subject: string }[] };
  return mails.map(({ subject }) => subject).filter((subject) => subject.includes(orderId));
}
const mailed = (order: BasketCheckedOut, count: number) =>
  eventually(async () => {
    const subjects = await mailSubjects(order);
    return subjects.length >= count ? subjects : undefined;
  });

describe('a cancellation', () => {
  test('of a confirmed order gives money and stock back, and its customer is told', async () => {
    const order = await confirmed();
    expect(await cancel(order)).toMatchObject({ status: 202 });
    expect((await published(order, OrderCancelled.detailType)).detail).toMatchObject({
      seq: 3,
      reason: 'CANCELLED_BY_CUSTOMER',
    });
    const shown = await show(order);
    expect(shown).toMatchObject({ status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' });
    expect(shown.journey.map(({ status }: { status: string }) => status)).toEqual([
      'PENDING',
      'CONFIRMED',
      'CANCELLING',
      'CANCELLED',
    ]);
    expect(await readNetMinor(system.sandbox.url, order.orderId)).toBe(0);
    expect(await readAvailable(system.deployment, SKUS)).toEqual(before);
    expect(await cancel(order)).toMatchObject({ status: 202, body: { status: 'CANCELLED' } });
    expect((await mailed(order, 2)).toSorted()).toEqual([
      `Your order ${order.orderId} is cancelled`,
      `Your order ${order.orderId} is confirmed`,
    ]);
  });

  test('while the customer should confirm does not wait for the customer any more', async () => {
    const order = await checkedOut('pm_card_threeDSecure2Required');
    await followOrder(system.deployment, order.orderId, { until: waitsForSomeone, timeoutMs: 60_000 });
    expect(await show(order)).toMatchObject({ waitsFor: 'CUSTOMER', confirmationUrl: expect.any(String) });
    expect(await cancel(order)).toMatchObject({ status: 202, body: { status: 'CANCELLING' } });
    await published(order, OrderCancelled.detailType);
    expect(await show(order)).toMatchObject({ status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' });
    expect(await readNetMinor(system.sandbox.url, order.orderId)).toBe(0);
    expect(await readAvailable(system.deployment, SKUS)).toEqual(before);
  });

  test('at any moment of the saga ends in nothing taken and nothing held', async () => {
    const orders = await Promise.all(Array.from({ length: 12 }, () => checkedOut()));
    await Promise.all(
      orders.map(async (order, n) => {
        // Known to nobody before its first step; from then on at whatever moment this comes to.
        await followOrder(system.deployment, order.orderId, {
          until: (trace) => trace.order !== undefined,
          timeoutMs: 60_000,
        });
        await delay(n * 3);
        expect((await cancel(order)).status).toBe(202);
      }),
    );
    for (const order of orders) {
      await published(order, OrderCancelled.detailType);
      expect(await readNetMinor(system.sandbox.url, order.orderId)).toBe(0);
    }
    expect(await readAvailable(system.deployment, SKUS)).toEqual(before);
  });
});

test('a shipped order left the stock, was mailed about once for each event, and cannot be cancelled', async () => {
  const order = await confirmed();
  const parcel = { carrier: 'DHL', trackingNumber: 'JD0146' };
  expect(await request('POST /orders/{orderId}/shipments', order, ADMIN, parcel)).toMatchObject({ status: 200 });
  expect(await cancel(order)).toMatchObject({ status: 409, body: { code: 'ORDER_SHIPPED' } });
  expect(await request('POST /orders/{orderId}/delivered', order, ADMIN)).toMatchObject({ status: 200 });
  expect((await mailed(order, 3)).toSorted()).toEqual([
    `Your order ${order.orderId} has arrived`,
    `Your order ${order.orderId} is confirmed`,
    `Your order ${order.orderId} is on its way`,
  ]);
  const after = await readAvailable(system.deployment, SKUS);
  for (const { sku, quantity } of order.lines) expect(after.get(sku)).toBe((before.get(sku) ?? 0) - quantity);
});
