import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { placedRecord } from './order-record.ts';
import { awaitAnotherMethod, awaitCustomer, stopSale } from './order-steps.ts';
import { StepWorld } from './testing/order-steps-under-test.ts';

/** The steps that end an order without a sale, and what they say was the matter. */

const order = anOrder();
let world: StepWorld;

beforeAll(async () => {
  world = await StepWorld.start(order);
});
afterAll(() => world.store.stop());
beforeEach(() => world.reset());

describe('stop order', () => {
  test.each([
    ['OutOfStock', 'Reserve inventory', 'OUT_OF_STOCK'],
    ['PaymentDeclined', 'Charge payment', 'PAYMENT_DECLINED'],
    ['PaymentUnavailable', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['PaymentRateLimited', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['PaymentOutcomeUnknown', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['States.Timeout', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['States.Timeout', 'Reserve inventory', 'INTERNAL_ERROR'],
    ['TypeError', 'Confirm order', 'INTERNAL_ERROR'],
    ['constructor', 'Confirm order', 'INTERNAL_ERROR'],
  ])('after %s of "%s" gives the reason %s', async (errorName, failedStep, reason) => {
    await world.run('create');
    expect(await world.stopAfter(errorName, failedStep)).toEqual({
      orderId: order.orderId,
      status: 'CANCELLING',
      reason,
    });
  });

  test('after a customer let the confirmation expire says so', async () => {
    await world.run('create');
    await world.askCustomer();
    expect(await world.stopAfter('States.Timeout')).toMatchObject({ reason: 'CONFIRMATION_EXPIRED' });
  });

  test('keeps the first reason when it comes again for another', async () => {
    await world.run('create');
    await world.stopAfter('PaymentDeclined');
    expect(await world.stopAfter('States.Timeout')).toMatchObject({ status: 'CANCELLING', reason: 'PAYMENT_DECLINED' });
    await world.run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await world.stopAfter('States.Timeout')).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_DECLINED' });
  });

  test('of a confirmed order is refused, so a stale execution cannot turn a success into a failure', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.run('confirm');
    await expect(world.stopAfter('States.Timeout', 'Confirm order')).rejects.toMatchObject({
      name: 'OrderAlreadyConfirmed',
    });
    expect(await world.orderRow()).toMatchObject({ status: 'CONFIRMED' });
  });

  test.each(['CANCELLING', 'CANCELLED'])(
    'leaves a sold order that is %s to the workflow that takes it back',
    async (status) => {
      for (const step of ['create', 'reserve', 'confirm'] as const) await world.run(step);
      await world.journal.record(
        await world.journal.find(order.orderId),
        stopSale(order.orderId, 'CANCELLED_BY_CUSTOMER'),
      );
      if (status === 'CANCELLED') await world.run('cancel', { reason: 'CANCELLED_BY_CUSTOMER' });
      await expect(world.run('confirm')).rejects.toMatchObject({ name: 'OrderStopped' });
      await expect(world.stopAfter('OrderStopped', 'Confirm order')).rejects.toMatchObject({
        name: 'OrderAlreadyConfirmed',
      });
      expect(await world.orderRow()).toMatchObject({ status, reason: 'CANCELLED_BY_CUSTOMER' });
    },
  );
});

describe('cancel order', () => {
  test('ends a stopped order with one event, also when repeated', async () => {
    await world.run('create');
    await world.stopAfter('PaymentDeclined');
    await world.run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await world.run('cancel', { reason: 'PAYMENT_DECLINED' })).toEqual({
      orderId: order.orderId,
      status: 'CANCELLED',
      reason: 'PAYMENT_DECLINED',
    });
    expect(await world.history()).toEqual([
      [1, 'PENDING'],
      [2, 'CANCELLING'],
      [3, 'CANCELLED'],
    ]);
    expect(await world.events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, OrderCancelled.detailType],
    ]);
  });

  test('states the recorded reason even when it is told another', async () => {
    await world.run('create');
    await world.stopAfter('PaymentDeclined');
    expect(await world.run('cancel', { reason: 'OUT_OF_STOCK' })).toMatchObject({ reason: 'PAYMENT_DECLINED' });
    const outbox = await world.store.rows(TEST_TABLES.OUTBOX_TABLE);
    const cancelled = outbox.find((row) => row['detailType'] === OrderCancelled.detailType);
    expect(JSON.parse(cancelled!['detail'] as string)).toMatchObject({ reason: 'PAYMENT_DECLINED' });
  });

  test('of an order that nobody stopped fails: undoing must not come before stopping', async () => {
    await world.run('create');
    await expect(world.run('cancel', { reason: 'OUT_OF_STOCK' })).rejects.toThrow('was never stopped');
    expect(await world.orderRow()).toMatchObject({ status: 'PENDING' });
  });
});

describe('stop order with nothing to undo', () => {
  const cause = JSON.stringify({ errorType: 'OutOfStock', errorMessage: 'TEAPOT-BLUE: wanted 1, available 0' });
  const endAtOnce = () =>
    world.run('stop', { nothingToUndo: { failedStep: 'Reserve inventory', error: 'OutOfStock', cause } });
  const ended = {
    orderId: order.orderId,
    status: 'CANCELLED',
    reason: 'OUT_OF_STOCK',
    shortLines: [{ sku: 'TEAPOT-BLUE' }],
  };

  test('ends the order and leaves what the undoing steps would leave', async () => {
    await world.run('create');
    expect(await endAtOnce()).toEqual(ended);
    expect(await world.history()).toEqual([
      [1, 'PENDING'],
      [2, 'CANCELLED'],
    ]);
    expect(await world.events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, OrderCancelled.detailType],
    ]);
    expect(await world.store.rows(TEST_TABLES.RESERVATIONS_TABLE)).toMatchObject([{ state: 'RELEASED', lines: [] }]);
    const [payment] = await world.store.rows(TEST_TABLES.PAYMENTS_TABLE);
    expect(payment).toMatchObject({ state: 'CANCELLED', amountMinor: order.totalMinor });
    expect(payment).not.toHaveProperty('paymentIntentId');
  });

  test('again says the same, and announces nothing a second time', async () => {
    await world.run('create');
    await endAtOnce();
    expect(await endAtOnce()).toEqual(ended);
    expect(await world.events()).toHaveLength(2);
  });

  test('holds no stock for a reservation that was on its way', async () => {
    await world.run('create');
    await endAtOnce();
    await expect(world.run('reserve')).rejects.toMatchObject({ name: 'ReservationReleased' });
  });

  test.each([
    ['stock is held', () => world.run('reserve')],
    [
      'a payment stands',
      () => world.store.put(TEST_TABLES.PAYMENTS_TABLE, { orderId: order.orderId, state: 'REQUESTED', amountMinor: 1 }),
    ],
    ['somebody stopped it', () => world.run('stop', { failedStep: 'Reserve inventory', error: 'OutOfStock' })],
  ])('leaves the order to its undoing when %s', async (_what, happens) => {
    await world.run('create');
    await happens();
    const before = await world.history();
    await expect(endAtOnce()).rejects.toMatchObject({ name: 'SomethingToUndo' });
    expect(await world.history()).toEqual(before);
  });
});

describe('what was the matter', () => {
  const lambdaCause = (errorType: string, errorMessage: string) => JSON.stringify({ errorType, errorMessage });
  const stopWith = (error: string, cause: string, failedStep: string) =>
    world.run('stop', { failedStep, error, cause });

  test('is the lines that the stock could not serve', async () => {
    await world.run('create');
    const cause = lambdaCause('OutOfStock', 'CUP-WHITE: wanted 4, available 3; GONE: wanted 1, available none');
    await stopWith('OutOfStock', cause, 'Reserve inventory');
    await world.run('cancel', { reason: 'OUT_OF_STOCK' });
    expect(await world.orderRow()).toMatchObject({ shortLines: [{ sku: 'CUP-WHITE' }] });
    expect(await world.cancelled()).toMatchObject({ reason: 'OUT_OF_STOCK', shortLines: [{ sku: 'CUP-WHITE' }] });
  });

  test('is named as the reservation names it', async () => {
    await world.run('create');
    await world.store.put(TEST_TABLES.STOCK_TABLE, { sku: 'TEAPOT-BLUE', available: 0, onHold: 0, version: 2 });
    const error = await world.run('reserve').then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    await stopWith(error!.name, lambdaCause(error!.name, error!.message), 'Reserve inventory');
    expect(await world.orderRow()).toMatchObject({ shortLines: [{ sku: 'TEAPOT-BLUE' }] });
  });

  test('is the decline, with its code', async () => {
    await world.run('create');
    await stopWith('PaymentDeclined', 'expired_card', 'Charge payment');
    await world.run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await world.cancelled()).toMatchObject({ reason: 'PAYMENT_DECLINED', declineCode: 'expired_card' });
  });

  test('is the last decline when the customer tried no other method in time', async () => {
    await world.run('create');
    const decline = { attempt: 1, declineCode: 'insufficient_funds', retryUntil: '2026-01-15T09:44:00.000Z' };
    await world.journal.record(placedRecord(order), awaitAnotherMethod(order, decline));
    await stopWith('States.Timeout', '', 'Charge payment');
    await world.run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await world.cancelled()).toMatchObject({ reason: 'PAYMENT_DECLINED', declineCode: 'insufficient_funds' });
    expect(await world.events()).toEqual([
      [1, 'OrderPlaced.v1'],
      [2, 'PaymentMethodRequired.v1'],
      [3, 'OrderCancelled.v1'],
    ]);
  });

  test('is no decline when a later method was not confirmed in time', async () => {
    await world.run('create');
    const decline = { attempt: 1, declineCode: 'insufficient_funds', retryUntil: '2026-01-15T09:44:00.000Z' };
    await world.journal.record(placedRecord(order), awaitAnotherMethod(order, decline));
    await world.journal.record(
      placedRecord(order),
      awaitCustomer(order, 'https://payments.example.com/confirm/pi_1', 2),
    );
    expect(await stopWith('States.Timeout', '', 'Charge payment')).toMatchObject({ reason: 'CONFIRMATION_EXPIRED' });
    await world.run('cancel', { reason: 'CONFIRMATION_EXPIRED' });
    expect(await world.cancelled()).not.toHaveProperty('declineCode');
  });

  test.each(['', 'no JSON', '{}', '"text"', lambdaCause('OutOfStock', 'nothing that is a line')])(
    'is nothing in particular when an execution says %j',
    async (cause) => {
      await world.run('create');
      await stopWith('OutOfStock', cause, 'Reserve inventory');
      expect(await world.orderRow()).not.toHaveProperty('shortLines');
    },
  );
});
