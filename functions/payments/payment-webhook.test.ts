import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { anEvent, startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';
import { inboxOf, orderAwaitingCustomer } from './testing/waiting-order.ts';

/** What events of the provider do to a payment. What is refused, and what is kept of it, is in webhook-inbox.test.ts. */

let world: PaymentWorld;
let orders = 0;
const aNewOrder = (paymentMethodId = 'pm_card_visa') => anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });
const aWaitingOrder = () => orderAwaitingCustomer(world, aNewOrder('pm_card_threeDSecure2Required'));
const inbox = () => inboxOf(world);

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('3-D Secure', () => {
  test('the order, its event and the payment say together that the customer must confirm', async () => {
    const { order, intentId } = await aWaitingOrder();
    const url = `${world.sandbox.url}/_sandbox/confirmation/${intentId}`;
    expect(world.aws.answers).toEqual([]);
    expect(await world.payment(order)).toMatchObject({
      state: 'AWAITING_CUSTOMER',
      confirmationUrl: url,
      openState: 'OPEN',
      openSince: expect.any(String) as string,
    });
    const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    expect(rows.find((row) => row['item'] === 'ORDER')).toMatchObject({ status: 'AWAITING_CUSTOMER' });
    const events = await world.store.rows(TEST_TABLES.OUTBOX_TABLE);
    const asked = events.find((row) => row['detailType'] === PaymentActionRequired.detailType);
    expect(JSON.parse(asked?.['detail'] as string)).toMatchObject({ orderId: order.orderId, confirmationUrl: url });
  });

  test('a confirmation charges the order and answers its token', async () => {
    const { order, intentId, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    expect(await world.webhook(event)).toEqual({ statusCode: 200, body: { outcome: 'MATCHED' } });
    const output = { paymentIntentId: intentId, customerWasAsked: true };
    expect(world.aws.answers).toEqual([{ token: 'token-1', output }]);
    const row = await world.payment(order);
    expect(row).toMatchObject({ state: 'CHARGED' });
    expect(row).not.toHaveProperty('openState');
    expect(await inbox()).toMatchObject([{ providerEventId: event.id, state: 'MATCHED', orderId: order.orderId }]);
  });

  test('a confirmation that fails declines the payment', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'fail');
    await world.webhook({ ...event, type: 'payment_intent.payment_failed' });
    expect(world.aws.answers).toEqual([
      { token: 'token-1', error: 'PaymentDeclined', cause: 'payment_intent_authentication_failure' },
    ]);
    expect(await world.payment(order)).toMatchObject({ state: 'DECLINED' });
  });

  test('an attempt repeated meanwhile brings its own token and asks the customer once (F53, F64)', async () => {
    const { order, event } = await aWaitingOrder();
    expect(await world.charge(order, 'token-2')).toMatchObject({ state: 'AWAITING_CUSTOMER' });
    await world.customer(order, 'confirm');
    await world.webhook(event);
    expect(world.aws.answers).toMatchObject([{ token: 'token-2', output: {} }]);
    const events = await world.store.rows(TEST_TABLES.OUTBOX_TABLE);
    expect(events.filter((row) => row['detailType'] === PaymentActionRequired.detailType)).toHaveLength(1);
  });

  test('a confirmation that an attempt finds first settles it, and the webhook changes nothing (F54)', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toMatchObject([{ token: 'token-2', output: {} }]);
    expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test('two attempts at once ask the customer once and leave the payment open', async () => {
    const order = aNewOrder('pm_card_threeDSecure2Required');
    await world.createOrder(order);
    const ended = await Promise.allSettled([world.charge(order, 'token-1'), world.charge(order, 'token-2')]);
    expect(ended.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await world.payment(order)).toMatchObject({ state: 'AWAITING_CUSTOMER', openState: 'OPEN' });
    expect(world.aws.answers).toEqual([]);
  });

  test('an amount that is not the order’s is not shown to the customer (F49)', async () => {
    const order = aNewOrder('pm_card_threeDSecure2Required');
    await world.createOrder(order);
    await world.arm(
      { kind: 'wrongAmount', operation: 'confirm', orderId: order.orderId },
      { kind: 'wrongAmount', operation: 'retrieve', orderId: order.orderId },
    );
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'AmountMismatch' });
    expect(await world.payment(order)).toMatchObject({ state: 'REQUESTED' });
  });

  test('an order stopped before the customer was asked is not asked any more', async () => {
    const order = aNewOrder('pm_card_threeDSecure2Required');
    await world.createOrder(order);
    const row = (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).find(({ item }) => item === 'ORDER');
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, status: 'CANCELLING', reason: 'CANCELLED_BY_CUSTOMER' });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'OrderStopped' });
    expect(await world.payment(order)).toMatchObject({ state: 'REQUESTED' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('any order, any number of times', () => {
  test('a webhook before any of our rows is kept unmatched, and the charge goes its way (F54, F58)', async () => {
    const order = aNewOrder();
    expect(await world.webhook(anEvent(order, 'pi_not_ours'))).toEqual({
      statusCode: 200,
      body: { outcome: 'UNMATCHED' },
    });
    expect(await inbox()).toMatchObject([{ state: 'UNMATCHED', reason: 'UNKNOWN_INTENT' }]);
    await world.charge(order);
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test('a webhook while the charge is under way completes it; the attempt then finds it done (F54)', async () => {
    const order = aNewOrder();
    await world.arm(
      { kind: 'dropAfter', operation: 'confirm', orderId: order.orderId, count: 2 },
      { kind: 'unavailable', operation: 'retrieve', orderId: order.orderId },
    );
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await world.webhook(anEvent(order, (await world.intents(order))[0]!.id));
    expect(world.aws.answers).toMatchObject([{ token: 'token-1', output: {} }]);
    expect(await world.charge(order, 'token-2')).toMatchObject({ state: 'CHARGED' });
    expect(world.aws.answers.at(-1)).toMatchObject({ token: 'token-2', output: {} });
  });

  test('the same event twice, or twice at once, is one transition and always 200 (F55)', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    const both = await Promise.all([world.webhook(event), world.webhook(event)]);
    expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(await world.webhook(event)).toEqual({ statusCode: 200, body: { outcome: 'MATCHED' } });
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
    expect(await inbox()).toHaveLength(1);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('another event of the same outcome, and an older one that comes later, change nothing (F55, F56)', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    await world.webhook(event);
    const settled = await world.payment(order);
    for (const type of ['payment_intent.succeeded', 'payment_intent.processing', 'payment_intent.payment_failed']) {
      expect(await world.webhook({ ...event, id: `evt_${type.replace('.', '_')}`, type })).toMatchObject({
        statusCode: 200,
      });
    }
    expect(await world.payment(order)).toEqual(settled);
    expect(world.aws.answers).toHaveLength(1);
  });

  test.each([
    ['a charge', 'pm_card_visa', 'CHARGED', 'payment_intent.succeeded'],
    ['a charge, told late', 'pm_card_visa', 'CHARGED', 'payment_intent.payment_failed'],
    ['a decline', 'pm_card_chargeDeclined', 'DECLINED', 'payment_intent.payment_failed'],
    ['a decline, given up at the provider', 'pm_card_chargeDeclined', 'DECLINED', 'payment_intent.canceled'],
  ])('%s that was answered at once is no news: nothing is asked, written or kept', async (_name, card, state, type) => {
    const order = aNewOrder(card);
    await world.charge(order);
    const before = await world.payment(order);
    expect(before).toMatchObject({ state });
    const [intent] = await world.intents(order);
    await world.arm({ kind: 'unavailable', operation: 'retrieve', orderId: order.orderId, count: 9 });
    const answers = world.aws.answers.length;
    expect(await world.webhook({ ...anEvent(order, intent!.id), type })).toMatchObject({
      body: { outcome: 'MATCHED' },
    });
    expect(await inbox()).toEqual([]);
    expect(await world.payment(order)).toEqual(before);
    expect(world.aws.answers).toHaveLength(answers);
  });

  test('money for a declined payment is news, whatever the row says', async () => {
    const order = aNewOrder();
    await world.createOrder(order);
    await world.charge(order);
    const [intent] = await world.intents(order);
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...(await world.payment(order)), state: 'DECLINED' });
    expect(await world.webhook(anEvent(order, intent!.id))).toMatchObject({ statusCode: 200 });
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
  });

  test('succeeded after refunded is no transition', async () => {
    const order = aNewOrder();
    await world.charge(order);
    const { paymentIntentId } = (await world.refund(order)) as { paymentIntentId: string };
    expect(await world.webhook(anEvent(order, paymentIntentId))).toMatchObject({ statusCode: 200 });
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
  });

  test('a confirmation as the order is given up ends charged and refunded, or cancelled; never kept (F62)', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    await Promise.all([world.webhook(event), world.refund(order)]);
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
    expect((await world.ledger(order)).filter((row) => row === 'REFUND' || row === 'CAPTURE')).toEqual([
      'CAPTURE',
      'REFUND',
    ]);
  });

  test('money that arrives for a cancelled payment goes back by itself (F63)', async () => {
    const { order, intentId, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    const row = await world.payment(order);
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...row, state: 'CANCELLED' });
    expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED', paymentIntentId: intentId });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE', 'REFUND']);
  });

  test('a token nobody waits on any more is still 200 (F60)', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    world.aws.failures.push({ name: 'TaskTimedOut', statusCode: 400 });
    expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test('an event whose work was cut off is worked through when it is sent again', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    await world.arm({ kind: 'unavailable', operation: 'retrieve', orderId: order.orderId });
    expect(await world.webhook(event)).toMatchObject({ statusCode: 503 });
    expect(await inbox()).toEqual([]);
    expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });
});

test('an event about which calls come too fast to ask is a 503, and is dealt with when it is sent again', async () => {
  const { order, event } = await aWaitingOrder();
  await world.customer(order, 'confirm');
  await world.arm({ kind: 'rateLimited', operation: 'retrieve', orderId: order.orderId });
  const answer = await world.webhook(event);
  expect(answer).toMatchObject({ statusCode: 503, body: { type: 'urn:shop:problem:PROVIDER_UNAVAILABLE' } });
  expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
  expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
});

test('an event that meets a busy store is a 503, and is dealt with when it is sent again', async () => {
  const { order, event } = await aWaitingOrder();
  await world.customer(order, 'confirm');
  const { dynamoDb } = await import('../platform/document-client.ts');
  const refusal = Object.assign(new Error('Transaction is ongoing for the item'), {
    name: 'TransactionConflictException',
  });
  dynamoDb.middlewareStack.add(() => () => Promise.reject(refusal), { step: 'deserialize', name: 'busy' });
  const answer = await world.webhook(event);
  dynamoDb.middlewareStack.remove('busy');
  expect(answer).toMatchObject({ statusCode: 503, body: { type: 'urn:shop:problem:STORE_BUSY' } });
  expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
  expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
});
