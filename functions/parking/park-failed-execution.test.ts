import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../events/canonical-json.ts';
import { executionArn, order, startParkingWorld, type ParkingWorld } from './testing/parking-under-test.ts';

let world: ParkingWorld;
beforeAll(async () => {
  world = await startParkingWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('a broken execution', () => {
  test.each([
    ['FAILED', 'EXECUTION_FAILED', 'States.Runtime'],
    ['TIMED_OUT', 'EXECUTION_TIMED_OUT', 'TIMED_OUT'],
    ['ABORTED', 'EXECUTION_ABORTED', 'ABORTED'],
  ])('that %s parks its order with what it left open, once', async (status, reason, errorName) => {
    await world.run('create');
    await world.run('reserve');
    await world.charged();
    await world.broke(status);
    await world.broke(status);
    expect(await world.parkedRow('Order saga')).toMatchObject({
      reason,
      errorName,
      exposureMinor: 7300,
      exposureCertain: true,
      executionArn,
      parkings: 1,
    });
    expect((await world.parkedRow('Order saga'))!['heldLines']).toHaveLength(2);
    expect(await world.parkedEvents()).toHaveLength(1);
  });

  test('that never wrote its order parks it all the same: the customer was told that it is accepted', async () => {
    await world.broke('FAILED');
    expect(await world.orderRow()).toMatchObject({ status: 'PENDING', eventSeq: 2 });
    expect(await world.parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN' });
  });

  test('of an order that had ended before parks nothing', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.run('confirm');
    await world.charged();
    await world.broke('ABORTED');
    expect(await world.parkedRow('Order saga')).toBeUndefined();
  });

  test('of a cancelled order that still holds money is parked', async () => {
    await world.stoppedOrder();
    await world.run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
    await world.charged();
    await world.broke('FAILED');
    expect(await world.parkedRow('Order saga')).toMatchObject({ exposureMinor: 7300 });
  });

  test('of an order that was being undone lists its money as uncertain: the refund may be made already', async () => {
    await world.stoppedOrder();
    await world.charged();
    await world.broke('ABORTED');
    expect(await world.parkedRow('Order saga')).toMatchObject({ exposureMinor: 7300, exposureCertain: false });
  });

  test('that was to cancel a confirmed order is parked, for the customer was told that it is accepted', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.run('confirm');
    await world.charged();
    const input = canonicalJson({ order, reason: 'CANCELLED_BY_CUSTOMER', actor: 'alice' });
    await world.broke('FAILED', input);
    expect(await world.parkedRow('Order cancellation')).toMatchObject({
      reason: 'EXECUTION_FAILED',
      exposureMinor: 7300,
    });
    expect(await world.decideOn('retry', 'Order cancellation', {})).toMatchObject({ delivered: true });
    expect(world.stepFunctions.calls).toMatchObject([{ operation: 'RedriveExecution', input: { executionArn } }]);
  });

  test('whose event cannot be read is an error, so that it reaches the failure destination', async () => {
    await expect(world.broke('FAILED', '{"orderId":"x"}')).rejects.toMatchObject({ name: 'ZodError' });
    await expect(world.parkFailedExecution({})).rejects.toMatchObject({ name: 'ZodError' });
    expect(await world.orderRows()).toEqual([]);
  });

  test('is redriven by an operator, and parked anew when it breaks again', async () => {
    await world.run('create');
    await world.broke('FAILED');
    expect(await world.decideOn('retry', 'Order saga', {})).toMatchObject({ delivered: true });
    expect(world.stepFunctions.calls).toEqual([
      { operation: 'RedriveExecution', input: { executionArn, clientToken: `${order.orderId}.1` } },
    ]);
    await world.broke('FAILED');
    expect(await world.parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN', parkings: 2 });
  });

  test('that breaks again before its parking is closed is not lost', async () => {
    await world.run('create');
    await world.broke('FAILED');
    let brokeAgain = Promise.resolve();
    world.stepFunctions.answer('RedriveExecution', () => {
      brokeAgain = world.broke('FAILED');
      return { redriveDate: 1 };
    });
    await world.decideOn('retry', 'Order saga', {});
    await brokeAgain;
    expect(await world.parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN', parkings: 2 });
  });

  test('that cannot be redriven stays parked and open for another decision', async () => {
    await world.run('create');
    await world.broke('FAILED');
    world.stepFunctions.answer('RedriveExecution', () => ({ error: 'ExecutionNotRedrivable' }));
    await expect(world.decideOn('retry', 'Order saga', {})).rejects.toMatchObject({ name: 'RedriveRefused' });
    expect(await world.parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN', decisions: [] });
  });

  test('is resolved only once its order has ended, so no order is left without an end', async () => {
    await world.run('create');
    await world.broke('FAILED');
    await expect(world.decideOn('resolved', 'Order saga')).rejects.toMatchObject({ name: 'StillOpen' });
    await world.run('stop', { failedStep: 'Create order', error: 'States.Runtime' });
    await world.run('cancel', { reason: 'INTERNAL_ERROR' });
    expect(await world.decideOn('resolved', 'Order saga')).toMatchObject({ delivered: true });
  });
});
