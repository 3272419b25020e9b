// What an order costs while orders keep coming: whether it grows with the work that was done before, and how long
// somebody waits for the list of products meanwhile.
// node bench/steady.ts [--rate 20] [--minutes 5] [--port N]
import { parseArgs } from 'node:util';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { HttpLoad } from './support/http-load.ts';
import { listLatenciesMs } from './support/list-latencies.ts';
import { checkoutOf, publish } from './support/order-load.ts';
import { processorMsOf, SHOP_PARTS } from './support/processor-time.ts';
import { residentMbOf } from './support/process-tree.ts';
import { seedProducts } from './support/seed-products.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';
import { atRate } from './support/steady-rate.ts';

const SECONDS_A_ROUND = 60;
/** ListExecutions gives no more at once. */
const MOST_COUNTED = 1_000;
const LISTS_PER_SECOND = 5;

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '5' },
    port: { type: 'string', default: '24586' },
  },
});
const [rate, minutes] = [Number(flags.rate), Number(flags.minutes)];

const shop = await startShop(Number(flags.port));
const load = new HttpLoad(shop.httpApiUrl);
try {
  const skus = await seedProducts(shop.deployment);
  console.log(`${rate} orders/s and ${LISTS_PER_SECOND} GET /products/s; processor ms an order, by minute`);
  console.log(['minute', ...SHOP_PARTS, 'all', 'waiting', 'MB', 'list p99'].map(cell).join(''));
  for (let minute = 1; minute <= minutes; minute += 1)
    console.log((await round(shop, minute, skus)).map(cell).join(''));
} finally {
  load.close();
  await shop.stop();
}

async function round({ deployment, pid }: ShopProcess, minute: number, skus: readonly string[]): Promise<string[]> {
  const before = processorMsOf(pid);
  const checkouts = Array.from({ length: rate * SECONDS_A_ROUND }, (_, n) => checkoutOf(skus[n % 2]!));
  const [listedMs] = await Promise.all([
    listLatenciesMs(load, { perSecond: LISTS_PER_SECOND, seconds: SECONDS_A_ROUND }),
    atRate(rate, checkouts, (checkout) => publish(deployment, [checkout])),
  ]);
  const after = processorMsOf(pid);
  const used = SHOP_PARTS.map((part) => (after[part] - before[part]) / checkouts.length);
  const all = used.reduce((sum, ms) => sum + ms, 0);
  const waiting = await runningOrders(deployment);
  return [
    String(minute),
    ...[...used, all].map((ms) => ms.toFixed(1)),
    waiting === MOST_COUNTED ? `${MOST_COUNTED}+` : String(waiting),
    residentMbOf(pid).toFixed(0),
    percentile(listedMs, 0.99).toFixed(1),
  ];
}

/** Orders that are not confirmed yet, of those whose execution was started. */
async function runningOrders(deployment: ShopProcess['deployment']): Promise<number> {
  const request = {
    stateMachineArn: deployment.output('StateMachineArn'),
    statusFilter: 'RUNNING' as const,
    maxResults: MOST_COUNTED,
  };
  const { executions = [] } = await deployment.stepFunctions.send(new ListExecutionsCommand(request));
  return executions.length;
}

function cell(text: string): string {
  return text.padStart(10);
}
