import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { aLambdaContext, anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, send } from '../../test/testing/http-events.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** Who wants an order that waits for another method to end, while its customer pays it. */

let world: PaymentWorld;
let rivals: Readonly<Record<string, (order: BasketCheckedOut) => Promise<unknown>>>;
let orders = 0;

beforeAll(async () => {
  world = await startPaymentWorld();
  process.env['CURSOR_SECRET_ID'] = 'cursors';
  for (const machine of ['CANCELLATION', 'RETURN']) {
    process.env[`${machine}_STATE_MACHINE_ARN`] = `arn:aws:states:us-east-1:000000000000:stateMachine:${machine}`;
  }
  const { handler: serveOrders } = await import('../orders/serve-orders.ts');
  const { handler: stopOrder } = await import('../orders/stop-order.ts');
  const cancel = async (route: string, { orderId, customerId }: BasketCheckedOut) => {
    const caller = route.includes('/admin') ? ADMIN : { sub: customerId };
    expect(await send(serveOrders, route, { caller, params: { orderId } })).toMatchObject({ status: 202 });
  };
  rivals = {
    'its time is up': (order) =>
      stopOrder(
        { order, executionArn: 'arn', failedStep: 'Charge payment', error: 'States.Timeout' },
        aLambdaContext(15_000),
      ),
    'an operator cancels it': (order) => cancel('POST /admin/orders/{orderId}/cancel', order),
    'its customer cancels it on another device': (order) => cancel('POST /orders/{orderId}/cancel', order),
  };
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

async function aDeclinedOrder(): Promise<BasketCheckedOut> {
  const order = anOrder({
    orderId: anOrderId((orders += 1)),
    paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds',
    allowPaymentRetry: true,
  });
  await world.createOrder(order);
  await world.charge(order);
  return order;
}

/** Whether the customer was told that it is paid; otherwise they were told that it is not to be paid any more. */
async function isPaid(order: BasketCheckedOut): Promise<boolean> {
  const { status, body } = await world.payAgain(order, 'pm_card_visa');
  expect([200, '409 PAYMENT_NOT_AWAITED']).toContain(status === 200 ? 200 : `${status} ${body.code}`);
  return status === 200;
}

describe.each(['its time is up', 'an operator cancels it', 'its customer cancels it on another device'])(
  'an order is paid when %s',
  (rival) => {
    const end = (order: BasketCheckedOut) => rivals[rival]!(order);

    test.each<[string, (order: BasketCheckedOut) => Promise<boolean>, readonly boolean[]]>([
      ['before', async (order) => (await end(order), isPaid(order)), [false]],
      ['after', async (order) => isPaid(order).finally(() => end(order)), [true]],
      ['at the same time', async (order) => (await Promise.all([isPaid(order), end(order)]))[0], [true, false]],
      ['at the same time, first', async (order) => (await Promise.all([end(order), isPaid(order)]))[1], [true, false]],
    ])('%s: it ends, and what was taken goes back', async (_when, race, possible) => {
      const order = await aDeclinedOrder();
      expect(possible).toContain(await race(order));
      const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
      const row = rows.find(({ orderId, item }) => orderId === order.orderId && item === 'ORDER');
      expect(row).toMatchObject({ status: 'CANCELLING' });
      // What the workflow does next.
      await world.refund(order);
      const ledger = await world.ledger(order);
      const taken = ledger.filter((operation) => operation === 'CAPTURE').length;
      expect(await world.refundsOf(order)).toEqual(Array.from({ length: taken }, () => order.totalMinor));
      expect(taken).toBeLessThanOrEqual(1);
      expect(await isPaid(order)).toBe(false);
      expect(await world.ledger(order)).toEqual(ledger);
    });
  },
);
