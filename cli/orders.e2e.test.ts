import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ulid } from 'ulid';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { shopOf } from '../test/testing/signed-in-users.ts';
import { confirmAsCustomer } from './demo/snapshot.ts';
import { hasEnded } from './follow-order.ts';
import { describeDlq, describeReplay } from './testing/lost-messages.ts';
import { describeList, describeLogs, describeTrace } from './testing/order-reports.ts';
import { OrdersUnderTest } from './testing/orders-under-test.ts';

/** One running system for all of it; these suites and tests run one after the other, on what was before them. */
const shop = new OrdersUnderTest();

beforeAll(() => shop.start());
afterAll(() => shop.stop());

describeList(shop);
describeTrace(shop);
describeLogs(shop);
describeReplay(shop);
describeDlq(shop);

describe('orders stock', () => {
  test('spreads a product over shards and back, and its figures stay what they were', async () => {
    const admin = await shopOf(shop.system, 'admin');
    const stock = async () => admin.call({ method: 'GET', path: '/inventory/CUP-WHITE' }, z.looseObject({}));
    const { available, onHold } = await stock();
    expect((await shop.orders('stock', 'shard', 'CUP-WHITE', '4', '--actor', 'carol')).stdout).toContain('in 4 shards');
    expect(await stock()).toMatchObject({ shards: 4, available, onHold });
    expect((await shop.orders('stock', 'shard', 'CUP-WHITE', '1')).stdout).toContain('in one row');
    expect(await stock()).toMatchObject({ shards: 1, available, onHold });
  });

  test('of a product without stock ends with exit code 2, and of no number with 1', async () => {
    expect((await shop.orders('stock', 'shard', 'NOTHING', '4')).code).toBe(2);
    expect((await shop.orders('stock', 'shard', 'CUP-WHITE', '33')).code).toBe(1);
  });
});

describe('orders return', () => {
  test('takes units of a shipped order back, and lists what became of their money', async () => {
    const order = await shop.endedOrder(0);
    expect((await shop.orders('return', 'book', order, '--everything', 'restock', '--reason', 'Unwanted')).code).toBe(
      1,
    );
    const admin = await shopOf(shop.system, 'admin');
    await admin.call({ method: 'POST', path: `/orders/${order}/shipments`, body: {} }, z.unknown());
    const request = ['return', 'book', order, '--restock', 'CUP-WHITE=1', '--reason', 'Too small', '--key', 'one'];
    const booked = await shop.json<{ returnId: string }>(...request, '--actor', 'carol');
    expect(await shop.json(...request, '--actor', 'carol')).toMatchObject({ returnId: booked.returnId });
    await expect
      .poll(() => shop.json('return', 'list', order))
      .toMatchObject([{ returnId: booked.returnId, refundOutcome: 'MADE', refundMinor: 850, actor: 'carol' }]);
    expect((await shop.orders('return', 'list', order)).stdout).toContain('CUP-WHITE x1 back in stock, 8.50 EUR');
  });

  test('of an order that nobody knows ends with exit code 2', async () => {
    expect((await shop.orders('return', 'list', ulid())).code).toBe(2);
  });
});

describe('orders parked', () => {
  test('lists what is open and takes "resolved" only with evidence', async () => {
    const order = await shop.parkedOrder();
    const { stdout } = await shop.orders('parked', 'list');
    expect(stdout).toContain(`${order}  AMOUNT_MISMATCH at "Charge payment"`);
    expect((await shop.orders('parked', 'resolve', order, '--actor', 'alice')).code).toBe(1);

    const resolved = await shop.orders('parked', 'resolve', order, '--actor', 'alice', '--evidence', 'settled by hand');
    expect(resolved.code).toBe(0);
    expect((await shop.follow(order, hasEnded)).order?.status).toBe('CANCELLED');
    expect((await shop.orders('parked', 'resolve', order, '--actor', 'alice', '--evidence', 'again')).code).toBe(2);
  });

  test('an execution that was stopped goes on by a retry, and not behind its parking’s back', async () => {
    const order = await shop.waitingOrder();
    const executionArn = shop.system.deployment.executionArn(order);
    await shop.system.deployment.stepFunctions.send(new StopExecutionCommand({ executionArn }));
    await shop.follow(order, ({ parkedSteps }) => parkedSteps.length > 0);
    const behind = await shop.orders('redrive', order);
    expect(behind).toMatchObject({ code: 1, stderr: expect.stringContaining('orders parked retry') as string });

    const retried = await shop.json<{ delivered: boolean }>('parked', 'retry', order, '--actor', 'alice');
    expect(retried).toMatchObject({ orderId: order, decision: 'retry', delivered: true });
    await shop.follow(order, ({ execution }) => execution?.status === 'RUNNING');
    await confirmAsCustomer(shop.system.sandbox.url, order);
    expect((await shop.follow(order, hasEnded)).order?.status).toBe('CONFIRMED');
  });
});

describe('the rest of orders', () => {
  test('redrive refuses an execution that succeeded, and knows none of an unknown order', async () => {
    expect((await shop.orders('redrive', shop.confirmed)).code).toBe(1);
    expect((await shop.orders('redrive', '01K2Z5N8W0CHECK0VTSAMPRE01')).code).toBe(2);
  });

  test('sweep tells what it published', async () => {
    expect(await shop.json('sweep')).toEqual({ published: 0, rejected: 0, quarantined: 0, oldestSeconds: 0 });
  });

  test('webhook check finds nothing wrong with the sandbox, and says what is where it is', async () => {
    const { code, stdout } = await shop.orders('webhook', 'check');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✔ we_\w+ at http\S+ \(test mode\)/)]);
    const elsewhere = await shop.orders('webhook', 'check', '--url', 'https://shop.example/webhooks/payments');
    expect([elsewhere.code, elsewhere.stdout]).toEqual([
      2,
      expect.stringContaining('url: no endpoint points at https'),
    ]);
  });

  test('backup copies the running shop, and says in one line what it refuses', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'backup-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const to = path.join(folder, 'monday');
    const from = ['--data', shop.system.dataFolder, '--sandbox-url', shop.system.sandbox.url];
    expect(await shop.json('backup', '--to', to, ...from)).toMatchObject({
      backup: to,
      bytes: expect.any(Number) as number,
    });
    expect(await shop.orders('backup', '--to', to, ...from)).toMatchObject({
      code: 1,
      stderr: `error: ${to} exists: give the name of a new folder.\n`,
    });
    const elsewhere = ['--data', shop.system.dataFolder, '--sandbox-url', 'http://127.0.0.1:9'];
    expect((await shop.orders('backup', '--to', path.join(folder, 'tuesday'), ...elsewhere)).stderr).toMatch(
      /^error: No payment sandbox answers at http:\/\/127\.0\.0\.1:9: .*\n$/,
    );
    const data = path.join(folder, 'data');
    expect(await shop.json('restore', 'backup', '--from', to, '--data', data)).toMatchObject({ dataFolder: data });
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'monday']);
    // The shop goes on after it stood still.
    expect(await shop.endedOrder(0)).not.toBe('');
  });

  test('symbolicate names the source of a place in a bundle, and leaves what it does not know', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stack-'));
    const file = path.join(folder, 'stack.txt');
    writeFileSync(
      file,
      'Error: no\\n    at f (/var/task/create-order.mjs:1:2500)\\n    at g (/var/task/other.mjs:1:2)',
    );
    const { code, stdout } = await shop.orders('symbolicate', file);
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Error: no\n {4}at f \((?:functions|events)\/[\w/-]+\.ts:\d+:\d+\)\n {4}at g \(\/var\/task\/other\.mjs:1:2\)$/,
    );
  });

  test('without a system there is one line that says so', async () => {
    const { code, stderr } = await shop.begin('list', '--endpoint-url', 'http://localhost:9').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: No stack order-workflow-dev at http:\/\/localhost:9: .*npm start.*\n$/);
  });

  test('republish lets all that was written since a moment wait for the sweeper', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const first = await shop.json<{ events: number }>('republish', '--since', since);
    expect(first).toEqual({ since, events: expect.any(Number) });
    expect(first.events).toBeGreaterThan(2);
    expect((await shop.orders('trace', shop.confirmed)).stdout).toMatch(/OrderConfirmed.v1 {2}not published yet/);
    const { stderr } = await shop.orders('republish', '--since', 'yesterday');
    expect(stderr).toMatch(/^error: --since: expected a time such as/);
  });
});

test('orders smoke finds a shop that sells, declines, refunds and can ring, and says what does not', async () => {
  const tries = await shop.json<{ what: string; wrong?: string }[]>('smoke');
  expect(tries).toEqual([
    { what: 'the catalogue answers' },
    { what: 'an order is confirmed' },
    { what: 'a declined order is cancelled' },
    { what: 'a sale is taken back and refunded' },
    { what: 'alarms show in the console only' },
  ]);
  const without = await shop.orders('smoke', '--sku', 'NOT-SOLD-HERE');
  expect([without.code, without.stdout]).toEqual([2, expect.stringContaining('came CANCELLED OUT_OF_STOCK')]);
});
