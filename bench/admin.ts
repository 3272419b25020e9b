// What an operator asks for with many orders in the data folder: a start, the list of all orders, what is to be packed,
// and the trace of one order. npm run bench -- admin, or
// node bench/admin.ts [--port N] [--orders N] [--requests N] [--data FOLDER, which is filled once and stays]
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
import { cpuSecondsOf } from './support/process-tree.ts';
import { percentile } from './support/statistics.ts';

const WARM_UP = 30;
/** Placed through the whole system, so that they have executions, payments and events to be traced. */
const TRACED = 20;
const TARGET = 'p99 30 ms';
const DAY_MS = 24 * 3_600_000;

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '26566' },
    orders: { type: 'string', default: '100000' },
    /** Of each kind, one after the other. */
    requests: { type: 'string', default: '200' },
    data: { type: 'string' },
  },
});
const port = Number(flags.port);
const dataFolder = flags.data ?? mkdtempSync(path.join(tmpdir(), 'shop-bench-'));
if (!existsSync(dataFolder) || readdirSync(dataFolder).length === 0) await fill(dataFolder, Number(flags.orders));
const shop = await startFilled();
const load = new HttpLoad(shop.httpApiUrl);
try {
  report('start to ready', `${(shop.readyMs / 1000).toFixed(1)} s`, '5 s');
  const { accessToken: token } = await signIn(shop.deployment, 'admin', demoPasswordOf('admin'));
  for (const [name, paths] of await requests(shop)) {
    await oneByOne(paths, token, WARM_UP);
    const { latenciesMs, cpuMs, bytes } = await oneByOne(paths, token, Number(flags.requests));
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => percentile(latenciesMs, share).toFixed(1));
    const work = `${cpuMs.toFixed(1)} ms of processor, ${(bytes / 1000).toFixed(1)} kB`;
    report(name, `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms; ${work}`, TARGET);
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

/**
 * One request is on its way at any time: its latency is its own, and not that of those before it. What it costs all of
 * the shop's processes depends less on what else the machine does.
 */
async function oneByOne(
  paths: readonly string[],
  token: string,
  count: number,
): Promise<{ readonly latenciesMs: readonly number[]; readonly cpuMs: number; readonly bytes: number }> {
  const beforeSeconds = cpuSecondsOf(shop.pid);
  const latenciesMs: number[] = [];
  let bytes = 0;
  for (let n = 0; n < count; n += 1) {
    const answer = await load.call({ method: 'GET', path: paths[n % paths.length]!, token });
    latenciesMs.push(answer.latencyMs);
    bytes += answer.bytes;
  }
  const cpuMs = (cpuSecondsOf(shop.pid) - beforeSeconds) * 1_000;
  return { latenciesMs, cpuMs: cpuMs / count, bytes: bytes / count };
}

function report(name: string, figure: string, target?: string): void {
  console.log(`${name.padEnd(40)} ${figure.padEnd(76)}${target === undefined ? '' : ` target ${target}`}`);
}
