import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BasketCheckedOut } from '../events/basket-checked-out.ts';
import { canonicalJson } from '../events/canonical-json.ts';
import { OrderConfirmed } from '../events/order-confirmed.ts';
import { ProductPriceChanged, productPriceChangedSample } from '../events/product-price-changed.ts';
import { ADDED_FIELD, newerDefinition, newerDetail } from '../events/testing/newer-version.ts';
import { PRODUCT } from '../test/testing/bad-requests.ts';
import { anOrder } from '../test/testing/builders.ts';
import { TEST_TABLES } from '../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../test/testing/fake-aws-service.ts';
import { startFakeSes, type FakeSes } from '../test/testing/fake-ses.ts';
import { orderEvents } from '../test/testing/order-events.ts';
import { aBatch, bodyOf, failedIds, type QueuedEvent } from '../test/testing/queue-events.ts';
import { ALICE } from '../test/testing/http-events.ts';
import { CANCELLATION_MACHINE, startOrderWorld, type OrderWorld } from './orders/testing/orders-under-test.ts';
import { eachEvent, on } from './platform/event-consumer.ts';

/** Two versions of the shop side by side, as in every deployment: newer events reach these functions, and older ones. */

const SAGA_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga';
const order = anOrder();
/** The command as a newer checkout publishes it: with fields that this version has never heard of. */
const newerOrder = newerDetail(order);
const events = orderEvents(order);

type Consumer = ReturnType<typeof eachEvent>;
let world: OrderWorld;
const VERIFIED = [
  { Name: 'email', Value: 'alice@example.com' },
  { Name: 'email_verified', Value: 'true' },
];
let ses: FakeSes;
let cognito: FakeAwsService;
let startOrderSaga: Consumer;
let sendMail: Consumer;
let updateBaskets: Consumer;

beforeAll(async () => {
  world = await startOrderWorld();
  ses = await startFakeSes();
  cognito = await startFakeAwsService('AWSCognitoIdentityProviderService');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    MAIL_SENDER: 'orders@shop.example',
    MAIL_CONFIGURATION_SET: 'shop-mails',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
    USER_POOL_ID: 'us-east-1_shop',
    STATE_MACHINE_ARN: SAGA_MACHINE,
    DEAD_LETTERS_URL: 'http://127.0.0.1:1/dead-letters',
  });
  startOrderSaga = (await import('./orders/start-order-saga.ts')).handler;
  sendMail = (await import('./notifications/send-mail.ts')).handler;
  updateBaskets = (await import('./basket/update-baskets.ts')).handler;
});
afterAll(async () => {
  await ses.stop();
  await cognito.stop();
  await world.stop();
});
beforeEach(async () => {
  ses.reset();
  cognito.answer('AdminGetUser', () => ({ Username: 'alice', UserAttributes: VERIFIED }));
  await world.reset(order);
});

const newer = (event: QueuedEvent): string => bodyOf({ ...event, detail: newerDetail(event.detail) });
const checkout = (detail: unknown) => bodyOf({ ...BasketCheckedOut, detail });
const failures = async (consumer: Consumer, ...bodies: string[]) => failedIds(await consumer(aBatch(...bodies)));
const started = () =>
  world.stepFunctions.calls.filter(({ operation }) => operation === 'StartExecution').map(({ input }) => input);
const parkings = async () =>
  (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).filter((row) => String(row['item']).startsWith('PARKED#'));

describe('a consumer takes the events of a newer publisher', () => {
  test('the customer’s mails, and an older copy is not told again', async () => {
    const contact = { orderId: order.orderId, customerId: order.customerId, email: 'alice@example.com' };
    await world.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, contact);
    const { confirmed, shipped, delivered, cancelled } = events;
    for (const event of [confirmed, shipped, delivered, cancelled]) {
      for (const body of [newer(event), bodyOf(event)]) expect(await failures(sendMail, body)).toEqual([]);
    }
    expect(ses.mails).toHaveLength(4);
  });

  test('the basket that gets back what an order took, and an older copy gives nothing more', async () => {
    const { orderId, customerId, lines } = order;
    const contact = { orderId, customerId, expiresAtEpochSeconds: 1_900_000_000 };
    await world.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, contact);
    const listed = { ...PRODUCT, listedCategory: PRODUCT.category, version: 1, updatedAt: order.placedAt };
    const products = lines.map(({ sku }) => ({ ...listed, sku }));
    await world.store.put(TEST_TABLES.PRODUCTS_TABLE, ...products);
    const { cancelled } = orderEvents(order, 'PAYMENT_DECLINED');
    const event = { ...cancelled, detail: { ...cancelled.detail, lines: events.confirmed.detail.lines } };
    for (const body of [newer(event), bodyOf(event)]) expect(await failures(updateBaskets, body)).toEqual([]);
    const baskets = await world.store.rows(TEST_TABLES.BASKETS_TABLE);
    expect(baskets.filter(({ sku }) => sku !== undefined)).toMatchObject(
      lines.map(({ sku, quantity }) => ({ sku, quantity })).toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
    );
    expect(baskets.find(({ item }) => item === 'BASKET')).toMatchObject({ version: 1 });
  });

  test('the baskets’ prices', async () => {
    expect(await failures(updateBaskets, newer({ ...ProductPriceChanged, detail: productPriceChangedSample }))).toEqual(
      [],
    );
  });
});

test('a consumer of the next version takes the events of this one, and gets all of a newer one', async () => {
  const seen: unknown[] = [];
  const take = async (detail: unknown): Promise<void> => void seen.push(detail);
  const nextVersion = eachEvent([on(newerDefinition(OrderConfirmed), take)], {
    setAside: () => Promise.reject(new Error()),
  });
  expect(await failures(nextVersion, bodyOf(events.confirmed), newer(events.confirmed))).toEqual([]);
  expect(seen).toEqual([events.confirmed.detail, newerDetail(events.confirmed.detail)]);
});

describe('a reason that a newer version added', () => {
  const ADDED = 'ADDED_LATER';
  const operator = { sub: 'operator', groups: ['admin'] };

  test('is told to the customer without the word, and without a blank mail', async () => {
    const contact = { orderId: order.orderId, customerId: order.customerId, email: 'alice@example.com' };
    await world.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, contact);
    const { cancelled } = events;
    expect(await failures(sendMail, bodyOf({ ...cancelled, detail: { ...cancelled.detail, reason: ADDED } }))).toEqual(
      [],
    );
    const { Text } = ses.mails[0]!.Content.Simple.Body;
    expect(Text.Data.split('\n')[0]).toMatch(/^We are sorry: .{20,}\.$/);
    expect(Text.Data).not.toMatch(/ADDED_LATER|undefined/);
  });

  test('goes from the order’s row through the last step of the cancellation into its event and its view', async () => {
    const { orderId } = order;
    await world.confirmed(order);
    await world.run('stopSale', order, { reason: 'CANCELLED_BY_SHOP', actor: 'operator' });
    const row = (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).find(({ item }) => item === 'ORDER');
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, reason: ADDED });
    expect(await world.run('cancel', order, { reason: ADDED })).toMatchObject({ status: 'CANCELLED', reason: ADDED });
    const stored = (await world.store.rows(TEST_TABLES.OUTBOX_TABLE)).find(({ eventId }) =>
      String(eventId).endsWith('Cancelled'),
    );
    expect(JSON.parse(String(stored?.['detail']))).toMatchObject({ reason: ADDED });
    const shown = await world.request('GET /orders/{orderId}', { params: { orderId }, caller: ALICE });
    expect(shown).toMatchObject({ status: 200, body: { status: 'CANCELLED', reason: ADDED } });
  });

  test('does not hide the other parked orders from operators', async () => {
    await world.run('create', order);
    const parking = {
      step: 'Review payment',
      errorName: 'PaymentConcern',
      since: order.placedAt,
      parkings: 1,
      heldLines: [],
    };
    await world.store.put(TEST_TABLES.ORDERS_TABLE, {
      ...parking,
      orderId: order.orderId,
      item: 'PARKED#Review payment',
      parkedState: 'OPEN',
      reason: ADDED,
      exposureMinor: 0,
      exposureCertain: true,
      currency: 'EUR',
      nextAction: 'Look at it.',
    });
    const listed = await world.request('GET /parked-orders', { caller: operator });
    expect(listed).toMatchObject({ status: 200, body: { parkedOrders: [{ orderId: order.orderId, reason: ADDED }] } });
  });
});

describe('an order command of a newer checkout', () => {
  test('starts its saga with the same bytes', async () => {
    expect(await failures(startOrderSaga, checkout(newerOrder))).toEqual([]);
    expect(started()).toEqual([
      { stateMachineArn: SAGA_MACHINE, name: order.orderId, input: canonicalJson(newerOrder) },
    ]);
  });

  test('goes through every step of this version and is cancelled with the same bytes', async () => {
    const { orderId } = newerOrder;
    await world.confirmed(newerOrder);
    expect(await world.orderRow(newerOrder)).toMatchObject({ status: 'CONFIRMED', furtherFields: ADDED_FIELD });
    const answer = await world.request('POST /orders/{orderId}/cancel', { params: { orderId }, caller: ALICE });
    expect(answer.status).toBe(202);
    const input = canonicalJson({ order: newerOrder, reason: 'CANCELLED_BY_CUSTOMER', actor: ALICE.sub });
    expect(started()).toEqual([{ stateMachineArn: CANCELLATION_MACHINE, name: `${orderId}.cancellation`, input }]);
    const cancelled = {
      ...ADDED_FIELD,
      reason: 'CANCELLED_BY_CUSTOMER',
      actor: ALICE.sub,
      releasable: 'HELD_OR_COMMITTED',
    };
    for (const task of ['stopSale', 'release', 'cancel'] as const) {
      await world.run(task, newerOrder, cancelled);
    }
    expect(await world.orderRow(newerOrder)).toMatchObject({ status: 'CANCELLED', furtherFields: ADDED_FIELD });
  });

  test('is shown to its customer without what this version does not know', async () => {
    await world.confirmed(newerOrder);
    const answer = await world.request('GET /orders/{orderId}', { params: { orderId: order.orderId }, caller: ALICE });
    expect(JSON.stringify(answer.body)).not.toContain('addedLater');
  });

  describe('that comes again', () => {
    beforeEach(() => world.stepFunctions.answer('StartExecution', () => ({ error: 'ExecutionAlreadyExists' })));

    test('is known by its hash, from the execution and then from the order’s row', async () => {
      const input = canonicalJson(newerOrder);
      world.stepFunctions.answer('DescribeExecution', () => ({ executionArn: 'arn', input }));
      expect(await failures(startOrderSaga, checkout(newerOrder))).toEqual([]);
      await world.run('create', newerOrder);
      expect(await failures(startOrderSaga, checkout(newerOrder))).toEqual([]);
      expect(await parkings()).toEqual([]);
    });

    test('with other content in an unknown field is another command, and waits for an operator', async () => {
      await world.run('create', newerOrder);
      const other = { ...newerOrder, addedLater: { note: 'Another note' } };
      expect(await failures(startOrderSaga, checkout(other), checkout(order))).toEqual([]);
      expect(await parkings()).toMatchObject([{ reason: 'IDENTITY_CONFLICT' }, { reason: 'IDENTITY_CONFLICT' }]);
    });
  });
});

test('a row that the next version wrote is read by this one: the columns stay, the new fields are in one of them', async () => {
  const { commandOf, firstRecord, OrderRecord } = await import('./orders/order-record.ts');
  const row = { ...firstRecord(newerOrder, 'PENDING', order.placedAt), columnOfTheNextVersion: 1 };
  expect(canonicalJson(commandOf(OrderRecord.parse(row)))).toBe(canonicalJson(newerOrder));
});

test('the relay publishes a newer event byte for byte, and keeps the row’s new columns', async () => {
  const { OutboxTable } = await import('./outbox/outbox-table.ts');
  const { outboxPut, OutboxRow } = await import('./platform/outbox.ts');
  const { systemClock } = await import('./platform/clock.ts');
  const item = outboxPut(TEST_TABLES.OUTBOX_TABLE, BasketCheckedOut, order, order.placedAt).Put?.Item;
  const stored = OutboxRow.parse({ ...item, detail: canonicalJson(newerOrder), columnOfTheNextVersion: 1 });
  const table = new OutboxTable({
    documents: world.store.documents,
    tableName: TEST_TABLES.OUTBOX_TABLE,
    clock: systemClock,
  });
  await table.markPublished([stored]);
  expect(await world.store.rows(TEST_TABLES.OUTBOX_TABLE)).toMatchObject([
    { detail: canonicalJson(newerOrder), columnOfTheNextVersion: 1 },
  ]);
});
