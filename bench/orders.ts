// Orders through the whole system as `npm start` runs it, durably: start, one at a time, a steady rate, a burst.
// node bench/orders.ts [--port N]
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { restock } from '../test/testing/restock.ts';
import { allConfirmedAtMs, checkoutOf, latenciesAloneMs, publish } from './support/order-load.ts';
import { processTree, residentMbOf } from './support/process-tree.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';

const WARM_UP = 20;
const ONE_AT_A_TIME = 200;
const STEADY_PER_SECOND = 50;
const STEADY_SECONDS = 20;
const BURST = 1_000;

const { values: flags } = parseArgs({ options: { port: { type: 'string', default: '24566' } } });
const shop = await startShop(Number(flags.port));
try {
  report('synthesis', `${(shop.synthesizedMs / 1000).toFixed(1)} s`);
  report('ready after synthesis', `${(shop.readyMs / 1000).toFixed(1)} s`);
  report('idle memory, all processes', `${residentMbOf(shop.pid).toFixed(0)} MB`);
  await restock(shop.deployment, { BENCH: 1_000_000, BENCH2: 1_000_000 });
  await warmUp(shop);
  const aloneMs = await latenciesAloneMs(shop.deployment, ONE_AT_A_TIME);
  reportLatencies('one at a time, published to CONFIRMED', aloneMs);
  await steadily(shop);
  await burst(shop);
  for (const { command, residentMb } of processTree(shop.pid))
    report(`  ${command.slice(-50)}`, `${residentMb.toFixed(0)} MB`);
} finally {
  await shop.stop();
}

async function warmUp({ deployment }: ShopProcess): Promise<void> {
  const checkouts = Array.from({ length: WARM_UP }, () => checkoutOf('BENCH'));
  await publish(deployment, checkouts);
  await allConfirmedAtMs(deployment, new Set(checkouts.map(({ orderId }) => orderId)));
}

async function steadily({ deployment }: ShopProcess): Promise<void> {
  const publishedAtMs = new Map<string, number>();
  const startedAtMs = Date.now();
  const publishing: Promise<void>[] = [];
  for (let index = 0; index < STEADY_PER_SECOND * STEADY_SECONDS; index += 1) {
    await delay(Math.max(0, startedAtMs + (index * 1000) / STEADY_PER_SECOND - Date.now()));
    const checkout = checkoutOf(index % 2 === 0 ? 'BENCH' : 'BENCH2');
    publishedAtMs.set(checkout.orderId, Date.now());
    publishing.push(publish(deployment, [checkout]));
  }
  await Promise.all(publishing);
  const stoppedAtMs = await allConfirmedAtMs(deployment, new Set(publishedAtMs.keys()));
  const latenciesMs = [...stoppedAtMs].map(([orderId, atMs]) => atMs - (publishedAtMs.get(orderId) ?? 0));
  reportLatencies(`${STEADY_PER_SECOND} orders/s, published to CONFIRMED`, latenciesMs);
}

async function burst({ deployment, pid }: ShopProcess): Promise<void> {
  const checkouts = Array.from({ length: BURST }, (_, index) => checkoutOf(index % 2 === 0 ? 'BENCH' : 'BENCH2'));
  const startedAtMs = Date.now();
  let peakMb = 0;
  const sampling = setInterval(() => (peakMb = Math.max(peakMb, residentMbOf(pid))), 500);
  await publish(deployment, checkouts);
  const stoppedAtMs = await allConfirmedAtMs(deployment, new Set(checkouts.map(({ orderId }) => orderId)));
  clearInterval(sampling);
  const seconds = (Math.max(...stoppedAtMs.values()) - startedAtMs) / 1000;
  report(`${BURST} published at once`, `${(BURST / seconds).toFixed(0)} orders/s (${seconds.toFixed(1)} s)`);
  report('peak memory, all processes', `${peakMb.toFixed(0)} MB`);
}

function reportLatencies(name: string, latenciesMs: readonly number[]): void {
  const at = (share: number): string => percentile(latenciesMs, share).toFixed(0);
  report(name, `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`);
}

function report(name: string, figure: string): void {
  console.log(`${name.padEnd(52)} ${figure}`);
}
