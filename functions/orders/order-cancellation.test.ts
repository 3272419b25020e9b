import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../events/canonical-json.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, ALICE } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { CANCELLATION_MACHINE, startOrderWorld, type OrderWorld } from './testing/orders-under-test.ts';

const order = anOrder();
const params = { orderId: order.orderId };
const request = { reason: 'CANCELLED_BY_CUSTOMER', actor: 'alice' };
let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset(order));

const cancel = (caller = ALICE) => world.request('POST /orders/{orderId}/cancel', { caller, params });
const calls = (operation: string) =>
  world.stepFunctions.calls.filter((call) => call.operation === operation).map(({ input }) => input);
const ship = () => world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body: {} });
const status = async () => (await world.orderRow(order))?.['status'];
const stock = async () => (await world.stock()).map(({ sku, available, onHold }) => [sku, available, onHold]);
const fullStock = [
  ['CUP-WHITE', 10, 0],
  ['TEAPOT-BLUE', 10, 0],
];
/** What the saga does when one of its steps failed with OrderStopped. */
async function sagaCompensates(failedStep: string): Promise<void> {
  const stopped = (await world.run('stop', order, { failedStep, error: 'OrderStopped' })) as { reason: string };
  await world.run('release', order);
  await world.run('cancel', order, { reason: stopped.reason });
}

describe('before the sale', () => {
  test('stops the order, and the saga that meets it undoes the rest', async () => {
    await world.run('create', order);
    await world.run('reserve', order);
    expect(await cancel()).toMatchObject({
      status: 202,
      body: { status: 'CANCELLING', reason: 'CANCELLED_BY_CUSTOMER', statusUrl: `/orders/${order.orderId}` },
    });
    await expect(world.run('confirm', order)).rejects.toMatchObject({ name: 'OrderStopped' });
    await sagaCompensates('Confirm order');
    expect(await world.orderRow(order)).toMatchObject({ status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' });
    expect(await stock()).toEqual(fullStock);
    expect(calls('StartExecution')).toEqual([]);
  });

  test('by an admin is in the shop’s name, and the history says whose', async () => {
    await world.run('create', order);
    expect(await cancel(ADMIN)).toMatchObject({ body: { reason: 'CANCELLED_BY_SHOP' } });
    const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    expect(rows.find((row) => row['item'] === 'HISTORY#000002')).toMatchObject({ status: 'CANCELLING', actor: 'root' });
  });

  test('wakes a charge that waits for its customer, so the saga need not wait for it', async () => {
    await world.run('create', order);
    await world.awaitingCustomer(order);
    expect(await cancel()).toMatchObject({ status: 202 });
    expect(calls('SendTaskFailure')).toMatchObject([{ taskToken: 'token-1', error: 'OrderStopped' }]);
  });

  test('repeated after a crash between stop and wake wakes it then', async () => {
    await world.run('create', order);
    await world.awaitingCustomer(order);
    world.stepFunctions.answer('SendTaskFailure', () => ({ error: 'InternalError' }));
    expect(problemOf(await cancel())).toBe('503 WORKFLOW_BUSY');
    expect(await status()).toBe('CANCELLING');
    world.stepFunctions.answer('SendTaskFailure', () => ({}));
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'CANCELLING' } });
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'accepts that nothing waits any more (%s)',
    async (error) => {
      await world.run('create', order);
      await world.awaitingCustomer(order);
      world.stepFunctions.answer('SendTaskFailure', () => ({ error }));
      expect(await cancel()).toMatchObject({ status: 202 });
    },
  );

  test('of an order whose saga has not begun ends in that saga, which would otherwise leave it alone', async () => {
    await world.accepted(order);
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'CANCELLING' } });
    await expect(world.run('create', order)).rejects.toMatchObject({ name: 'OrderStopped' });
    await sagaCompensates('Create order');
    expect(await status()).toBe('CANCELLED');
    expect(await world.events(order)).toMatchObject([{ seq: 1, reason: 'CANCELLED_BY_CUSTOMER' }]);
  });

  test('between the first step and its lost answer ends in the saga too, when it repeats the step', async () => {
    await world.run('create', order);
    await cancel();
    await expect(world.run('create', order)).rejects.toMatchObject({ name: 'OrderStopped' });
    await sagaCompensates('Create order');
    await expect(world.run('create', order)).rejects.toMatchObject({ name: 'OrderAlreadySettled' });
  });

  test('gives up a reservation that waits for an operator, for there is nothing to decide any more', async () => {
    await world.run('create', order);
    await world.run('park', order, { step: 'Reserve inventory', error: 'TransactionConflict', taskToken: 'token-7' });
    expect(await cancel()).toMatchObject({ status: 202 });
    expect(calls('SendTaskSuccess')).toEqual([{ taskToken: 'token-7', output: '{"decision":"resolved"}' }]);
  });

  test('leaves a payment that waits for an operator to the operator', async () => {
    await world.run('create', order);
    await world.run('park', order, { step: 'Charge payment', error: 'AmountMismatch', taskToken: 'token-8' });
    expect(await cancel()).toMatchObject({ status: 202 });
    expect(world.stepFunctions.calls).toEqual([]);
  });

  test('of an order that the saga stopped first keeps the saga’s reason', async () => {
    await world.run('create', order);
    await world.run('stop', order, { failedStep: 'Charge payment', error: 'PaymentDeclined' });
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'CANCELLING', reason: 'PAYMENT_DECLINED' } });
    await world.run('cancel', order, { reason: 'PAYMENT_DECLINED' });
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'CANCELLED' } });
  });

  test('at the same moment as the confirmation: one wins, and the other sees it (F68)', async () => {
    await world.run('create', order);
    await world.run('reserve', order);
    const [confirmed, cancelled] = await Promise.allSettled([world.run('confirm', order), cancel()]);
    expect(cancelled).toMatchObject({ status: 'fulfilled', value: { status: 202 } });
    const sold = (await status()) === 'CONFIRMED';
    expect(confirmed.status).toBe(sold ? 'fulfilled' : 'rejected');
    expect(calls('StartExecution')).toHaveLength(sold ? 1 : 0);
  });
});

describe('after the sale', () => {
  beforeEach(() => world.confirmed(order));

  test('starts the one cancellation of the order, with canonical input', async () => {
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'CONFIRMED' } });
    expect(calls('StartExecution')).toEqual([
      {
        stateMachineArn: CANCELLATION_MACHINE,
        name: `${order.orderId}.cancellation`,
        input: canonicalJson({ order, ...request }),
      },
    ]);
  });

  test('again, also by somebody else, is the same cancellation', async () => {
    world.stepFunctions.answer('StartExecution', () => ({ error: 'ExecutionAlreadyExists' }));
    expect(await cancel(ADMIN)).toMatchObject({ status: 202 });
  });

  test('is told to try again when the workflow cannot be started', async () => {
    world.stepFunctions.answer('StartExecution', () => ({ error: 'ExecutionLimitExceeded' }));
    const refused = await cancel();
    expect(problemOf(refused)).toBe('503 WORKFLOW_BUSY');
    expect(refused.headers).toMatchObject({ 'retry-after': '1' });
    expect(await status()).toBe('CONFIRMED');
  });

  test('its steps give stock back and end the order with one event', async () => {
    expect(await world.run('stopSale', order, request)).toMatchObject({ status: 'CANCELLING' });
    expect(await world.run('stopSale', order, request)).toMatchObject({ reason: 'CANCELLED_BY_CUSTOMER' });
    await world.run('release', order, { releasable: 'HELD_OR_COMMITTED' });
    await world.run('release', order, { releasable: 'HELD_OR_COMMITTED' });
    await world.run('cancel', order, { reason: 'CANCELLED_BY_CUSTOMER' });
    expect(await stock()).toEqual(fullStock);
    expect((await world.events(order)).map(({ seq, reason }) => [seq, reason])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, 'CANCELLED_BY_CUSTOMER'],
    ]);
  });

  test('does not let the saga’s own compensation take a sale back', async () => {
    await expect(world.run('release', order)).rejects.toMatchObject({ name: 'ReservationCommitted' });
    await expect(
      world.run('stop', order, { failedStep: 'Confirm order', error: 'States.Timeout' }),
    ).rejects.toMatchObject({ name: 'OrderAlreadyConfirmed' });
  });

  test('is refused once the order has left', async () => {
    await ship();
    expect(problemOf(await cancel())).toBe('409 ORDER_SHIPPED');
    await expect(world.run('stopSale', order, request)).rejects.toMatchObject({ name: 'OrderAlreadyShipped' });
    await expect(world.run('release', order, { releasable: 'HELD_OR_COMMITTED' })).rejects.toMatchObject({
      name: 'ReservationShipped',
    });
  });

  test('at the same moment as the shipment: one wins, and stock follows it (F68)', async () => {
    const [stopped, shipped] = await Promise.allSettled([world.run('stopSale', order, request), ship()]);
    const won = await status();
    expect(stopped.status).toBe(won === 'CANCELLING' ? 'fulfilled' : 'rejected');
    expect(shipped).toMatchObject({ value: { status: won === 'SHIPPED' ? 200 : 409 } });
    expect((await stock()).map(([, , onHold]) => onHold)).toEqual(won === 'SHIPPED' ? [0, 0] : [4, 1]);
  });

  test('of an order that is not sold stops nothing', async () => {
    await world.reset(order);
    await world.run('create', order);
    await expect(world.run('stopSale', order, request)).rejects.toMatchObject({ name: 'OrderNotConfirmed' });
    expect(await status()).toBe('PENDING');
  });
});
