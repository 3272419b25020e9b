import { execFile } from 'node:child_process';
import { ulid } from 'ulid';
import { expect } from 'vitest';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { SAMPLE_STOCK, sampleCheckouts } from '../../events/sample-checkouts.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { inProcess, type Ended } from '../../test/testing/command-in-process.ts';
import { restock } from '../../test/testing/restock.ts';
import { startTestSystem, type TestSystem } from '../../test/testing/started-system.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../follow-order.ts';
import type { OrderProgress } from '../order-progress.ts';
import { runOrders } from '../orders/program.ts';
import { publishCheckout } from '../publish-checkout.ts';
import { PROJECT_FOLDER } from '../synthesize.ts';

/** The samples by their place: 0 confirmed, 1 declined, 4 waits for its customer. */
export function aCheckout(sample: number, placedAt = new Date()): BasketCheckedOut {
  return sampleCheckouts(() => ulid() as OrderId, placedAt)[sample]!.checkout;
}

/**
 * The command line `orders`, with public APIs as its only way to a running system. Suites are given it when they are
 * declared; only their tests run after `start`.
 */
export class OrdersUnderTest {
  system!: TestSystem;
  /** Ids of the two orders that `start` places: the first is confirmed, the second one's payment is declined. */
  confirmed!: string;
  declined!: string;

  async start(): Promise<void> {
    this.system = await startTestSystem();
    await restock(this.system.deployment, SAMPLE_STOCK);
    this.confirmed = await this.endedOrder(0);
    this.declined = await this.endedOrder(1);
  }

  stop(): Promise<void> {
    return this.system.stop();
  }

  orders(...args: readonly string[]): Promise<Ended> {
    process.env['AWS_ENDPOINT_URL'] = this.system.runtime.endpointUrl;
    return inProcess(() => runOrders(args));
  }

  /** As a script runs it, in a process of its own with pipes for a terminal: `said` resolves once the text is printed. */
  begin(...args: readonly string[]) {
    const { promise: ended, resolve } = Promise.withResolvers<Ended>();
    const env = { ...process.env, AWS_ENDPOINT_URL: this.system.runtime.endpointUrl };
    const options = { cwd: PROJECT_FOLDER, env };
    const child = execFile(process.execPath, ['cli/orders.ts', ...args], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
    let printed = '';
    child.stdout?.on('data', (chunk: string) => (printed += chunk));
    const said = (text: string): Promise<unknown> => expect.poll(() => printed).toContain(text);
    return { ended, said, stop: () => child.kill('SIGINT') };
  }

  async json<Value>(...args: readonly string[]): Promise<Value> {
    return printedJson(await this.orders(...args, '--json')) as Value;
  }

  follow(orderId: string, until: (progress: OrderProgress) => boolean): Promise<OrderProgress> {
    return followOrder(this.system.deployment, orderId, { until, timeoutMs: 60_000 });
  }

  async endedOrder(sample: number): Promise<string> {
    const checkout = aCheckout(sample);
    await publishCheckout(this.system.deployment, checkout);
    await this.follow(checkout.orderId, hasEnded);
    return checkout.orderId;
  }

  async waitingOrder(): Promise<string> {
    const checkout = aCheckout(4);
    await publishCheckout(this.system.deployment, checkout);
    await this.follow(checkout.orderId, waitsForSomeone);
    return checkout.orderId;
  }

  /** Parked, because the provider holds another amount than the order asks for. */
  async parkedOrder(): Promise<string> {
    const checkout = aCheckout(0);
    const behaviour = { kind: 'wrongAmount', orderId: checkout.orderId, count: 3 };
    await fetch(`${this.system.sandbox.url}/_sandbox/behaviours`, { method: 'POST', body: JSON.stringify(behaviour) });
    await publishCheckout(this.system.deployment, checkout);
    await this.follow(checkout.orderId, waitsForSomeone);
    return checkout.orderId;
  }
}

/** What a command printed that went well and had nothing to say beside its progress. */
function printedJson({ code, stdout, stderr }: Ended): unknown {
  expect({ code, stderr: stderr.replaceAll(/^… .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}
