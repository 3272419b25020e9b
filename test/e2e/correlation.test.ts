import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeExecutionCommand, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../../cli/follow-order.ts';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import type { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';
import { anOrder } from '../testing/builders.ts';
import { BusRecorder, type RecordedEvent } from '../testing/bus-recorder.ts';
import { shopOf, tokensOf } from '../testing/signed-in-users.ts';
import { startTestSystem } from '../testing/started-system.ts';

/** One order from its HTTP request to its refund: what names it everywhere, and what must stand nowhere. */

const CORRELATION_ID = `front-end-${ulid()}`;
const EMAIL = 'canary.4711@example.com';
const STREET = '4711 Canary Lane';
const CARD_NUMBER = '4242424242424242';

let system: System;
let bus: BusRecorder;
let alice: ShopClient;
let accessToken: string;
let orderId: string;
/** Of an order whose customer has not confirmed: a token that is worth something. */
let openTaskToken: string;

beforeAll(async () => {
  system = await startTestSystem();
  bus = await BusRecorder.on(system.deployment);
  alice = await shopOf(system, 'alice');
  ({ accessToken } = await tokensOf(system, 'alice'));
  await openShop();
  orderId = await checkedOut();
  await followOrder(system.deployment, orderId, { until: hasEnded, timeoutMs: 60_000 });
  await expectStatus({ method: 'POST', path: `/orders/${orderId}/cancel` }, 202);
  await bus.next(({ detail, detailType }) => detail['orderId'] === orderId && detailType === OrderCancelled.detailType);
  openTaskToken = await waitingOrder();
  await mailed(2);
});
afterAll(() => system.stop());

async function expectStatus(request: Parameters<ShopClient['send']>[0], status: number): Promise<unknown> {
  const answer = await alice.send(request);
  if (answer.status !== status) throw new Error(`${request.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function openShop(): Promise<void> {
  const admin = await shopOf(system, 'admin');
  const product = { sku: 'CANARY-CUP', name: 'Cup', description: 'Thin.', category: 'teaware' };
  const price = { priceMinor: 850, currency: 'EUR' };
  await admin.send({ method: 'POST', path: '/products', body: { ...product, ...price } });
  await admin.send({ method: 'PUT', path: '/inventory/CANARY-CUP', body: { stock: 10 } });
}

async function checkedOut(): Promise<string> {
  await expectStatus({ method: 'PUT', path: '/basket/items/CANARY-CUP', body: { quantity: 2 } }, 200);
  const shippingAddress = { name: 'Alice', line1: STREET, postalCode: '10115', city: 'Berlin', country: 'DE' };
  const headers = { 'idempotency-key': ulid(), 'x-correlation-id': CORRELATION_ID };
  const checkout = { acceptedTotal: 1700, paymentMethod: 'pm_card_visa', email: EMAIL, shippingAddress };
  const withCard = { ...checkout, paymentMethod: CARD_NUMBER };
  await expectStatus({ method: 'POST', path: '/basket/checkout', headers, body: withCard }, 400);
  const accepted = await expectStatus({ method: 'POST', path: '/basket/checkout', headers, body: checkout }, 202);
  return (accepted as { orderId: string }).orderId;
}

async function waitingOrder(): Promise<string> {
  const order = anOrder({
    orderId: ulid(),
    paymentMethodId: 'pm_card_threeDSecure2Required',
    lines: [{ sku: 'CANARY-CUP', quantity: 1 }],
  });
  await publishCheckout(system.deployment, order);
  await followOrder(system.deployment, order.orderId, { until: waitsForSomeone, timeoutMs: 60_000 });
  const payment = await row('PaymentsTableName', { orderId: order.orderId });
  return String(payment?.['taskToken']);
}

/** The last thing that happens to the order: its mails. */
async function mailed(count: number): Promise<void> {
  const mails = { TableName: system.deployment.output('MailsTableName') };
  for (;;) {
    const { Items = [] } = await system.deployment.dynamoDb.send(new ScanCommand(mails));
    if (Items.filter((mail) => String(mail['eventId']).startsWith(orderId)).length >= count) return;
    await delay(25);
  }
}

async function row(table: string, Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
  const command = new GetCommand({ TableName: system.deployment.output(table), Key });
  return (await system.deployment.dynamoDb.send(command)).Item;
}

async function logLines(): Promise<string[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new CloudWatchLogsClient({ endpoint: system.runtime.endpointUrl, region: 'us-east-1', credentials });
  const lines: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName }))
        lines.push(...events.map(({ message = '' }) => message));
    }
  }
  client.destroy();
  return lines;
}

function executionArns(): string[] {
  const { deployment } = system;
  const cancellation = deployment.output('CancellationStateMachineArn').replace(':stateMachine:', ':execution:');
  return [deployment.executionArn(orderId), `${cancellation}:${orderId}.cancellation`];
}

async function histories(): Promise<string> {
  const { stepFunctions: client } = system.deployment;
  const pages: unknown[] = [];
  for (const executionArn of executionArns())
    for await (const { events } of paginateGetExecutionHistory({ client }, { executionArn })) pages.push(events);
  return JSON.stringify(pages);
}

describe('the correlation id of the HTTP request', () => {
  test('is in the input of the execution that sells, and of the one that takes back', async () => {
    for (const executionArn of executionArns()) {
      const { input = '', status } = await system.deployment.stepFunctions.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      expect([status, input]).toEqual(['SUCCEEDED', expect.stringContaining(`"correlationId":"${CORRELATION_ID}"`)]);
    }
  });

  test('is in every event about the order', async () => {
    const events = await bus.about(orderId);
    expect(events.map(({ detailType }) => detailType).toSorted()).toEqual([
      BasketCheckedOut.detailType,
      OrderCancelled.detailType,
      OrderConfirmed.detailType,
      OrderPlaced.detailType,
    ]);
    expect(events.filter(({ detail }) => detail['correlationId'] !== CORRELATION_ID)).toEqual([]);
  });

  test('is in the rows of the order and of its payment, which is refunded', async () => {
    const order = await row('OrdersTableName', { orderId, item: 'ORDER' });
    expect(order).toMatchObject({ correlationId: CORRELATION_ID, status: 'CANCELLED' });
    const payment = await row('PaymentsTableName', { orderId });
    expect(payment).toMatchObject({ correlationId: CORRELATION_ID, state: 'REFUNDED' });
  });

  test('is on every log line that names the order', async () => {
    const about = (await logLines()).filter((line) => line.includes(orderId));
    expect(about.length).toBeGreaterThan(0);
    expect(about.filter((line) => !line.includes(CORRELATION_ID))).toEqual([]);
  });
});

describe('nowhere stands', () => {
  let events: readonly RecordedEvent[];
  let texts: Readonly<Record<'logs' | 'events' | 'histories', string>>;

  beforeAll(async () => {
    events = await bus.about(orderId);
    texts = { logs: (await logLines()).join('\n'), events: JSON.stringify(events), histories: await histories() };
  });

  test.each([
    ['the customer’s e-mail address', () => EMAIL],
    ['the customer’s street', () => STREET],
    ['the card number that was sent by mistake', () => CARD_NUMBER],
    ['the caller’s access token', () => accessToken.split('.')[2]!],
    ['the provider’s API key', () => 'sk_test_sandbox'],
    ['the webhook secret', () => 'whsec_sandbox'],
  ])('%s: not in a log line, an event or an execution', (_what, canary) => {
    const places = Object.entries(texts).filter(([, text]) => text.includes(canary()));
    expect(places.map(([place]) => place)).toEqual([]);
  });

  test('the token of a task that waits: not in a log line or an event', async () => {
    expect(openTaskToken.length).toBeGreaterThan(20);
    expect(texts.logs).not.toContain(openTaskToken);
    expect(texts.events).not.toContain(openTaskToken);
  });
});
