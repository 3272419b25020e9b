import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../../test/testing/builders.ts';
import { anEvent, OLD_WEBHOOK_SECRET, startPaymentWorld, type PaymentWorld } from '../testing/payments-under-test.ts';
import { inboxOf, orderAwaitingCustomer } from '../testing/waiting-order.ts';

/** What the webhook refuses, what it makes of odd events, and what it keeps of an event and for how long. */

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

const nowSeconds = () => Math.floor(Date.now() / 1000);

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
