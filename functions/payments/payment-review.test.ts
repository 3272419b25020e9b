import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { anEvent, startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** What follows a charge, played at the provider and told by its events. */

let world: PaymentWorld;
let orders = 0;
let events = 0;

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

/** An order that is charged; its row stands, so that it can be parked. */
async function aChargedOrder(paymentMethodId = 'pm_card_visa') {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });
  await world.createOrder(order);
  await world.charge(order);
  return { order, intentId: (await world.intents(order))[0]!.id };
}

/** What somebody else does at the provider. */
async function others<Answer = { id: string }>(path: string, body: object = {}): Promise<Answer> {
  const url = `${world.sandbox.url}/_sandbox/${path}`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status, path).toBe(200);
  return (await response.json()) as Answer;
}

/** The provider tells of it: with the intent, and without the order. */
const told = (intentId: string, type: string, object = 'refund') =>
  world.webhook({
    id: `evt_${(events += 1)}`,
    type,
    data: { object: { id: 'other_1', object, payment_intent: intentId } },
  });

const parked = async (order: BasketCheckedOut) =>
  (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).find(
    (row) => row['orderId'] === order.orderId && String(row['item']).startsWith('PARKED#'),
  );

describe('a refund that the provider had taken on', () => {
  test.each(['refund.failed', 'refund.updated', 'charge.refund.updated'])(
    'and that fails later parks its order with what is open (%s)',
    async (type) => {
      const { order, intentId } = await aChargedOrder();
      const { refundId } = (await world.refund(order)) as { refundId: string };
      await others(`refunds/${refundId}/settle`, { status: 'failed' });
      expect(await told(intentId, type)).toEqual({ statusCode: 200, body: { outcome: 'MATCHED' } });
      expect(await world.payment(order)).toMatchObject({ state: 'REFUND_FAILED', refundId });
      expect(await parked(order)).toMatchObject({
        step: 'Failed refund',
        reason: 'REFUND_FAILED',
        exposureMinor: order.totalMinor,
        exposureCertain: true,
        particulars: { failedRefund: refundId },
      });
    },
  );

  test('is told of often, and parked once', async () => {
    const { order, intentId } = await aChargedOrder();
    const { refundId } = (await world.refund(order)) as { refundId: string };
    await others(`refunds/${refundId}/settle`, { status: 'failed' });
    for (const type of ['refund.failed', 'refund.updated', 'charge.refund.updated']) await told(intentId, type);
    expect(await parked(order)).toMatchObject({ parkings: 1 });
  });

  test('and was settled by hand is not shown again, whatever else the provider tells of it', async () => {
    const { order, intentId } = await aChargedOrder();
    const { refundId } = (await world.refund(order)) as { refundId: string };
    await others(`refunds/${refundId}/settle`, { status: 'failed' });
    await told(intentId, 'refund.failed');
    const row = await parked(order);
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, parkedState: 'CLOSED' });
    await told(intentId, 'refund.updated');
    expect(await parked(order)).toMatchObject({ parkings: 1, parkedState: 'CLOSED' });
  });

  test('and that was pending ends without a word to anybody', async () => {
    const { order, intentId } = await aChargedOrder('pm_card_pendingRefund');
    const { refundId } = (await world.refund(order)) as { refundId: string };
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
    await others(`refunds/${refundId}/settle`, { status: 'succeeded' });
    await told(intentId, 'refund.updated');
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
    expect(await parked(order)).toBeUndefined();
  });

  test('and failed is made again, under a key of its own', async () => {
    const { order, intentId } = await aChargedOrder();
    const first = (await world.refund(order)) as { refundId: string };
    await others(`refunds/${first.refundId}/settle`, { status: 'failed' });
    await told(intentId, 'refund.failed');
    const second = (await world.refund(order)) as { refundId: string };
    expect(second.refundId).not.toBe(first.refundId);
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED', refundId: second.refundId });
    expect(await world.keys(order)).toContain(`${order.orderId}:refund:2`);
  });

  test('failed, and was made good in the dashboard: nothing is open', async () => {
    const { order, intentId } = await aChargedOrder();
    const { refundId } = (await world.refund(order)) as { refundId: string };
    await others(`refunds/${refundId}/settle`, { status: 'failed' });
    await others(`intents/${intentId}/refund`);
    await told(intentId, 'refund.failed');
    expect(await parked(order)).toBeUndefined();
  });
});

describe('a part that was given back in the dashboard', () => {
  test('is not given back again: the rest is', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/refund`, { amountMinor: 300 });
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    const amounts = await world.refundsOf(order);
    expect(amounts).toEqual([300, order.totalMinor - 300]);
  });

  test('also when an earlier refund of ours was of the whole, and failed', async () => {
    const { order, intentId } = await aChargedOrder();
    await world.arm({ kind: 'error500Before', operation: 'refund', orderId: order.orderId });
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await others(`intents/${intentId}/refund`, { amountMinor: 300 });
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect(await world.refundsOf(order)).toEqual([300, order.totalMinor - 300]);
  });

  test('is noted, and does not hold the order', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/refund`, { amountMinor: 300 });
    await told(intentId, 'charge.refunded', 'charge');
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED', refundedMinor: 300 });
    expect(await world.payment(order)).not.toHaveProperty('hold');
    expect(await parked(order)).toBeUndefined();
  });

  test('of the whole leaves nothing to refund', async () => {
    const { order, intentId } = await aChargedOrder();
    const { id } = await others(`intents/${intentId}/refund`);
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded', refundId: id });
    expect(await world.refundsOf(order)).toEqual([order.totalMinor]);
  });
});

describe('an order is held and shown to an operator', () => {
  const cases: [string, string, object, string, string][] = [
    ['a dispute', 'dispute', {}, 'charge.dispute.created', 'DISPUTED'],
    ['an inquiry', 'dispute', { status: 'warning_needs_response' }, 'charge.dispute.created', 'DISPUTED'],
    ['a warning', 'fraud-warning', {}, 'radar.early_fraud_warning.created', 'FRAUD_SUSPECTED'],
    ['a full refund in the dashboard', 'refund', {}, 'charge.refunded', 'REFUNDED_BY_OTHERS'],
  ];
  const REASONS: Readonly<Record<string, string>> = { DISPUTED: 'PAYMENT_DISPUTED' };

  test.each(cases)('after %s', async (_what, action, command, type, hold) => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/${action}`, command);
    await told(intentId, type, 'dispute');
    await told(intentId, type, 'dispute');
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED', hold });
    expect(await parked(order)).toMatchObject({
      step: 'Review payment',
      reason: REASONS[hold] ?? hold,
      parkings: 1,
      exposureMinor: 0,
    });
  });

  test('but not after a dispute that was won', async () => {
    const { order, intentId } = await aChargedOrder();
    const { id } = await others(`intents/${intentId}/dispute`);
    await others(`disputes/${id}`, { status: 'won' });
    await told(intentId, 'charge.dispute.closed', 'dispute');
    expect(await world.payment(order)).not.toHaveProperty('hold');
    expect(await parked(order)).toBeUndefined();
  });

  test('and not when its money goes back anyway', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/fraud-warning`);
    await world.refund(order);
    await told(intentId, 'radar.early_fraud_warning.created', 'radar.early_fraud_warning');
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
    expect(await parked(order)).toBeUndefined();
  });

  test('of a dispute after our refund, with nothing held: the order goes nowhere', async () => {
    const { order, intentId } = await aChargedOrder();
    await world.refund(order);
    const { id } = await others(`intents/${intentId}/dispute`);
    await told(intentId, 'charge.dispute.created', 'dispute');
    await told(intentId, 'charge.dispute.created', 'dispute');
    expect(await world.payment(order)).not.toHaveProperty('hold');
    expect(await parked(order)).toMatchObject({
      step: 'Review payment',
      reason: 'PAYMENT_DISPUTED',
      parkings: 1,
      exposureMinor: 0,
      nextAction: expect.stringContaining('a second time') as string,
      particulars: { disputes: `${id} open`, givenBackMinor: String(order.totalMinor) },
    });
  });

  test('a provider that cannot be asked is to send the event again', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/dispute`);
    await world.arm({ kind: 'unavailable', operation: 'listDisputes', orderId: order.orderId });
    expect(await told(intentId, 'charge.dispute.created', 'dispute')).toMatchObject({ statusCode: 503 });
  });
});

describe('events that are about nothing of ours are taken all the same', () => {
  test.each([
    ['no object id', { object: 'balance', available: [] }],
    ['no object', undefined],
    ['metadata that are no texts', { id: 'cus_1', object: 'customer', metadata: { orderId: 7 } }],
    ['a payment intent that nobody knows', { id: 'pi_1', object: 'payment_intent' }],
    ['an expanded payment intent', { id: 'ch_1', object: 'charge', payment_intent: { id: 'pi_1' } }],
  ])('%s', async (_what, object) => {
    const event = { id: `evt_${(events += 1)}`, type: 'something.new', ...(object && { data: { object } }) };
    expect(await world.webhook(event)).toEqual({ statusCode: 200, body: { outcome: 'UNMATCHED' } });
    expect(await world.webhook(event)).toEqual({ statusCode: 200, body: { outcome: 'DUPLICATE' } });
  });

  test.each([
    ['that waits for its customer without a page', 'payment_method=pm_card_threeDSecure2Required&confirm=true'],
    ['without a method', ''],
    ['that is charged', 'payment_method=pm_card_visa&confirm=true'],
  ])('another program’s intent %s', async (_what, more) => {
    const body = `amount=500&currency=usd&${more}`.replace(/&$/, '');
    const headers = { authorization: 'Bearer sk_test_sandbox' };
    const made = await fetch(`${world.sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
    const { id } = (await made.json()) as { id: string };
    const event = anEvent(anOrder({ orderId: anOrderId((orders += 1)) }), id);
    expect(await world.webhook(event)).toEqual({ statusCode: 200, body: { outcome: 'UNMATCHED' } });
  });
});

describe('a charge that was made before its order exists', () => {
  async function chargedElsewhere(order: BasketCheckedOut, amountMinor = order.totalMinor): Promise<string> {
    const body = `amount=${amountMinor}&currency=eur&confirm=true&payment_method=pm_card_visa&metadata[orderId]=${order.orderId}`;
    const headers = { authorization: 'Bearer sk_test_sandbox' };
    const made = await fetch(`${world.sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
    const { id } = (await made.json()) as { id: string };
    await world.webhook(anEvent(order, id));
    return id;
  }

  test('is found when the order comes, and nothing is charged again', async () => {
    const order = anOrder({ orderId: anOrderId((orders += 1)) });
    const intentId = await chargedElsewhere(order);
    await world.charge(order, 'token-1', 0);
    expect(world.aws.answers).toEqual([{ token: 'token-1', output: { paymentIntentId: intentId } }]);
    const ledger = await world.ledger(order);
    expect(ledger.filter((row) => row === 'CAPTURE')).toHaveLength(1);
    expect(ledger.at(-1)).toBe('CANCEL');
  });

  test('of another amount is for a person', async () => {
    const order = anOrder({ orderId: anOrderId((orders += 1)) });
    await chargedElsewhere(order, order.totalMinor + 1);
    await expect(world.charge(order, 'token-1', 0)).rejects.toMatchObject({ name: 'AmountMismatch' });
    expect(world.aws.answers).toEqual([]);
  });
});
