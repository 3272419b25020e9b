import { describe, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { shopOf } from '../../test/testing/signed-in-users.ts';
import { confirmAsCustomer } from '../demo/snapshot.ts';
import { stepsOf, type OrderTrace } from '../trace/order-trace.ts';
import type { OrdersUnderTest } from './orders-under-test.ts';

/** Of a command that watches: far off, since an order ends within seconds where nobody else computes. */
const PATIENCE = ['--timeout', '300'];

/** Comes first: it knows of the two orders that the shop was started with. */
export function describeList(shop: OrdersUnderTest): void {
  describe('orders list', () => {
    test('lists orders, newest first, without colours in a pipe', async () => {
      const { code, stdout } = await shop.begin('list').ended;
      expect(code).toBe(0);
      const lines = stdout.trim().split('\n');
      expect(lines[0]).toMatch(/^ORDER +PLACED +CUSTOMER +TOTAL +STATUS$/);
      expect(lines[1]).toMatch(new RegExp(`^${shop.declined} .* bob +78.00 EUR +CANCELLED PAYMENT_DECLINED$`));
      expect(lines[2]).toMatch(new RegExp(`^${shop.confirmed} .* alice +73.00 EUR +CONFIRMED$`));
    });

    test('filters by status, customer, time and number', async () => {
      const ids = async (...args: readonly string[]) =>
        (await shop.json<{ orderId: string }[]>('list', ...args)).map(({ orderId }) => orderId);
      expect(await ids('--status', 'CONFIRMED')).toEqual([shop.confirmed]);
      expect(await ids('--customer', 'bob')).toEqual([shop.declined]);
      expect(await ids('--limit', '1')).toEqual([shop.declined]);
      expect(await ids('--since', '1h')).toEqual([shop.declined, shop.confirmed]);
      expect(await ids('--since', '0s')).toEqual([]);
    });

    test('an unknown status is the user’s mistake', async () => {
      const { code, stderr } = await shop.begin('list', '--status', 'LOST').ended;
      expect(code).toBe(1);
      expect(stderr).toContain('PENDING');
    });
  });
}

export function describeTrace(shop: OrdersUnderTest): void {
  describe('orders trace', () => {
    test('tells steps, money, stock and events', async () => {
      const { code, stdout } = await shop.orders('trace', shop.confirmed);
      expect(code).toBe(0);
      for (const step of ['Create order', 'Reserve inventory', 'Charge payment', 'Confirm order']) {
        expect(stdout).toContain(step);
      }
      expect(stdout).toMatch(/money\n {2}CHARGED {2}73.00 EUR {2}pi_/);
      expect(stdout).toContain('COMMITTED  CUP-WHITE x4, TEAPOT-BLUE x1');
      expect(stdout).toMatch(/OrderConfirmed.v1 {2}to the bus at once/);
    });

    test('names the error of a failed attempt and what was said about it', async () => {
      const { stdout } = await shop.orders('trace', shop.declined);
      expect(stdout).toMatch(/attempt 1 {2}PaymentDeclined after .* insufficient_funds/);
    });

    test('--json has everything', async () => {
      const trace = await shop.json<OrderTrace>('trace', shop.declined);
      expect(trace.order).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_DECLINED' });
      expect(stepsOf(trace).find(({ name }) => name === 'Charge payment')?.attempts).toMatchObject([
        { error: 'PaymentDeclined' },
      ]);
      expect(trace.events).toMatchObject([
        { detailType: OrderPlaced.detailType },
        { detailType: OrderCancelled.detailType },
      ]);
    });

    test('says whether the books agree', async () => {
      expect((await shop.orders('trace', shop.confirmed)).stdout).toContain(
        'taken 73.00 − returned 0 = 73.00; held 5 ✓',
      );
      expect((await shop.orders('trace', shop.declined)).stdout).toContain('taken 0 − returned 0 = 0; held 0 ✓');
    });

    test('goes on into the second workflow of an order that was cancelled after its confirmation', async () => {
      const order = await shop.endedOrder(0);
      const admin = await shopOf(shop.system, 'admin');
      expect(await admin.send({ method: 'POST', path: `/orders/${order}/cancel` })).toMatchObject({ status: 202 });
      expect(await shop.orders('trace', order, '--watch', ...PATIENCE)).toMatchObject({ code: 0 });
      const trace = await shop.json<OrderTrace>('trace', order);
      expect(trace.order).toMatchObject({ status: 'CANCELLED', reason: 'CANCELLED_BY_SHOP' });
      expect(trace.workflows).toMatchObject([
        { name: 'order-saga', status: 'SUCCEEDED' },
        { name: 'order-cancellation', status: 'SUCCEEDED' },
      ]);
      expect(trace.workflows[1]?.steps.filter(({ undoes }) => undoes !== undefined)).toMatchObject([
        { name: 'Refund payment', state: 'done', undoes: 'Charge payment' },
        { name: 'Release inventory', state: 'done', undoes: 'Reserve inventory' },
      ]);
      expect(trace.books).toMatchObject({ verdict: 'AGREE', text: 'taken 73.00 − returned 73.00 = 0; held 0 ✓' });
      const { stdout } = await shop.orders('trace', order);
      expect(stdout).toMatch(/order-cancellation {2}SUCCEEDED[\s\S]*Refund payment .* undoes Charge payment/);
    });

    test('--mermaid draws the path that was taken', async () => {
      const { stdout } = await shop.orders('trace', shop.declined, '--mermaid');
      expect(stdout).toMatch(/^flowchart TD\n/);
      expect(stdout).toContain('Charge_payment ==>|"States.ALL"| Stop_order');
      expect(stdout).toContain('Release_inventory ==> Refund_payment');
      expect(stdout).toContain('Charge_payment -.-> Confirm_order');
      expect(stdout).toContain('class Charge_payment failed');
    });

    test('--watch shows each change and ends with the order', async () => {
      const order = await shop.waitingOrder();
      const watching = shop.begin('trace', order, '--watch', ...PATIENCE);
      await watching.said('AWAITING_CUSTOMER');
      await confirmAsCustomer(shop.system.sandbox.url, order);
      const { code, stdout } = await watching.ended;
      expect(code).toBe(0);
      expect(stdout).toContain(`${order}  AWAITING_CUSTOMER  Charge payment`);
      expect(stdout).toContain(`${order}  CONFIRMED  SUCCEEDED`);
    });

    test('--watch of an order that does not end in time is "not yet"', async () => {
      expect((await shop.orders('trace', await shop.waitingOrder(), '--watch', '--timeout', '1')).code).toBe(2);
    });

    test('an unknown order is "no", and no id at all a mistake', async () => {
      const unknown = await shop.begin('trace', '01K2Z5N8W0CHECK0VTSAMPRE01').ended;
      expect(unknown).toMatchObject({ code: 2, stderr: 'error: There is no order 01K2Z5N8W0CHECK0VTSAMPRE01.\n' });
      expect((await shop.orders('trace', 'nonsense')).code).toBe(1);
    });
  });
}

export function describeLogs(shop: OrdersUnderTest): void {
  describe('orders logs', () => {
    const linesOf = (stdout: string): string[][] =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/u));

    test('shows what every function said about an order, by time, without colours in a pipe', async () => {
      const { code, stdout } = await shop.begin('logs', shop.declined).ended;
      expect(code).toBe(0);
      const lines = linesOf(stdout);
      expect(lines).toContainEqual(expect.arrayContaining(['stop-order', 'WARN', 'Order stopped']));
      const times = lines.map(([time]) => time);
      expect(times).toEqual(times.toSorted());
    });

    test('shows one function by a part of its name, and all lines when they are asked for', async () => {
      const some = linesOf((await shop.orders('logs', 'stop-ord')).stdout);
      const all = linesOf((await shop.orders('logs', 'stop-order', '--all')).stdout);
      expect(new Set(some.map(([, entry]) => entry))).toEqual(new Set(['stop-order']));
      expect(all.length).toBeGreaterThan(some.length);
    });

    test('--json has the lines as they were written', async () => {
      const lines = await shop.json<{ entry: string; message: string }[]>('logs', shop.declined);
      expect(lines.every(({ message }) => message.includes(shop.declined))).toBe(true);
    });

    test('--follow goes on with what comes', async () => {
      const following = shop.begin('logs', '--follow');
      const orderId = await shop.endedOrder(1);
      await following.said(orderId);
      following.stop();
      expect((await following.ended).code).toBe(0);
    });

    test('an unknown function is the user’s mistake, and an order without a line is "no"', async () => {
      const { code, stderr } = await shop.orders('logs', 'pour-tea');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^error: .*"pour-tea".*charge-payment.*\n$/),
      });
      expect((await shop.orders('logs', '01K2Z5N8W0CHECK0VTSAMPRE01')).code).toBe(2);
    });
  });
}
