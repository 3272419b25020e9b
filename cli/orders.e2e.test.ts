import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DisableRuleCommand, EnableRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { ulid } from 'ulid';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BasketCheckedOut } from '../events/basket-checked-out.ts';
import { canonicalJson } from '../events/canonical-json.ts';
import { OrderCancelled } from '../events/order-cancelled.ts';
import { OrderPlaced } from '../events/order-placed.ts';
import { SAMPLE_STOCK, sampleCheckouts } from '../events/sample-checkouts.ts';
import type { OrderId } from '../events/vocabulary.ts';
import { inProcess, type Ended } from '../test/testing/command-in-process.ts';
import { restock } from '../test/testing/restock.ts';
import { shopOf } from '../test/testing/signed-in-users.ts';
import { startTestSystem, type TestSystem } from '../test/testing/started-system.ts';
import { confirmAsCustomer } from './demo/snapshot.ts';
import { followOrder, hasEnded, waitsForSomeone } from './follow-order.ts';
import { runOrders } from './orders/program.ts';
import { publishCheckout } from './publish-checkout.ts';
import { PROJECT_FOLDER } from './synthesize.ts';
import type { OrderProgress } from './order-progress.ts';
import { stepsOf, type OrderTrace } from './trace/order-trace.ts';

let system: TestSystem;

/** Runs the command line with public APIs as its only way to the system. */
function orders(...args: readonly string[]): Promise<Ended> {
  process.env['AWS_ENDPOINT_URL'] = system.runtime.endpointUrl;
  return inProcess(() => runOrders(args));
}

/** As a script runs it, in a process of its own with pipes for a terminal: `said` resolves when the text was printed. */
function begin(...args: readonly string[]) {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, AWS_ENDPOINT_URL: system.runtime.endpointUrl };
  const options = { cwd: PROJECT_FOLDER, env };
  const child = execFile(process.execPath, ['cli/orders.ts', ...args], options, (error, stdout, stderr) =>
    resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
  );
  const said = (text: string): Promise<void> =>
    new Promise((heard) => child.stdout?.on('data', (chunk: string) => chunk.includes(text) && heard()));
  return { ended, said, stop: () => child.kill('SIGINT') };
}

async function json<Value>(...args: readonly string[]): Promise<Value> {
  const { code, stdout, stderr } = await orders(...args, '--json');
  expect({ code, stderr: stderr.replaceAll(/^… .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Value;
}

/** The samples by their place: 0 confirmed, 1 declined, 4 waits for its customer. */
function aCheckout(sample: number, placedAt = new Date()): BasketCheckedOut {
  return sampleCheckouts(() => ulid() as OrderId, placedAt)[sample]!.checkout;
}

const follow = (orderId: string, until: (progress: OrderProgress) => boolean): Promise<OrderProgress> =>
  followOrder(system.deployment, orderId, { until, timeoutMs: 60_000 });

async function endedOrder(sample: number): Promise<string> {
  const checkout = aCheckout(sample);
  await publishCheckout(system.deployment, checkout);
  await follow(checkout.orderId, hasEnded);
  return checkout.orderId;
}

async function waitingOrder(): Promise<string> {
  const checkout = aCheckout(4);
  await publishCheckout(system.deployment, checkout);
  await follow(checkout.orderId, waitsForSomeone);
  return checkout.orderId;
}

/** Parked, because the provider holds another amount than the order asks for. */
async function parkedOrder(): Promise<string> {
  const checkout = aCheckout(0);
  const behaviour = { kind: 'wrongAmount', orderId: checkout.orderId, count: 3 };
  await fetch(`${system.sandbox.url}/_sandbox/behaviours`, { method: 'POST', body: JSON.stringify(behaviour) });
  await publishCheckout(system.deployment, checkout);
  await follow(checkout.orderId, waitsForSomeone);
  return checkout.orderId;
}

let confirmed: string;
let declined: string;

beforeAll(async () => {
  system = await startTestSystem();
  await restock(system.deployment, SAMPLE_STOCK);
  confirmed = await endedOrder(0);
  declined = await endedOrder(1);
});

afterAll(() => system.stop());

describe('orders list', () => {
  test('lists orders, newest first, without colours in a pipe', async () => {
    const { code, stdout } = await begin('list').ended;
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^ORDER +PLACED +CUSTOMER +TOTAL +STATUS$/);
    expect(lines[1]).toMatch(new RegExp(`^${declined} .* bob +78.00 EUR +CANCELLED PAYMENT_DECLINED$`));
    expect(lines[2]).toMatch(new RegExp(`^${confirmed} .* alice +73.00 EUR +CONFIRMED$`));
  });

  test('filters by status, customer, time and number', async () => {
    const ids = async (...args: readonly string[]) =>
      (await json<{ orderId: string }[]>('list', ...args)).map(({ orderId }) => orderId);
    expect(await ids('--status', 'CONFIRMED')).toEqual([confirmed]);
    expect(await ids('--customer', 'bob')).toEqual([declined]);
    expect(await ids('--limit', '1')).toEqual([declined]);
    expect(await ids('--since', '1h')).toEqual([declined, confirmed]);
    expect(await ids('--since', '0s')).toEqual([]);
  });

  test('an unknown status is the user’s mistake', async () => {
    const { code, stderr } = await begin('list', '--status', 'LOST').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('PENDING');
  });
});

describe('orders trace', () => {
  test('tells steps, money, stock and events', async () => {
    const { code, stdout } = await orders('trace', confirmed);
    expect(code).toBe(0);
    for (const step of ['Create order', 'Reserve inventory', 'Charge payment', 'Confirm order']) {
      expect(stdout).toContain(step);
    }
    expect(stdout).toMatch(/money\n {2}CHARGED {2}73.00 EUR {2}pi_/);
    expect(stdout).toContain('COMMITTED  CUP-WHITE x4, TEAPOT-BLUE x1');
    expect(stdout).toMatch(/OrderConfirmed.v1 {2}published after/);
  });

  test('names the error of a failed attempt and what was said about it', async () => {
    const { stdout } = await orders('trace', declined);
    expect(stdout).toMatch(/attempt 1 {2}PaymentDeclined after .* insufficient_funds/);
  });

  test('--json has everything', async () => {
    const trace = await json<OrderTrace>('trace', declined);
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
    expect((await orders('trace', confirmed)).stdout).toContain('taken 73.00 − returned 0 = 73.00; held 5 ✓');
    expect((await orders('trace', declined)).stdout).toContain('taken 0 − returned 0 = 0; held 0 ✓');
  });

  test('goes on into the second workflow of an order that was cancelled after its confirmation', async () => {
    const order = await endedOrder(0);
    const admin = await shopOf(system, 'admin');
    expect(await admin.send({ method: 'POST', path: `/orders/${order}/cancel` })).toMatchObject({ status: 202 });
    expect(await orders('trace', order, '--watch', '--timeout', '30')).toMatchObject({ code: 0 });
    const trace = await json<OrderTrace>('trace', order);
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
    const { stdout } = await orders('trace', order);
    expect(stdout).toMatch(/order-cancellation {2}SUCCEEDED[\s\S]*Refund payment .* undoes Charge payment/);
  });

  test('--mermaid draws the path that was taken', async () => {
    const { stdout } = await orders('trace', declined, '--mermaid');
    expect(stdout).toMatch(/^flowchart TD\n/);
    expect(stdout).toContain('Charge_payment ==>|"States.ALL"| Stop_order');
    expect(stdout).toContain('Compensate ==> Release_inventory');
    expect(stdout).toContain('Charge_payment -.-> Confirm_order');
    expect(stdout).toContain('class Charge_payment failed');
  });

  test('--watch shows each change and ends with the order', async () => {
    const order = await waitingOrder();
    const watching = begin('trace', order, '--watch', '--timeout', '30');
    await watching.said('AWAITING_CUSTOMER');
    await confirmAsCustomer(system.sandbox.url, order);
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`${order}  AWAITING_CUSTOMER  Charge payment`);
    expect(stdout).toContain(`${order}  CONFIRMED  SUCCEEDED`);
  });

  test('--watch of an order that does not end in time is "not yet"', async () => {
    expect((await orders('trace', await waitingOrder(), '--watch', '--timeout', '1')).code).toBe(2);
  });

  test('an unknown order is "no", and no id at all a mistake', async () => {
    const unknown = await begin('trace', '01K2Z5N8W0CHECK0VTSAMPRE01').ended;
    expect(unknown).toMatchObject({ code: 2, stderr: 'error: There is no order 01K2Z5N8W0CHECK0VTSAMPRE01.\n' });
    expect((await orders('trace', 'nonsense')).code).toBe(1);
  });
});

describe('orders logs', () => {
  const linesOf = (stdout: string): string[][] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/u));

  test('shows what every function said about an order, by time, without colours in a pipe', async () => {
    const { code, stdout } = await begin('logs', declined).ended;
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines).toContainEqual(expect.arrayContaining(['stop-order', 'WARN', 'Order stopped']));
    const times = lines.map(([time]) => time);
    expect(times).toEqual(times.toSorted());
  });

  test('shows one function by a part of its name, and all lines when they are asked for', async () => {
    const some = linesOf((await orders('logs', 'stop-ord')).stdout);
    const all = linesOf((await orders('logs', 'stop-order', '--all')).stdout);
    expect(new Set(some.map(([, entry]) => entry))).toEqual(new Set(['stop-order']));
    expect(all.length).toBeGreaterThan(some.length);
  });

  test('--json has the lines as they were written', async () => {
    const lines = await json<{ entry: string; message: string }[]>('logs', declined);
    expect(lines.every(({ message }) => message.includes(declined))).toBe(true);
  });

  test('--follow goes on with what comes', async () => {
    const following = begin('logs', '--follow');
    const orderId = await endedOrder(1);
    await following.said(orderId);
    following.stop();
    expect((await following.ended).code).toBe(0);
  });

  test('an unknown function is the user’s mistake, and an order without a line is "no"', async () => {
    const { code, stderr } = await orders('logs', 'pour-tea');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: .*"pour-tea".*charge-payment.*\n$/),
    });
    expect((await orders('logs', '01K2Z5N8W0CHECK0VTSAMPRE01')).code).toBe(2);
  });
});

describe('orders replay', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

  /** As if it had been on the bus `minutes` ago. */
  async function publishInThePast(checkout: BasketCheckedOut, minutes: number): Promise<void> {
    const entry = {
      EventBusName: system.deployment.output('EventBusName'),
      Source: BasketCheckedOut.source,
      DetailType: BasketCheckedOut.detailType,
      Detail: canonicalJson(checkout),
      Time: minutesAgo(minutes),
    };
    const { FailedEntryCount } = await system.deployment.events.send(new PutEventsCommand({ Entries: [entry] }));
    expect(FailedEntryCount).toBe(0);
  }

  /** The event gets into the archive and nowhere else. */
  async function publishUnheard(checkout: BasketCheckedOut, minutes: number): Promise<void> {
    const [, EventBusName, Name] = system.deployment.output('CheckoutRuleArn').split('/');
    await system.deployment.events.send(new DisableRuleCommand({ Name, EventBusName }));
    await publishInThePast(checkout, minutes);
    await system.deployment.events.send(new EnableRuleCommand({ Name, EventBusName }));
  }

  test.each([
    ['a window younger than ten minutes', ['--from', '1h', '--to', '9m'], 'at least ten minutes ago'],
    ['a window that ends before it begins', ['--from', '1h', '--to', '2h'], '--from must be before --to'],
    ['a window wider than a day', ['--from', '3d', '--to', '1d'], '--wide'],
    ['half a window', ['--from', '1h'], 'both --from and --to'],
    ['no window at all', [], '--from and --to, or --order'],
  ])('refuses %s', async (_what, args, reason) => {
    const { code, stderr } = await orders('replay', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });

  test('starts the orders of the window that were never started, and skips the others', async () => {
    const known = aCheckout(0, minutesAgo(30));
    await publishInThePast(known, 30);
    await follow(known.orderId, hasEnded);
    const lost = aCheckout(0, minutesAgo(25));
    await publishUnheard(lost, 25);

    const window = ['--from', '40m', '--to', '20m'];
    const plan = await json<{ alreadyStarted: string[]; dryRun: boolean }>('replay', ...window, '--dry-run');
    expect(plan).toMatchObject({ dryRun: true, alreadyStarted: [known.orderId] });
    expect((await orders('trace', lost.orderId)).code).toBe(2);

    const { code, stdout } = await orders('replay', ...window);
    expect(code).toBe(0);
    expect(stdout).toContain(`started  1: ${lost.orderId}`);
    expect(stdout).toContain('skipped  1 that had started before');
    expect((await follow(lost.orderId, hasEnded)).order?.status).toBe('CONFIRMED');
  });

  test('--order says honestly that an order that has its execution is skipped', async () => {
    const { code, stdout } = await orders('replay', '--order', confirmed);
    expect(code).toBe(0);
    expect(stdout).toContain('skipped: its execution exists (SUCCEEDED)');
  });

  test('--order of an order that nobody stored is "no"', async () => {
    expect((await orders('replay', '--order', '01K2Z5N8W0CHECK0VTSAMPRE01')).code).toBe(2);
  });
});

describe('orders dlq', () => {
  const sendTo = (output: string, body: string) =>
    system.deployment.sqs.send(
      new SendMessageCommand({ QueueUrl: system.deployment.output(output), MessageBody: body }),
    );
  const envelopeOf = (detail: object) =>
    JSON.stringify({ source: BasketCheckedOut.source, 'detail-type': BasketCheckedOut.detailType, detail });

  test('an empty queue moves nothing, which is no error', async () => {
    expect(await json('dlq', 'redrive', 'checkout-dead-letter')).toEqual({ queue: 'checkout-dead-letter', moved: 0 });
  });

  test('explains a message by the schema of its event', async () => {
    const checkout = aCheckout(0);
    await sendTo('CheckoutDeadLetterQueueUrl', envelopeOf({ ...checkout, totalMinor: 1 }));
    const { stdout } = await orders('dlq', 'explain', 'checkout-dead-letter');
    expect(stdout).toContain(`BasketCheckedOut.v1 from shop.basket  order ${checkout.orderId}`);
    expect(stdout).toContain('invalid totalMinor: expected the sum of quantity x unit price of all lines');
    const queues = await json<{ name: string; messages: number }[]>('dlq', 'list');
    expect(queues.find(({ name }) => name === 'checkout-dead-letter')?.messages).toBe(1);
  });

  test('redrives messages to where they were on their way', async () => {
    const unworked = aCheckout(0);
    const undelivered = aCheckout(0);
    await sendTo('CheckoutDeadLetterQueueUrl', envelopeOf(unworked));
    await sendTo('CheckoutUndeliveredQueueUrl', envelopeOf(undelivered));
    expect(await json('dlq', 'redrive', 'checkout-undelivered')).toMatchObject({ moved: 1 });
    const { moved } = await json<{ moved: number }>('dlq', 'redrive', '--all');
    expect(moved).toBe(2); // with the invalid one of the test before
    expect((await follow(unworked.orderId, hasEnded)).order?.status).toBe('CONFIRMED');
    expect((await follow(undelivered.orderId, hasEnded)).order?.status).toBe('CONFIRMED');
  });

  test('says what helps where messages are no work', async () => {
    const { code, stderr } = await orders('dlq', 'redrive', 'relay-failures');
    expect(code).toBe(1);
    expect(stderr).toContain('orders sweep');
    expect((await orders('dlq', 'redrive', 'nonsense')).stderr).toContain('expected checkout-dead-letter');
  });
});

describe('orders stock', () => {
  test('spreads a product over shards and back, and its figures stay what they were', async () => {
    const admin = await shopOf(system, 'admin');
    const stock = async () => admin.call({ method: 'GET', path: '/inventory/CUP-WHITE' }, z.looseObject({}));
    const { available, onHold } = await stock();
    expect((await orders('stock', 'shard', 'CUP-WHITE', '4', '--actor', 'carol')).stdout).toContain('in 4 shards');
    expect(await stock()).toMatchObject({ shards: 4, available, onHold });
    expect((await orders('stock', 'shard', 'CUP-WHITE', '1')).stdout).toContain('in one row');
    expect(await stock()).toMatchObject({ shards: 1, available, onHold });
  });

  test('of a product without stock ends with exit code 2, and of no number with 1', async () => {
    expect((await orders('stock', 'shard', 'NOTHING', '4')).code).toBe(2);
    expect((await orders('stock', 'shard', 'CUP-WHITE', '33')).code).toBe(1);
  });
});

describe('orders return', () => {
  test('takes units of a shipped order back, and lists what became of their money', async () => {
    const order = await endedOrder(0);
    expect((await orders('return', 'book', order, '--everything', 'restock', '--reason', 'Unwanted')).code).toBe(1);
    const admin = await shopOf(system, 'admin');
    await admin.call({ method: 'POST', path: `/orders/${order}/shipments`, body: {} }, z.unknown());
    const request = ['return', 'book', order, '--restock', 'CUP-WHITE=1', '--reason', 'Too small', '--key', 'one'];
    const booked = await json<{ returnId: string }>(...request, '--actor', 'carol');
    expect(await json(...request, '--actor', 'carol')).toMatchObject({ returnId: booked.returnId });
    await expect
      .poll(() => json('return', 'list', order))
      .toMatchObject([{ returnId: booked.returnId, refundOutcome: 'MADE', refundMinor: 850, actor: 'carol' }]);
    expect((await orders('return', 'list', order)).stdout).toContain('CUP-WHITE x1 back in stock, 8.50 EUR');
  });

  test('of an order that nobody knows ends with exit code 2', async () => {
    expect((await orders('return', 'list', ulid())).code).toBe(2);
  });
});

describe('orders parked', () => {
  test('lists what is open and takes "resolved" only with evidence', async () => {
    const order = await parkedOrder();
    const { stdout } = await orders('parked', 'list');
    expect(stdout).toContain(`${order}  AMOUNT_MISMATCH at "Charge payment"`);
    expect((await orders('parked', 'resolve', order, '--actor', 'alice')).code).toBe(1);

    const resolved = await orders('parked', 'resolve', order, '--actor', 'alice', '--evidence', 'settled by hand');
    expect(resolved.code).toBe(0);
    expect((await follow(order, hasEnded)).order?.status).toBe('CANCELLED');
    expect((await orders('parked', 'resolve', order, '--actor', 'alice', '--evidence', 'again')).code).toBe(2);
  });

  test('an execution that was stopped goes on by a retry, and not behind its parking’s back', async () => {
    const order = await waitingOrder();
    const executionArn = system.deployment.executionArn(order);
    await system.deployment.stepFunctions.send(new StopExecutionCommand({ executionArn }));
    await follow(order, ({ parkedSteps }) => parkedSteps.length > 0);
    const behind = await orders('redrive', order);
    expect(behind).toMatchObject({ code: 1, stderr: expect.stringContaining('orders parked retry') as string });

    const retried = await json<{ delivered: boolean }>('parked', 'retry', order, '--actor', 'alice');
    expect(retried).toMatchObject({ orderId: order, decision: 'retry', delivered: true });
    await follow(order, ({ execution }) => execution?.status === 'RUNNING');
    await confirmAsCustomer(system.sandbox.url, order);
    expect((await follow(order, hasEnded)).order?.status).toBe('CONFIRMED');
  });
});

describe('the rest of orders', () => {
  test('redrive refuses an execution that succeeded, and knows none of an unknown order', async () => {
    expect((await orders('redrive', confirmed)).code).toBe(1);
    expect((await orders('redrive', '01K2Z5N8W0CHECK0VTSAMPRE01')).code).toBe(2);
  });

  test('sweep tells what it published', async () => {
    expect(await json('sweep')).toEqual({ published: 0, rejected: 0, quarantined: 0, oldestSeconds: 0 });
  });

  test('webhook check finds nothing wrong with the sandbox, and says what is where it is', async () => {
    const { code, stdout } = await orders('webhook', 'check');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✔ we_\w+ at http\S+ \(test mode\)/)]);
    const elsewhere = await orders('webhook', 'check', '--url', 'https://shop.example/webhooks/payments');
    expect([elsewhere.code, elsewhere.stdout]).toEqual([
      2,
      expect.stringContaining('url: no endpoint points at https'),
    ]);
  });

  test('backup copies the running shop, and says in one line what it refuses', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'backup-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const to = path.join(folder, 'monday');
    const from = ['--data', system.dataFolder, '--sandbox-url', system.sandbox.url];
    expect(await json('backup', '--to', to, ...from)).toMatchObject({
      backup: to,
      bytes: expect.any(Number) as number,
    });
    expect(await orders('backup', '--to', to, ...from)).toMatchObject({
      code: 1,
      stderr: `error: ${to} exists: give the name of a new folder.\n`,
    });
    const elsewhere = ['--data', system.dataFolder, '--sandbox-url', 'http://127.0.0.1:9'];
    expect((await orders('backup', '--to', path.join(folder, 'tuesday'), ...elsewhere)).stderr).toMatch(
      /^error: No payment sandbox answers at http:\/\/127\.0\.0\.1:9: .*\n$/,
    );
    const data = path.join(folder, 'data');
    expect(await json('restore', 'backup', '--from', to, '--data', data)).toMatchObject({ dataFolder: data });
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'monday']);
    // The shop goes on after it stood still.
    expect(await endedOrder(0)).not.toBe('');
  });

  test('symbolicate names the source of a place in a bundle, and leaves what it does not know', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stack-'));
    const file = path.join(folder, 'stack.txt');
    writeFileSync(
      file,
      'Error: no\\n    at f (/var/task/create-order.mjs:1:2500)\\n    at g (/var/task/other.mjs:1:2)',
    );
    const { code, stdout } = await orders('symbolicate', file);
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Error: no\n {4}at f \((?:functions|events)\/[\w/-]+\.ts:\d+:\d+\)\n {4}at g \(\/var\/task\/other\.mjs:1:2\)$/,
    );
  });

  test('without a system there is one line that says so', async () => {
    const { code, stderr } = await begin('list', '--endpoint-url', 'http://localhost:9').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: No stack order-workflow-dev at http:\/\/localhost:9: .*npm start.*\n$/);
  });
});

test('orders smoke finds a shop that sells, declines, refunds and can ring, and says what does not', async () => {
  const tries = await json<{ what: string; wrong?: string }[]>('smoke');
  expect(tries).toEqual([
    { what: 'the catalogue answers' },
    { what: 'an order is confirmed' },
    { what: 'a declined order is cancelled' },
    { what: 'a sale is taken back and refunded' },
    { what: 'alarms show in the console only' },
  ]);
  const without = await orders('smoke', '--sku', 'NOT-SOLD-HERE');
  expect([without.code, without.stdout]).toEqual([2, expect.stringContaining('came CANCELLED OUT_OF_STOCK')]);
});
