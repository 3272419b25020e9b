import { setTimeout as delay } from 'node:timers/promises';
import { restock } from '../../test/testing/restock.ts';
import { allConfirmedAtMs, checkoutOf, latenciesAloneMs, publish } from '../support/order-load.ts';
import { processorMsOf, SHOP_PARTS, type ShopPart } from '../support/processor-time.ts';
import { startShop, type ShopProcess } from '../support/shop-process.ts';
import { percentile } from '../support/statistics.ts';

const WARM_UP = 300;
const ONE_AT_A_TIME = 100;
const BURST = 1_000;

/** Nothing is left of a burst when all processes together used less than this in a while. */
const IDLE_MS = 20;
const WHILE_MS = 2_000;

/** What one play of a checkout measured. */
export interface OrderFigures extends Readonly<Record<ShopPart, number>> {
  /** Processor milliseconds an order of the burst, its mails and the rest of its aftermath included; the parts' sum. */
  readonly processorMs: number;
  readonly ordersPerSecond: number;
  /** Published to CONFIRMED, one order at a time. */
  readonly aloneMs: number;
}

/** Runs the shop of that folder, durably and in processes of its own, and sends it the orders of one play. */
export async function playOrders(folder: string, port: number): Promise<OrderFigures> {
  const shop = await startShop(port, undefined, { folder });
  try {
    await restock(shop.deployment, { BENCH: 1_000_000, BENCH2: 1_000_000 });
    await publishAndAwait(shop, WARM_UP);
    const aloneMs = percentile(await latenciesAloneMs(shop.deployment, ONE_AT_A_TIME), 0.5);
    return { ...(await burst(shop)), aloneMs };
  } finally {
    await shop.stop();
  }
}

async function burst(shop: ShopProcess): Promise<Omit<OrderFigures, 'aloneMs'>> {
  await idle(shop.pid);
  const before = processorMsOf(shop.pid);
  const seconds = await publishAndAwait(shop, BURST);
  await idle(shop.pid);
  const after = processorMsOf(shop.pid);
  const [functions, runtime, store, sandbox] = SHOP_PARTS.map((part) => (after[part] - before[part]) / BURST);
  const parts = { functions: functions!, runtime: runtime!, store: store!, sandbox: sandbox! };
  const processorMs = Object.values(parts).reduce((sum, ms) => sum + ms, 0);
  return { ...parts, processorMs, ordersPerSecond: BURST / seconds };
}

/** @returns seconds until the last of them was confirmed. */
async function publishAndAwait({ deployment }: ShopProcess, orders: number): Promise<number> {
  const checkouts = Array.from({ length: orders }, (_, index) => checkoutOf(index % 2 === 0 ? 'BENCH' : 'BENCH2'));
  const startedAtMs = Date.now();
  await publish(deployment, checkouts);
  const stoppedAtMs = await allConfirmedAtMs(deployment, new Set(checkouts.map(({ orderId }) => orderId)));
  return (Math.max(...stoppedAtMs.values()) - startedAtMs) / 1000;
}

async function idle(pid: number): Promise<void> {
  for (let before = usedMs(pid); ;) {
    await delay(WHILE_MS);
    const now = usedMs(pid);
    if (now - before < IDLE_MS) return;
    before = now;
  }
}

function usedMs(pid: number): number {
  return Object.values(processorMsOf(pid)).reduce((sum, ms) => sum + ms, 0);
}
