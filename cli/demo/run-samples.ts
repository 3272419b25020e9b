import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { colors } from '../colors.ts';
import { ulid } from 'ulid';
import type { SampleCheckout } from '../../events/sample-checkouts.ts';
import { SAMPLE_STOCK, sampleCheckouts } from '../../events/sample-checkouts.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import type { Deployment } from '../deployment.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../follow-order.ts';
import { formatMoney } from '../money.ts';
import { publishCheckout } from '../publish-checkout.ts';
import { formatTrace } from '../trace/format-trace.ts';
import type { OrderTrace } from '../trace/order-trace.ts';
import { confirmAsCustomer, readAvailable, readNetMinor, restock, type AvailableBySku } from './snapshot.ts';

const SAMPLE_TIMEOUT_MS = 60_000;
const QUEUE_PAUSE_MS = 20;

export interface DemoOptions {
  readonly deployment: Deployment;
  /** Control plane of the payment sandbox. */
  readonly sandboxUrl: string;
  readonly print: (line: string) => void;
}

/** How a sample ended, beside how it had to end. */
export interface SampleResult {
  readonly sample: SampleCheckout;
  readonly trace: OrderTrace;
  readonly endedAsTold: boolean;
}

/** Seeds stock, then tells each sample's story: publish, wait for its end, print what happened to stock and money. */
export async function runSamples(options: DemoOptions): Promise<SampleResult[]> {
  await restock(options.deployment, SAMPLE_STOCK);
  const results: SampleResult[] = [];
  for (const sample of sampleCheckouts(() => ulid() as OrderId, new Date())) {
    options.print('');
    options.print(colors.bold(`${results.length + 1}. ${sample.title}`));
    const result = await runSample(sample, options);
    results.push(result);
    if (!result.endedAsTold)
      options.print(colors.red(`  expected ${[sample.ending, sample.reason].filter(Boolean).join(' ')}`));
  }
  return results;
}

async function runSample(
  sample: SampleCheckout,
  { deployment, sandboxUrl, print }: DemoOptions,
): Promise<SampleResult> {
  const { checkout } = sample;
  const skus = checkout.lines.map((line) => line.sku);
  const stockBefore = await readAvailable(deployment, skus);
  const netBefore = await readNetMinor(sandboxUrl, checkout.orderId);

  await publishCheckout(deployment, checkout);
  const follow = (until: (trace: OrderTrace) => boolean): Promise<OrderTrace> =>
    followOrder(deployment, checkout.orderId, { until, timeoutMs: SAMPLE_TIMEOUT_MS });
  if (sample.customerConfirms) {
    await follow((trace) => waitsForSomeone(trace) || hasEnded(trace));
    await confirmAsCustomer(sandboxUrl, checkout.orderId);
  }
  await queueDrained(deployment);
  const trace = await follow(hasEnded);

  for (const line of formatTrace(trace)) print(`  ${line}`);
  print(`  ${colors.dim('stock')}  ${stockChange(stockBefore, await readAvailable(deployment, skus))}`);
  const netAfter = await readNetMinor(sandboxUrl, checkout.orderId);
  print(
    `  ${colors.dim('money')}  ${formatMoney(netBefore, checkout.currency)} → ${formatMoney(netAfter, checkout.currency)}`,
  );
  const endedAsTold = trace.order?.status === sample.ending && trace.order.reason === sample.reason;
  return { sample, trace, endedAsTold };
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
