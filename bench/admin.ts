// What an operator asks for with many orders in the data folder: a start, the list of all orders, what is to be packed,
// and the trace of one order. npm run bench -- admin, or
// node bench/admin.ts [--port N] [--orders N] [--rate N] [--data FOLDER, which is filled once and stays]
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { demoPasswordOf } from '../cli/demo-users.ts';
import { signIn } from '../cli/sign-in.ts';
import { restock } from '../test/testing/restock.ts';
import { HttpLoad } from './support/http-load.ts';
import { seedOrders } from './support/order-history.ts';
import { allConfirmedAtMs, checkoutOf, publish } from './support/order-load.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';
import { atRate } from './support/steady-rate.ts';

const SECONDS = 20;
const WARM_UP_SECONDS = 5;
/** Placed through the whole system, so that they have executions, payments and events to be traced. */
const TRACED = 20;
const TARGET = 'p99 30 ms';
const DAY_MS = 24 * 3_600_000;

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '26566' },
    orders: { type: 'string', default: '100000' },
    /** A second: ten operators, whose pages ask for an open order every two seconds and for a list every ten. */
    rate: { type: 'string', default: '5' },
    data: { type: 'string' },
  },
});
const port = Number(flags.port);
const perSecond = Number(flags.rate);
const dataFolder = flags.data ?? mkdtempSync(path.join(tmpdir(), 'shop-bench-'));
if (!existsSync(dataFolder) || readdirSync(dataFolder).length === 0) await fill(dataFolder, Number(flags.orders));
const shop = await startFilled();
const load = new HttpLoad(shop.httpApiUrl);
try {
  report('start to ready', `${(shop.readyMs / 1000).toFixed(1)} s`, '5 s');
  const { accessToken: token } = await signIn(shop.deployment, 'admin', demoPasswordOf('admin'));
  for (const [name, paths] of await requests(shop)) {
    await latenciesMs(paths, token, WARM_UP_SECONDS);
    const samples = await latenciesMs(paths, token, SECONDS);
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => percentile(samples, share).toFixed(1));
    report(name, `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`, TARGET);
  }
} finally {
  load.close();
  await shop.stop();
  if (flags.data === undefined) rmSync(dataFolder, { recursive: true });
}

/** The rows are written where a write is cheap, through the store as always; then the folder moves to where it is measured. */
async function fill(folder: string, orders: number): Promise<void> {
  const memory = '/dev/shm';
  const staging = mkdtempSync(path.join(existsSync(memory) ? memory : tmpdir(), 'shop-bench-'));
  const filling = await startShop(port, undefined, { dataFolder: staging });
  try {
    await placeOrders(filling);
    const startedAtMs = performance.now();
    await seedOrders(filling.deployment, orders);
    report(`${orders} orders`, `written in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
  } finally {
    await filling.stop();
    cpSync(staging, folder, { recursive: true });
    rmSync(staging, { recursive: true });
  }
}

function startFilled(): Promise<ShopProcess> {
  return startShop(port, undefined, { dataFolder });
}

async function placeOrders({ deployment }: ShopProcess): Promise<void> {
  await restock(deployment, { BENCH: 1_000_000 });
  const checkouts = Array.from({ length: TRACED }, () => checkoutOf('BENCH'));
  await publish(deployment, checkouts);
  await allConfirmedAtMs(deployment, new Set(checkouts.map(({ orderId }) => orderId)));
}

async function requests({ deployment }: ShopProcess): Promise<(readonly [string, readonly string[]])[]> {
  const { executions = [] } = await deployment.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: deployment.output('StateMachineArn'), maxResults: TRACED }),
  );
  const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
  const list = (query: string): readonly [string, readonly string[]] => [`  ${query}`, [`/admin/orders?${query}`]];
  return [
    ['GET /admin/orders', ['/admin/orders']],
    ...['CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'CANCELLING'].map((status) => list(`status=${status}`)),
    list('parked=true'),
    list('customer=customer-7'),
    list('customer=customer-7&status=DELIVERED'),
    ['  30 days, 100 orders', [`/admin/orders?from=${daysAgo(30)}&limit=100`]],
    ['  a day, a month ago', [`/admin/orders?from=${daysAgo(31)}&to=${daysAgo(30)}`]],
    ['GET /admin/shipments', ['/admin/shipments?state=to-ship']],
    ['GET /admin/orders/…/trace', executions.map(({ name }) => `/admin/orders/${name}/trace`)],
  ];
}

async function latenciesMs(paths: readonly string[], token: string, seconds: number): Promise<number[]> {
  const calls = Array.from({ length: perSecond * seconds }, (_, n) => paths[n % paths.length]!);
  const answers = await atRate(perSecond, calls, (path) => load.call({ method: 'GET', path, token }));
  return answers.map((answer) => answer.latencyMs);
}

function report(name: string, figure: string, target?: string): void {
  console.log(`${name.padEnd(40)} ${figure.padEnd(48)}${target === undefined ? '' : ` target ${target}`}`);
}
