import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FailedRefundSettled } from '../../events/failed-refund-settled.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import type { PaymentConcern } from '../payments/payment-review.ts';
import type { ParkingLot } from './parking-lot.ts';
import { executionArn, order, startParkingWorld, type ParkingWorld } from './testing/parking-under-test.ts';

let world: ParkingWorld;
beforeAll(async () => {
  world = await startParkingWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('what became of a payment after its order had gone on', () => {
  const concern = (kind: 'DISPUTED' | 'REFUND_FAILED', exposureMinor = 0) =>
    parkConcern(lot, {
      orderId: order.orderId,
      currency: 'EUR',
      kind,
      exposureMinor,
      particulars: { disputes: 'du_1 open' },
    });
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

  test('is shown anew when there is more of it, and since when it waits stays', async () => {
    await soldAndHeld();
    const before = (await world.parkedRow('Review payment'))!;
    await parkConcern(lot, {
      orderId: order.orderId,
      currency: 'EUR',
      kind: 'DISPUTED',
      exposureMinor: 0,
      particulars: { disputes: 'du_1 lost' },
    });
    expect(await world.parkedRow('Review payment')).toMatchObject({
      parkings: 2,
      since: before['since'],
      particulars: { disputes: 'du_1 lost' },
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

  describe('a refund that came to nothing, once it is made good, is announced to its customer', () => {
    const settled = async () => {
      const rows = await world.store.rows(TEST_TABLES.OUTBOX_TABLE);
      const ofSettled = rows.filter(({ detailType }) => detailType === FailedRefundSettled.detailType);
      return ofSettled.map(({ detail }) => FailedRefundSettled.published.parse(JSON.parse(String(detail))));
    };
    const end = (execution: string) =>
      world.run('cancel', { reason: 'PAYMENT_UNAVAILABLE', executionArn: `${executionArn}.${execution}` });

    beforeEach(async () => {
      await world.stoppedOrder();
      await end('cancellation');
      await concern('REFUND_FAILED', 7300);
    });

    test('when it was made again, once, in its place among the events', async () => {
      await world.decideOn('retry', 'Failed refund', {});
      expect(await settled()).toEqual([]);
      for (let times = 0; times < 3; times += 1) await end('refund-1');
      const { eventSeq } = (await world.orderRow())!;
      expect(await settled()).toMatchObject([{ outcome: 'MADE', refundMinor: 7300, currency: 'EUR', seq: eventSeq }]);
    });

    test('when an operator settled it, instead of trying again', async () => {
      await world.decideOn('resolved', 'Failed refund');
      expect(await settled()).toMatchObject([{ outcome: 'BY_HAND', refundMinor: 7300 }]);
    });

    test('when an operator settled it, after it was refused again', async () => {
      await world.decideOn('retry', 'Failed refund', {});
      await world.run('park', {
        step: 'Refund payment',
        error: 'RefundFailed',
        taskToken: 'token-1',
        executionArn: `${executionArn}.refund-1`,
      });
      await world.decideOn('resolved');
      await end('refund-1');
      expect(await settled()).toMatchObject([{ outcome: 'BY_HAND' }]);
    });

    test('but not when it has failed again meanwhile: that is another failure', async () => {
      await world.decideOn('retry', 'Failed refund', {});
      await concern('REFUND_FAILED', 7300);
      await end('refund-1');
      expect(await settled()).toEqual([]);
      await world.decideOn('retry', 'Failed refund', {});
      await end('refund-2');
      expect(await settled()).toMatchObject([{ eventId: expect.stringContaining('Failed-refund.2') }]);
    });

    test('and the end of the first cancellation says nothing of it', async () => {
      await end('cancellation');
      expect(await settled()).toEqual([]);
    });
  });

  test('without an order is for the log only', async () => {
    await concern('DISPUTED');
    expect(await world.orderRows()).toEqual([]);
  });
});
