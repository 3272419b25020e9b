import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import type { PaymentConcern } from '../payments/payment-review.ts';
import type { ParkingLot } from './parking-lot.ts';
import { order, startParkingWorld, type ParkingWorld } from './testing/parking-under-test.ts';

let world: ParkingWorld;
beforeAll(async () => {
  world = await startParkingWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('what became of a payment after its order had gone on', () => {
  const concern = (kind: 'DISPUTED' | 'REFUND_FAILED', exposureMinor = 0) =>
    parkConcern(lot, { orderId: order.orderId, kind, exposureMinor, particulars: { disputes: 'du_1 open' } });
  const payment = async () =>
    (await world.store.rows(TEST_TABLES.PAYMENTS_TABLE)).find((row) => row['orderId'] === order.orderId);
  let lot: ParkingLot;
  let parkConcern: (parkingLot: ParkingLot, concern: PaymentConcern) => Promise<void>;

  beforeAll(async () => {
    lot = (await import('./deployed-parking-lot.ts')).deployedParkingLot();
    ({ parkConcern } = await import('./payment-concern.ts'));
  });

  async function soldAndHeld(): Promise<void> {
    await world.run('create');
    await world.run('reserve');
    await world.run('confirm');
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, {
      orderId: order.orderId,
      state: 'CHARGED',
      amountMinor: 7300,
      currency: 'EUR',
      updatedAt: order.placedAt,
      hold: 'DISPUTED',
    });
    await concern('DISPUTED');
  }

  test('is shown once, with what the provider says', async () => {
    await soldAndHeld();
    await concern('DISPUTED');
    expect(await world.parkedRow('Review payment')).toMatchObject({
      reason: 'PAYMENT_DISPUTED',
      parkings: 1,
      exposureMinor: 0,
      particulars: { disputes: 'du_1 open' },
    });
  });

  test('resolved lets the order be shipped', async () => {
    await soldAndHeld();
    expect(await world.decideOn('resolved', 'Review payment', { evidence: 'du_1 won' })).toMatchObject({
      delivered: true,
    });
    expect(await payment()).not.toHaveProperty('hold');
    expect(await world.parkedRow('Review payment')).not.toHaveProperty('parkedState');
  });

  test('cannot be tried again, for nothing runs', async () => {
    await soldAndHeld();
    await expect(world.decideOn('retry', 'Review payment', {})).rejects.toMatchObject({ name: 'RedriveRefused' });
    expect(await world.parkedRow('Review payment')).toMatchObject({ parkedState: 'OPEN' });
  });

  test('a refund that came to nothing is made again by the workflow that takes orders back, once', async () => {
    await world.stoppedOrder();
    await world.run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
    await concern('REFUND_FAILED', 7300);
    expect(await world.parkedRow('Failed refund')).toMatchObject({ reason: 'REFUND_FAILED', exposureMinor: 7300 });
    expect(await world.decideOn('retry', 'Failed refund', {})).toMatchObject({ delivered: true });
    const started = world.stepFunctions.calls.filter(({ operation }) => operation === 'StartExecution');
    expect(started).toMatchObject([{ input: { name: `${order.orderId}.refund-1` } }]);
    await expect(world.decideOn('retry', 'Failed refund', {})).rejects.toMatchObject({ name: 'NotParked' });
  });

  test('without an order is for the log only', async () => {
    await concern('DISPUTED');
    expect(await world.orderRows()).toEqual([]);
  });
});
