import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { DUPLICATE_BASKET, SAMPLE_BASKETS, type SampleBasket } from '../../events/sample-checkouts.ts';
import { colors } from '../colors.ts';
import { demoPasswordOf, type DemoUsername } from '../demo-users.ts';
import type { Deployment } from '../deployment.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../follow-order.ts';
import { moneyText } from '../../events/money.ts';
import { storedCommand } from '../orders/replay/replay-order.ts';
import { publishCheckout } from '../publish-checkout.ts';
import { ShopClient } from '../shop-client.ts';
import { formatTrace } from '../trace/format-trace.ts';
import type { OrderProgress } from '../order-progress.ts';
import { readOrderTrace, type OrderTrace } from '../trace/order-trace.ts';
import type { Cast } from './cast.ts';
import { awaitMails, type CapturedMail } from './mails.ts';
import { placeAgain, placeOrder, type PlacedOrder } from './place-order.ts';
import { seedCatalog } from './seed-catalog.ts';
import { confirmAsCustomer, readAvailable, readNetMinor, type AvailableBySku } from './snapshot.ts';

const SAMPLE_TIMEOUT_MS = 60_000;
const QUEUE_PAUSE_MS = 20;

export interface DemoOptions {
  readonly deployment: Deployment;
  /** Whose products and customers: they must have been seeded. */
  readonly cast: Cast;
  /** Where captured mails are listed. */
  readonly endpointUrl: string;
  /** Control plane of the payment sandbox. */
  readonly sandboxUrl: string;
  readonly print: (line: string) => void;
}

/** How a sample ended, beside how it had to end. */
export interface SampleResult {
  readonly sample: CastSample;
  readonly placed: PlacedOrder;
  readonly trace: OrderTrace;
  readonly mails: readonly CapturedMail[];
  readonly endedAsTold: boolean;
}

/** Puts the samples' products on sale, where they are not. */
export async function seedSamples({ deployment, cast }: Pick<DemoOptions, 'deployment' | 'cast'>): Promise<void> {
  await seedCatalog(await signedIn(deployment, 'admin'), deployment, cast);
}

/**
 * Tells each sample's story over the HTTP API: order, wait for its end, print what happened to stock and money, and
 * what its customer was told.
 */
export async function runSamples(options: DemoOptions): Promise<SampleResult[]> {
  const results: SampleResult[] = [];
  for (const basket of SAMPLE_BASKETS) {
    const sample = withCast(basket, options.cast);
    const customer = await signedIn(options.deployment, sample.customerId);
    const placing = { sample, number: results.length + 1, order: () => placeOrder(customer, sample) };
    results.push(await tell(placing, options));
  }
  const [first] = results;
  if (first !== undefined) results.push(await tellDuplicate(first.placed, results.length + 1, options));
  return results;
}

async function tellDuplicate(placed: PlacedOrder, number: number, options: DemoOptions): Promise<SampleResult> {
  const { deployment } = options;
  const sample = withCast(DUPLICATE_BASKET, options.cast);
  const customer = await signedIn(deployment, sample.customerId);
  const order = async (): Promise<PlacedOrder> => {
    await placeAgain(customer, placed);
    await publishCheckout(deployment, (await storedCommand(deployment, placed.orderId)).command);
    return placed;
  };
  return tell({ sample, number, order, orderId: placed.orderId }, options);
}

/** A sample with the names of those who play it. */
export interface CastSample extends Omit<SampleBasket, 'customerId'> {
  readonly customerId: DemoUsername;
}

function withCast(sample: SampleBasket, cast: Cast): CastSample {
  return {
    ...sample,
    customerId: cast.customerOf(sample.customerId),
    lines: sample.lines.map(([sku, quantity]) => [cast.skuOf(sku), quantity] as const),
  };
}

interface Placing {
  readonly sample: CastSample;
  readonly number: number;
  readonly order: () => Promise<PlacedOrder>;
  /** Of an order that exists already. */
  readonly orderId?: string;
}

async function tell(placing: Placing, options: DemoOptions): Promise<SampleResult> {
  const { sample, number } = placing;
  const { print } = options;
  print('');
  print(colors.bold(`${number}. ${sample.title}`));
  const result = await run(placing, options);
  if (!result.endedAsTold) print(colors.red(`  expected ${[sample.ending, sample.reason].filter(Boolean).join(' ')}`));
  return result;
}

async function run({ sample, order, orderId }: Placing, options: DemoOptions): Promise<SampleResult> {
  const { deployment, endpointUrl, sandboxUrl, print } = options;
  const skus = sample.lines.map(([sku]) => sku);
  const stockBefore = await readAvailable(deployment, skus);
  const netBefore = orderId === undefined ? 0 : await readNetMinor(sandboxUrl, orderId);

  const placed = await order();
  const trace = await untilEnded(placed, sample, options);
  const to = `${sample.customerId}@example.com`;
  const mails = await awaitMails(endpointUrl, { to, orderId: placed.orderId, count: 1, timeoutMs: SAMPLE_TIMEOUT_MS });

  for (const line of formatTrace(trace)) print(`  ${line}`);
  print(`  ${colors.dim('stock')}  ${stockChange(stockBefore, await readAvailable(deployment, skus))}`);
  const netAfter = await readNetMinor(sandboxUrl, placed.orderId);
  const money = [netBefore, netAfter].map((amountMinor) => moneyText(amountMinor, placed.currency));
  print(`  ${colors.dim('money')}  ${money.join(' → ')}`);
  for (const { subject } of mails) print(`  ${colors.dim('mail')}   ${to}  ${subject}`);
  const endedAsTold = trace.order?.status === sample.ending && trace.order.reason === sample.reason;
  return { sample, placed, trace, mails, endedAsTold };
}

async function untilEnded(
  { orderId }: PlacedOrder,
  { customerConfirms }: CastSample,
  { deployment, sandboxUrl }: DemoOptions,
): Promise<OrderTrace> {
  const follow = (until: (progress: OrderProgress) => boolean): Promise<OrderProgress> =>
    followOrder(deployment, orderId, { until, timeoutMs: SAMPLE_TIMEOUT_MS });
  if (customerConfirms) {
    await follow((progress) => waitsForSomeone(progress) || hasEnded(progress));
    await confirmAsCustomer(sandboxUrl, orderId);
  }
  await queueDrained(deployment);
  await follow(hasEnded);
  const trace = await readOrderTrace(deployment, orderId);
  if (trace === undefined) throw new Error(`Order ${orderId} was accepted, and nobody knows it`);
  return trace;
}

async function signedIn(deployment: Deployment, username: DemoUsername): Promise<ShopClient> {
  return ShopClient.signedIn(deployment, username, demoPasswordOf(username));
}

/** A duplicate changes nothing that could be awaited, except that its message comes and goes. */
async function queueDrained(deployment: Deployment): Promise<void> {
  for (let emptyReads = 0; emptyReads < 3;) {
    const { Attributes = {} } = await deployment.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: deployment.output('CheckoutQueueUrl'), AttributeNames: ['All'] }),
    );
    const waiting =
      Number(Attributes['ApproximateNumberOfMessages']) + Number(Attributes['ApproximateNumberOfMessagesNotVisible']);
    emptyReads = waiting === 0 ? emptyReads + 1 : 0;
    await delay(QUEUE_PAUSE_MS);
  }
}

function stockChange(before: AvailableBySku, after: AvailableBySku): string {
  return [...before].map(([sku, units]) => `${sku} ${units} → ${after.get(sku) ?? 0}`).join('   ');
}
