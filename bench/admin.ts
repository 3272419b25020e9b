// What an operator asks for with many orders in the data folder: the list of all orders, what is to be packed, and the
// trace of one order. npm run bench -- admin, or node bench/admin.ts [--port N] [--orders N]
import { parseArgs } from 'node:util';
import { demoPasswordOf } from '../cli/demo-users.ts';
import { signIn } from '../cli/sign-in.ts';
import { restock } from '../test/testing/restock.ts';
import { HttpLoad } from './support/http-load.ts';
import { seedOrders } from './support/order-history.ts';
import { allConfirmedAtMs, checkoutOf, publish } from './support/order-load.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';
import { atRate } from './support/steady-rate.ts';

/** More than a room of operators does: the page polls an open order every two seconds and a list every ten. */
const PER_SECOND = 20;
const SECONDS = 10;
const WARM_UP_SECONDS = 5;
/** Placed through the whole system, so that they have executions, payments and events to be traced. */
const TRACED = 20;
const TARGET = 'p99 30 ms';

const { values: flags } = parseArgs({
  options: { port: { type: 'string', default: '26566' }, orders: { type: 'string', default: '100000' } },
});
const shop = await startShop(Number(flags.port));
const load = new HttpLoad(shop.httpApiUrl);
try {
  const traced = await placeOrders(shop);
  const seededAtMs = performance.now();
  await seedOrders(shop.deployment, Number(flags.orders));
  console.log(`${flags.orders} orders seeded in ${((performance.now() - seededAtMs) / 1000).toFixed(0)} s`);
  const { accessToken: token } = await signIn(shop.deployment, 'admin', demoPasswordOf('admin'));
  const from = new Date(Date.now() - 30 * 24 * 3_600_000).toISOString();
  for (const [name, paths] of [
    ['GET /admin/orders', ['/admin/orders']],
    ['  status=CONFIRMED', ['/admin/orders?status=CONFIRMED']],
    ['  status=CANCELLED', ['/admin/orders?status=CANCELLED']],
    ['  a customer', ['/admin/orders?customer=customer-7']],
    ['  30 days, 100 orders', [`/admin/orders?from=${from}&limit=100`]],
    ['GET /admin/shipments', ['/admin/shipments?state=to-ship']],
    ['GET /admin/orders/…/trace', traced.map((orderId) => `/admin/orders/${orderId}/trace`)],
  ] as const) {
    await latenciesMs(paths, token, WARM_UP_SECONDS);
    report(name, await latenciesMs(paths, token, SECONDS));
  }
} finally {
  load.close();
  await shop.stop();
}

async function placeOrders({ deployment }: ShopProcess): Promise<string[]> {
  await restock(deployment, { BENCH: 1_000_000 });
  const checkouts = Array.from({ length: TRACED }, () => checkoutOf('BENCH'));
  await publish(deployment, checkouts);
  const orderIds = checkouts.map(({ orderId }) => orderId);
  await allConfirmedAtMs(deployment, new Set(orderIds));
  return orderIds;
}

async function latenciesMs(paths: readonly string[], token: string, seconds: number): Promise<number[]> {
  const calls = Array.from({ length: PER_SECOND * seconds }, (_, n) => paths[n % paths.length]!);
  const answers = await atRate(PER_SECOND, calls, (path) => load.call({ method: 'GET', path, token }));
  return answers.map((answer) => answer.latencyMs);
}

function report(name: string, samples: readonly number[]): void {
  const at = (share: number): string => percentile(samples, share).toFixed(1);
  console.log(
    `${name.padEnd(28)} ${`p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`.padEnd(48)} target ${TARGET}`,
  );
}
