import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { MAX_METHODS } from './ledger/retry-window.ts';
import { anEvent, startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

let world: PaymentWorld;
let orders = 0;

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const NO_FUNDS = 'pm_card_chargeDeclinedInsufficientFunds';
const NEEDS_BANK = 'pm_card_threeDSecure2Required';

/** An order whose first method was tried. */
async function anOrderPaidWith(paymentMethodId: string, changes: Parameters<typeof anOrder>[0] = {}) {
  const order = anOrder({
    orderId: anOrderId((orders += 1)),
    paymentMethodId,
    allowPaymentRetry: true,
    ...changes,
  });
  await world.createOrder(order);
  await world.charge(order);
  return order;
}
type Order = Awaited<ReturnType<typeof anOrderPaidWith>>;

const rowsOf = async (table: string, { orderId }: Order) =>
  (await world.store.rows(table)).filter((row) => row['orderId'] === orderId);
const orderRow = async (order: Order) =>
  (await rowsOf(TEST_TABLES.ORDERS_TABLE, order)).find(({ item }) => item === 'ORDER');
const eventsOf = async (order: Order) =>
  (await rowsOf(TEST_TABLES.OUTBOX_TABLE, order))
    .toSorted((a, b) => Number(a['seq']) - Number(b['seq']))
    .map(({ eventId }) => String(eventId).replace(`${order.orderId}.`, ''));
const captures = async (order: Order) => (await world.ledger(order)).filter((row) => row === 'CAPTURE').length;
const change = async (order: Order, fields: Record<string, unknown>) =>
  world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...(await world.payment(order)), ...fields });

test('who waited for the provider’s limit has as long to pay again as anybody else', async () => {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId: NO_FUNDS, allowPaymentRetry: true });
  await world.createOrder(order);
  await world.arm({ kind: 'rateLimited', operation: 'confirm', orderId: order.orderId });
  await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentRateLimited' });
  await change(order, { retryUntil: new Date(Date.now() - 1).toISOString() });
  await world.charge(order, 'token-2', 1);
  expect(await world.payment(order)).toMatchObject({ state: 'AWAITING_CUSTOMER', waitsFor: 'ANOTHER_METHOD' });
  expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 200, body: { outcome: 'PAID' } });
});

describe('after a decline', () => {
  test('the order waits for another method, and the workflow is told nothing', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    expect(world.aws.answers).toEqual([]);
    expect(await world.payment(order)).toMatchObject({
      state: 'AWAITING_CUSTOMER',
      waitsFor: 'ANOTHER_METHOD',
      declineCode: 'insufficient_funds',
    });
    expect(await orderRow(order)).toMatchObject({ status: 'AWAITING_CUSTOMER', customerAction: 'PAY_AGAIN' });
    expect(await eventsOf(order)).toEqual(['OrderPlaced', 'PaymentMethodRequired.1']);
  });

  test('another method pays the same intent, once, and the first token gets the answer', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    const paid = await world.payAgain(order, 'pm_card_visa');
    expect(paid).toMatchObject({ status: 200, body: { outcome: 'PAID' } });
    expect(await world.payAgain(order, 'pm_card_visa')).toEqual(paid);
    expect(world.aws.answers).toMatchObject([{ token: 'token-1', output: {} }]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE failed', 'CAPTURE']);
    expect(await world.intents(order)).toHaveLength(1);
    expect(await world.keys(order)).toEqual(
      ['intent:1', 'confirm:1', 'confirm-2:1'].map((key) => `${order.orderId}:${key}`),
    );
  });

  test('a method that the provider does not know costs nothing, and another one pays', async () => {
    const order = await anOrderPaidWith('pm_card_of_nobody');
    expect(await world.payment(order)).toMatchObject({ waitsFor: 'ANOTHER_METHOD', declineCode: 'resource_missing' });
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 200 });
    expect(await captures(order)).toBe(1);
  });

  test('a second decline is told, and leaves the order waiting', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    expect(await world.payAgain(order, 'pm_card_chargeDeclinedExpiredCard')).toMatchObject({
      status: 402,
      body: { code: 'PAYMENT_DECLINED', declineCode: 'expired_card', methodsLeft: MAX_METHODS - 2 },
    });
    expect(await orderRow(order)).toMatchObject({ declineCode: 'expired_card' });
    expect(await eventsOf(order)).toEqual(['OrderPlaced', 'PaymentMethodRequired.1', 'PaymentMethodRequired.2']);
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 200 });
  });

  test('a method that the bank must confirm is announced with its page, and its failure asks for another', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    const asked = await world.payAgain(order, NEEDS_BANK);
    expect(asked).toMatchObject({ body: { outcome: 'CONFIRMATION_REQUIRED', confirmationUrl: expect.any(String) } });
    expect(await world.payAgain(order, NEEDS_BANK)).toEqual(asked);
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_UNDER_WAY' },
    });
    expect(await orderRow(order)).toMatchObject({ customerAction: 'CONFIRM' });
    await world.customer(order, 'fail');
    await world.poll();
    expect(await orderRow(order)).toMatchObject({
      customerAction: 'PAY_AGAIN',
      declineCode: 'payment_intent_authentication_failure',
    });
    expect(await eventsOf(order)).toEqual([
      'OrderPlaced',
      'PaymentMethodRequired.1',
      'PaymentActionRequired.2',
      'PaymentMethodRequired.2',
    ]);
    await world.payAgain(order, 'pm_card_visa');
    expect(world.aws.answers).toMatchObject([{ token: 'token-1', output: {} }]);
  });

  test('a first method that fails at the bank asks for another too', async () => {
    const order = await anOrderPaidWith(NEEDS_BANK);
    await world.customer(order, 'fail');
    const [intent] = await world.intents(order);
    await world.webhook(anEvent(order, intent!.id, { type: 'payment_intent.payment_failed' }));
    expect(world.aws.answers).toEqual([]);
    expect(await world.payment(order)).toMatchObject({ waitsFor: 'ANOTHER_METHOD' });
  });
});

describe('the order ends at the decline', () => {
  test('when its client did not ask for retries', async () => {
    const order = await anOrderPaidWith(NO_FUNDS, { allowPaymentRetry: undefined });
    expect(world.aws.answers).toMatchObject([{ error: 'PaymentDeclined', cause: 'insufficient_funds' }]);
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_NOT_AWAITED' },
    });
  });

  test('when the card is taken for stolen, of which the customer is not told', async () => {
    await anOrderPaidWith('pm_card_visa_chargeDeclinedStolenCard');
    expect(world.aws.answers).toMatchObject([{ error: 'PaymentDeclined', cause: 'generic_decline' }]);
    const order = await anOrderPaidWith(NO_FUNDS);
    expect(await world.payAgain(order, 'pm_card_visa_chargeDeclinedStolenCard')).toMatchObject({
      status: 402,
      body: { declineCode: 'generic_decline', methodsLeft: 0 },
    });
  });

  test('when every method that one order may try was declined', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    const codes = ['expired_card', 'incorrect_cvc', 'processing_error', 'do_not_honor'];
    for (const code of codes) await world.payAgain(order, `pm_card_declined_${code}`);
    expect(world.aws.answers).toMatchObject([{ error: 'PaymentDeclined', cause: 'do_not_honor' }]);
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 409 });
    expect(await captures(order)).toBe(0);
  });

  test('when no time is left for another attempt', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    await change(order, { retryUntil: new Date(Date.now() - 1).toISOString() });
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_NOT_AWAITED' },
    });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE failed']);
  });
});

describe('one order is paid once', () => {
  test('when two methods are tried at the same time: one is asked for, the other refused (F85)', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    const answers = await Promise.all([world.payAgain(order, 'pm_card_visa'), world.payAgain(order, 'pm_card_amex')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await captures(order)).toBe(1);
  });

  test('when one request comes twice at the same time: both get its answer', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    const answers = await Promise.all([world.payAgain(order, 'pm_card_visa'), world.payAgain(order, 'pm_card_visa')]);
    // Of one that the provider still works on nobody knows yet: it is sent again.
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 200 });
    expect(await captures(order)).toBe(1);
  });

  test('when the answer of the provider is lost: the same attempt is asked for again (F86)', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    await world.arm({ kind: 'dropBefore', operation: 'confirm', orderId: order.orderId, count: 2 });
    const unknown = await world.payAgain(order, 'pm_card_visa');
    expect(unknown).toMatchObject({ status: 503 });
    expect(await world.payAgain(order, 'pm_card_amex')).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_UNDER_WAY' },
    });
    // The provider still shows the decline of the first method: not that of this one.
    await world.poll();
    expect(await world.payment(order)).toMatchObject({ waitsFor: 'PROVIDER', methodsTried: 2 });
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 200 });
    expect(await captures(order)).toBe(1);
  });

  test('when calls come too fast for the provider: it says so, and the same request pays a moment later', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    await world.arm({ kind: 'rateLimited', operation: 'confirm', orderId: order.orderId });
    const refused = await world.payAgain(order, 'pm_card_visa');
    expect(refused).toMatchObject({ status: 503, body: { code: 'PROVIDER_BUSY' }, headers: { 'retry-after': '1' } });
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 200 });
    expect(await captures(order)).toBe(1);
  });

  test('when an attempt died: another method may follow, and both confirm one intent', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    await world.arm({ kind: 'dropBefore', operation: 'confirm', orderId: order.orderId, count: 2 });
    await world.payAgain(order, 'pm_card_visa');
    await change(order, { triedAt: new Date(Date.now() - 31_000).toISOString() });
    expect(await world.payAgain(order, 'pm_card_amex')).toMatchObject({ status: 200 });
    expect(await world.keys(order)).toContain(`${order.orderId}:confirm-3:1`);
    expect(await captures(order)).toBe(1);
  });

  test('when the event of the first decline comes late: it ends nothing (F87)', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    const [intent] = await world.intents(order);
    await world.arm({ kind: 'dropBefore', operation: 'confirm', orderId: order.orderId, count: 2 });
    await world.payAgain(order, 'pm_card_visa');
    const late = anEvent(order, intent!.id, { type: 'payment_intent.payment_failed' });
    expect(await world.webhook(late)).toMatchObject({ statusCode: 200 });
    await world.payAgain(order, 'pm_card_visa');
    await world.webhook({ ...late, id: 'evt_later' });
    expect(world.aws.answers).toMatchObject([{ output: {} }]);
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test('when the order is given up meanwhile: what was taken goes back (F88)', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    await world.store.put(TEST_TABLES.ORDERS_TABLE, {
      ...(await orderRow(order)),
      status: 'CANCELLING',
      reason: 'PAYMENT_DECLINED',
    });
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_NOT_AWAITED' },
    });
    await world.refund(order);
    expect(await world.payAgain(order, 'pm_card_visa')).toMatchObject({ status: 409 });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE failed', 'CANCEL']);
  });

  test('when the workflow comes a second time while the customer chooses: its token is answered too', async () => {
    const order = await anOrderPaidWith(NO_FUNDS);
    await world.charge(order, 'token-2', 1);
    world.aws.ended.add('token-1');
    await world.payAgain(order, 'pm_card_visa');
    expect(world.aws.answers).toMatchObject([{ token: 'token-2', output: {} }]);
  });
});

test('an order of somebody else does not exist', async () => {
  const order = await anOrderPaidWith(NO_FUNDS);
  expect(await world.payAgain(order, 'pm_card_visa', { sub: 'mallory' })).toMatchObject({ status: 404 });
  expect(await captures(order)).toBe(0);
});
