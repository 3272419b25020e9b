import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** A charge that comes after the payment was looked up in vain or given up. */

let world: PaymentWorld;
let orders = 0;
/** The sandbox remembers every order, so each test has its own. */
const aNewOrder = (paymentMethodId = 'pm_card_visa') => anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('money that arrives late', () => {
  test('after the look-up said none: the next attempt finds it (F45)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'late', operation: 'confirm', orderId: order.orderId, ms: 50, count: 2 });
    const outcome = (): Promise<string> =>
      world.charge(order, 'token-2').then(
        () => 'charged',
        () => 'unknown',
      );
    await expect.poll(outcome).toBe('charged');
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('after the payment was given up: it cannot be taken any more (F45)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'late', operation: 'confirm', orderId: order.orderId, ms: 60_000, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await world.refund(order);
    expect(await world.payment(order)).toMatchObject({ state: 'CANCELLED' });
    await expect(world.charge(order, 'token-2')).rejects.toMatchObject({ name: 'PaymentCancelled' });
    // The request that was under way lands now.
    await world.forgetBehaviours();
    await expect.poll(() => world.ledger(order)).toEqual(['CREATE', 'CANCEL', 'CAPTURE failed']);
  });
});

describe('a payment that was given up before', () => {
  test('is not charged by a late attempt, which finds the tombstone (F75)', async () => {
    const order = aNewOrder();
    await world.refund(order, false);
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentCancelled' });
    expect(await world.ledger(order)).toEqual([]);
  });

  test('an attempt that was making its intent as the payment was given up cancels it (F75)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'delay', operation: 'create', orderId: order.orderId, ms: 60_000 });
    const charged = world.charge(order);
    await expect.poll(() => world.fired()).toBe(1);
    await world.refund(order, false);
    await world.forgetBehaviours();
    await expect(charged).rejects.toMatchObject({ name: 'PaymentCancelled' });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CANCEL']);
  });

  test('a first attempt that asks the provider before it meets the tombstone cancels what it made (F75)', async () => {
    const order = aNewOrder();
    await world.refund(order, false);
    await expect(world.charge(order, 'token-1', 0)).rejects.toMatchObject({ name: 'PaymentCancelled' });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CANCEL']);
  });

  test.each([0, 1])('a zombie that wakes after it was refunded changes nothing (F51; attempt %i)', async (attempt) => {
    const order = aNewOrder();
    await world.charge(order);
    await world.refund(order);
    const before = await world.payment(order);
    await expect(world.charge(order, 'token-2', attempt)).rejects.toMatchObject({ name: 'PaymentCancelled' });
    expect(await world.payment(order)).toEqual(before);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE', 'CANCEL failed', 'REFUND']);
  });
});
