import { ReceiveMessageCommand, SendMessageBatchCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { readMails } from '../../cli/demo/mails.ts';
import { GUESTS, NEW_SHOP } from '../../cli/demo/cast.ts';
import { runSamples, seedSamples, type SampleResult } from '../../cli/demo/run-samples.ts';
import { readAvailable, readNetMinor } from '../../cli/demo/snapshot.ts';
import { followOrder, hasEnded } from '../../cli/follow-order.ts';
import { stepsOf } from '../../cli/trace/order-trace.ts';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { EVENT_CATALOG } from '../../events/catalog.ts';
import { SAMPLE_STOCK, sampleCheckouts } from '../../events/sample-checkouts.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { BusRecorder } from '../testing/bus-recorder.ts';
import { restock } from '../testing/restock.ts';
import { shopOf } from '../testing/signed-in-users.ts';
import { openToOthers } from '../testing/open-to-others.ts';
import { startTestSystem, type TestSystem } from '../testing/started-system.ts';

let system: TestSystem;
let bus: BusRecorder;

beforeAll(async () => {
  system = await startTestSystem();
  bus = await BusRecorder.on(system.deployment);
});

afterAll(() => system.stop());

const freshCheckout = (): BasketCheckedOut => sampleCheckouts(() => ulid() as OrderId, new Date())[0]!.checkout;

async function stockOf(sku: string): Promise<number> {
  return (await readAvailable(system.deployment, [sku])).get(sku) ?? 0;
}

describe('the six sample orders', () => {
  let results: SampleResult[];

  beforeAll(async () => {
    await seedSamples({ deployment: system.deployment, cast: NEW_SHOP });
    results = await runSamples({
      cast: NEW_SHOP,
      deployment: system.deployment,
      endpointUrl: system.runtime.endpointUrl,
      sandboxUrl: system.sandbox.url,
      print: () => undefined,
    });
  });

  test('leave mails, logs and databases that only the owner of the data folder can read', () => {
    const { all, open } = openToOthers(system.dataFolder);
    for (const kind of [/^mails\/.+\.eml$/, /^logs\/.+\.log$/, /\.sqlite-wal$/])
      expect(all.some((name) => kind.test(name))).toBe(true);
    expect(open).toEqual([]);
  });

  test('end as told', () => {
    const endings = results.map(({ sample, trace }) => [sample.title, trace.order?.status, trace.order?.reason]);
    expect(endings).toEqual([
      ['confirmed', 'CONFIRMED', undefined],
      ['payment declined', 'CANCELLED', 'PAYMENT_DECLINED'],
      ['out of stock', 'CANCELLED', 'OUT_OF_STOCK'],
      ['two lines, one of them short', 'CANCELLED', 'OUT_OF_STOCK'],
      ['the customer must confirm, and does', 'CONFIRMED', undefined],
      ['duplicate of the first', 'CONFIRMED', undefined],
    ]);
  });

  test('pass four states when they are confirmed', () => {
    expect(stepsOf(results[0]!.trace).map(({ name, attempts }) => [name, attempts.length])).toEqual([
      ['Create order', 1],
      ['Reserve inventory', 1],
      ['Charge payment', 1],
      ['Confirm order', 1],
    ]);
  });

  test('take from stock what was sold, and nothing else', async () => {
    expect(await readAvailable(system.deployment, Object.keys(SAMPLE_STOCK))).toEqual(
      new Map([
        ['TEAPOT-BLUE', 19],
        ['CUP-WHITE', 40 - 4 - 2],
        ['LAMP-RED', 0],
        ['CHAIR-OAK', 1],
      ]),
    );
  });

  test('take the money of confirmed orders, and nobody else’s', async () => {
    for (const { sample, placed, trace } of results) {
      const owed = trace.order?.status === 'CONFIRMED' ? placed.totalMinor : 0;
      expect(await readNetMinor(system.sandbox.url, placed.orderId), sample.title).toBe(owed);
    }
  });

  test('are five orders of two customers: the sixth is the first one again', () => {
    expect(new Set(results.map(({ placed }) => placed.orderId)).size).toBe(5);
    expect(results[5]!.placed.orderId).toBe(results[0]!.placed.orderId);
    expect(results.map(({ trace }) => trace.order?.customerId)).toEqual([
      'alice',
      'bob',
      'alice',
      'bob',
      'alice',
      'alice',
    ]);
  });

  test('are each told to their customer once', async () => {
    for (const { sample, placed } of results) {
      const to = `${sample.customerId}@example.com`;
      const told = async (): Promise<string[]> => {
        const mails = await readMails(system.runtime.endpointUrl, to, placed.orderId);
        return mails.map(({ subject }) => subject).toSorted();
      };
      const ending = sample.ending === 'CONFIRMED' ? 'is confirmed' : 'is cancelled';
      const asked =
        sample.ending === 'CONFIRMED' && sample.paymentMethodId.includes('threeDSecure')
          ? [`Please confirm the payment of your order ${placed.orderId}`]
          : [];
      // Each mail has an event of its own, and events keep no order, nor do they come at once.
      await expect.poll(told).toEqual([...asked, `Your order ${placed.orderId} ${ending}`]);
    }
  });

  test('tell the bus each fact once, in order, within its contract', async () => {
    const told = async (index: number): Promise<string[]> => {
      const { orderId } = results[index]!.placed;
      const events = (await bus.about(orderId)).filter(({ source }) => source === 'shop.orders');
      for (const { detailType, detail } of events) {
        const contract = EVENT_CATALOG.find(({ event }) => event.detailType === detailType)!.event;
        expect(contract.published.parse(detail)).toEqual(detail);
      }
      return events
        .toSorted((a, b) => Number(a.detail['seq']) - Number(b.detail['seq']))
        .map((event) => event.detailType);
    };
    for (const [index, ...facts] of [
      [0, OrderPlaced, OrderConfirmed],
      [1, OrderPlaced, OrderCancelled],
      [2, OrderPlaced, OrderCancelled],
      [4, OrderPlaced, PaymentActionRequired, OrderConfirmed],
    ] as const)
      await expect.poll(() => told(index)).toEqual(facts.map(({ detailType }) => detailType));
  });
});

describe('the samples told again in a shop that somebody uses', () => {
  test('end as told, and leave its stock, its prices and its baskets as they are', async () => {
    const { deployment } = system;
    const [alice, admin] = [await shopOf(system, 'alice'), await shopOf(system, 'admin')];
    const cup = { name: 'White cup', description: 'Thin porcelain.', category: 'teaware', priceMinor: 999 };
    const { headers } = await admin.send({ method: 'GET', path: '/products/CUP-WHITE' });
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    await admin.send({ method: 'PUT', path: '/products/CUP-WHITE', headers: ifMatch, body: cup });
    await alice.send({ method: 'PUT', path: '/basket/items/CUP-WHITE', body: { quantity: 3 } });
    const shop = async (): Promise<unknown> => ({
      stock: await readAvailable(deployment, Object.keys(SAMPLE_STOCK)),
      cup: (await alice.send({ method: 'GET', path: '/products/CUP-WHITE' })).body,
      basket: (await alice.send({ method: 'GET', path: '/basket' })).body,
    });
    const before = await shop();
    expect(before).toMatchObject({ cup: { priceMinor: 999 }, basket: { totalMinor: 3 * 999 } });

    await seedSamples({ deployment, cast: NEW_SHOP }); // a seeding that was cut off goes on
    await seedSamples({ deployment, cast: GUESTS });
    const results = await runSamples({
      deployment,
      cast: GUESTS,
      endpointUrl: system.runtime.endpointUrl,
      sandboxUrl: system.sandbox.url,
      print: () => undefined,
    });
    expect(results.filter(({ endedAsTold }) => endedAsTold)).toHaveLength(6);
    expect(await shop()).toEqual(before);
  });
});

test('the same checkout published ten times is one execution, one charge, one confirmation', async () => {
  await restock(system.deployment, SAMPLE_STOCK);
  const checkout = freshCheckout();
  const before = await stockOf('TEAPOT-BLUE');
  await Promise.all(Array.from({ length: 10 }, () => publishCheckout(system.deployment, checkout)));
  await followOrder(system.deployment, checkout.orderId, { until: hasEnded, timeoutMs: 60_000 });
  await bus.next(
    ({ detail, detailType }) => detail['orderId'] === checkout.orderId && detailType === OrderConfirmed.detailType,
  );

  const { executions = [] } = await system.deployment.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: system.deployment.output('StateMachineArn'), maxResults: 1000 }),
  );
  expect(executions.filter(({ name }) => name === checkout.orderId)).toHaveLength(1);
  expect(await readNetMinor(system.sandbox.url, checkout.orderId)).toBe(checkout.totalMinor);
  expect(await stockOf('TEAPOT-BLUE')).toBe(before - 1);
  const confirmations = (await bus.about(checkout.orderId)).filter(
    (event) => event.detailType === OrderConfirmed.detailType,
  );
  expect(confirmations).toHaveLength(1);
});

describe('a batch with bad messages', () => {
  const envelope = (detail: unknown): string =>
    JSON.stringify({ 'detail-type': BasketCheckedOut.detailType, source: BasketCheckedOut.source, detail });
  const bad = {
    'not JSON': '{"detail',
    'an empty body': ' ',
    'JSON inside a string': JSON.stringify(envelope(freshCheckout())),
    'an unknown version': envelope({ ...freshCheckout(), schemaVersion: 99 }),
    'an order id that is no execution name': envelope({ ...freshCheckout(), orderId: 'a/../b' }),
    'a total that is not the sum of its lines': envelope({ ...freshCheckout(), totalMinor: 1 }),
    'an oversized event': envelope({ ...freshCheckout(), note: 'x'.repeat(300_000) }),
  };

  test('ends with them alone in the dead-letter queue; their batch mate goes through', async () => {
    const { deployment } = system;
    // The deployed queue gives a message back after 90 s; here the five receives shall not take minutes.
    await deployment.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: deployment.output('CheckoutQueueUrl'),
        Attributes: { VisibilityTimeout: '1' },
      }),
    );
    const good = freshCheckout();
    const bodies = [...Object.values(bad), envelope(good)];
    await deployment.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: deployment.output('CheckoutQueueUrl'),
        Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      }),
    );

    const trace = await followOrder(deployment, good.orderId, { until: hasEnded, timeoutMs: 60_000 });
    expect(trace.order?.status).toBe('CONFIRMED');
    expect(await deadLetters(Object.keys(bad).length)).toEqual(new Set(Object.values(bad)));
    expect(await orderRowsOf('a/../b')).toEqual([]);
  });

  async function deadLetters(count: number): Promise<Set<string>> {
    const bodies = new Set<string>();
    while (bodies.size < count) {
      const { Messages = [] } = await system.deployment.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: system.deployment.output('CheckoutDeadLetterQueueUrl'),
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 20,
        }),
      );
      for (const { Body = '' } of Messages) bodies.add(Body);
    }
    return bodies;
  }

  async function orderRowsOf(orderId: string): Promise<unknown[]> {
    const { Items = [] } = await system.deployment.dynamoDb.send(
      new QueryCommand({
        TableName: system.deployment.output('OrdersTableName'),
        KeyConditionExpression: 'orderId = :orderId',
        ExpressionAttributeValues: { ':orderId': orderId },
      }),
    );
    return Items;
  }
});
