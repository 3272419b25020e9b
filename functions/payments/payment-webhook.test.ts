import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { anEvent, OLD_WEBHOOK_SECRET, startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

let world: PaymentWorld;
let orders = 0;
const aNewOrder = (paymentMethodId = 'pm_card_visa') => anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

/** An order that waits for its customer. */
async function aWaitingOrder() {
  const order = aNewOrder('pm_card_threeDSecure2Required');
  await world.createOrder(order);
  await world.charge(order);
  const intentId = (await world.intents(order))[0]!.id;
  return { order, intentId, event: anEvent(order, intentId) };
}

const inbox = () => world.store.rows(TEST_TABLES.WEBHOOK_INBOX_TABLE);
const nowSeconds = () => Math.floor(Date.now() / 1000);

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
    expect(world.aws.answers).toEqual([{ token: 'token-1', output: { paymentIntentId: intentId } }]);
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

describe('what is not from the provider is refused without a look at the store (F57)', () => {
  test.each([
    ['no signature', { signature: '' }],
    ['another secret', { secret: 'whsec_forged' }],
    ['a timestamp 301 s old', { epochSeconds: nowSeconds() - 301 - 1 }],
    ['a timestamp an hour ahead', { epochSeconds: nowSeconds() + 3_600 }],
    ['a signature that is not hex', { signature: `t=${nowSeconds()},v1=${'z'.repeat(64)}` }],
    ['a header of nonsense', { signature: 'a=b,,=,t=,v1=' }],
  ])('%s', async (_name, options) => {
    const answer = await world.webhook(anEvent(aNewOrder(), 'pi_1'), options);
    expect(answer).toMatchObject({
      statusCode: 401,
      body: { code: 'SIGNATURE_INVALID', requestId: 'request-1' },
    });
    expect(await inbox()).toEqual([]);
  });

  test('the secret before the present one is still accepted while both are kept', async () => {
    const answer = await world.webhook(anEvent(aNewOrder(), 'pi_1'), { secret: OLD_WEBHOOK_SECRET });
    expect(answer).toMatchObject({ statusCode: 200 });
  });
});

describe('authentic but of no use (corpus)', () => {
  test.each([
    ['text', 'hello'],
    ['an array', '[]'],
    ['JSON that is no event', '{"id":"evt_1"}'],
    ['an id with illegal characters', JSON.stringify({ ...anEvent(anOrder(), 'pi_1'), id: '../../x' })],
  ])('%s is refused and kept as unmatched', async (_name, rawBody) => {
    expect(await world.webhook(undefined, { rawBody })).toMatchObject({ statusCode: 400 });
    expect(await inbox()).toMatchObject([
      { state: 'UNMATCHED', reason: 'UNREADABLE', bytes: Buffer.byteLength(rawBody) },
    ]);
  });

  test('its words are not kept, because they may be anybody’s name and address; its id is', async () => {
    const rawBody = '{"id":"evt_1AbCdEfGh","billing_details":{"name":"Carla Canarybird","email":"carla@example.com"}}';
    await world.webhook(undefined, { rawBody });
    const kept = await inbox();
    expect(kept).toMatchObject([{ claimedEventId: 'evt_1AbCdEfGh' }]);
    expect(JSON.stringify(kept)).not.toMatch(/carla/i);
  });

  test('any API version is read, because only ids are taken from an event', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    for (const [n, api_version] of ['2020-03-02', '2031-01-01.zinnia', null].entries()) {
      const answer = await world.webhook({ ...event, id: `evt_${n}`, api_version });
      expect(answer).toEqual({ statusCode: 200, body: { outcome: 'MATCHED' } });
    }
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test('an event about something else is kept unmatched', async () => {
    const event = anEvent(aNewOrder(), 'cus_1', {
      type: 'customer.created',
      data: { object: { id: 'cus_1', object: 'customer' } },
    });
    expect(await world.webhook(event)).toMatchObject({ statusCode: 200 });
    expect(await inbox()).toMatchObject([{ state: 'UNMATCHED', reason: 'UNUSED_TYPE' }]);
  });

  test('an intent that is not the one of its order’s payment touches nothing (F58)', async () => {
    const { order } = await aWaitingOrder();
    const response = await fetch(`${world.sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_sandbox' },
      body: `amount=${order.totalMinor}&currency=eur&confirm=true&payment_method=pm_card_visa&metadata[orderId]=${order.orderId}`,
    });
    const { id } = (await response.json()) as { id: string };
    const before = await world.payment(order);
    expect(await world.webhook(anEvent(order, id))).toEqual({ statusCode: 200, body: { outcome: 'UNMATCHED' } });
    expect(await inbox()).toMatchObject([{ state: 'UNMATCHED', reason: 'NO_PAYMENT' }]);
    expect(await world.payment(order)).toEqual(before);
    expect(world.aws.answers).toEqual([]);
  });

  test('an order id that the intent does not have: the intent wins and a person is told', async () => {
    const { order, intentId, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    const object = { id: intentId, object: 'payment_intent', metadata: { orderId: anOrderId(999) } };
    expect(await world.webhook({ ...event, data: { object } })).toMatchObject({ body: { outcome: 'PARKED' } });
    expect(await inbox()).toMatchObject([{ state: 'PARKED', reason: 'ORDER_MISMATCH', orderId: order.orderId }]);
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test('an amount that is not the order’s is parked, and the workflow told (F49)', async () => {
    const { order, event } = await aWaitingOrder();
    await world.customer(order, 'confirm');
    await world.arm({ kind: 'wrongAmount', operation: 'retrieve', orderId: order.orderId, count: 2 });
    expect(await world.webhook(event)).toMatchObject({ body: { outcome: 'PARKED' } });
    expect(world.aws.answers).toMatchObject([{ error: 'AmountMismatch' }]);
    expect(await world.payment(order)).toMatchObject({ state: 'AWAITING_CUSTOMER' });
  });

  test('a body beyond any event is refused', async () => {
    const answer = await world.webhook(undefined, { rawBody: 'x'.repeat(262_145) });
    expect(answer).toMatchObject({ statusCode: 413 });
  });
});

test.each<[string, string, () => Promise<unknown>]>([
  ['matched', 'MATCHED', async () => world.webhook((await aWaitingOrder()).event)],
  ['about nothing of ours', 'UNMATCHED', () => world.webhook(anEvent(aNewOrder(), 'pi_nobody'))],
  ['nobody can read', 'UNMATCHED', () => world.webhook(undefined, { rawBody: 'hello' })],
])('an event that is %s is remembered as long as the deployment says', async (_what, state, tell) => {
  const days = Number(process.env['DELIVERIES_KEPT_DAYS']) * 24 * 60 * 60;
  const before = Math.floor(Date.now() / 1000);
  await tell();
  const [row] = await inbox();
  expect(row).toMatchObject({ state });
  const keptSeconds = Number(row!['expiresAtEpochSeconds']) - days;
  expect(keptSeconds).toBeGreaterThanOrEqual(before);
  expect(keptSeconds).toBeLessThanOrEqual(Date.now() / 1000);
});

test('the inbox keeps ids and nothing that an event says about a person', async () => {
  const event = anEvent(aNewOrder(), 'pi_1');
  const object = { ...event.data.object, receipt_email: 'alice@example.com', last4: '4242' };
  await world.webhook({ ...event, data: { object } });
  expect(JSON.stringify(await inbox())).not.toMatch(/alice|4242/);
});
