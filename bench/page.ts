// What the page costs and how quick it is, in a real browser on the shop as `npm start` runs it.
// npm run bench -- page, or node bench/page.ts [--port N] [--orders N]
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/browser/testing/chromium.ts';
import { restock } from '../test/testing/restock.ts';
import { seedOrders } from './support/order-history.ts';
import { allConfirmedAtMs, checkoutOf, publish } from './support/order-load.ts';
import { cpuSecondsOf } from './support/process-tree.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';
import { seenAt, type Seen } from './support/seen-at.ts';

const VIEWS = 40;
const CHANGES = 20;
const IDLE_SECONDS = 30;
const BURST = 300;
const PAIRS = 3;

/** What a page has loaded, itself included. */
interface Loaded {
  readonly requests: number;
  readonly bytes: number;
}
const LOADED = `(() => {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return { requests: entries.length, bytes: entries.reduce((sum, entry) => sum + entry.transferSize, 0) };
})()`;

const { values: flags } = parseArgs({
  options: { port: { type: 'string', default: '27566' }, orders: { type: 'string', default: '10000' } },
});
const port = Number(flags.port);
const pageUrl = `http://localhost:${port + 3}`;
const shop = await startShop(port);
const browser = await launchBrowser();
try {
  await restock(shop.deployment, { BENCH: 1_000_000 });
  const orderIds = await placeOrders(shop, VIEWS);
  await seedOrders(shop.deployment, Number(flags.orders));
  await firstViews(browser, orderIds);
  await stateChanges(browser);
  await idle(shop, browser);
  await bursts(shop, browser);
} finally {
  await browser.close();
  await shop.stop();
}

async function placeOrders({ deployment }: ShopProcess, count: number): Promise<string[]> {
  const checkouts = Array.from({ length: count }, () => checkoutOf('BENCH'));
  await publish(deployment, checkouts);
  const orderIds = checkouts.map(({ orderId }) => orderId);
  await allConfirmedAtMs(deployment, new Set(orderIds));
  return orderIds;
}

/** From the navigation to the books, with nothing in the browser's cache: files, sign-in and trace. */
async function firstViews(from: Browser, orderIds: readonly string[]): Promise<void> {
  const latenciesMs: number[] = [];
  const loads: Loaded[] = [];
  const beforeSeconds = cpuSecondsOf(shop.pid);
  for (const orderId of orderIds) {
    const page = await opened(from, `#/orders/${orderId}`, '.books .verdict');
    latenciesMs.push((await seenAt(page)).sinceNavigationMs);
    loads.push(await page.evaluate<Loaded>(LOADED));
    await page.context().close();
  }
  const cpuMs = ((cpuSecondsOf(shop.pid) - beforeSeconds) * 1_000) / orderIds.length;
  reportLatencies(`first view of an order, ${flags.orders} orders`, latenciesMs, 'p95 300 ms');
  // Of what a view takes, this depends less on what else the machine does.
  const requests = percentile(
    loads.map((load) => load.requests),
    0.5,
  );
  const kilobytes =
    percentile(
      loads.map((load) => load.bytes),
      0.5,
    ) / 1_000;
  report(
    '  its work',
    `${requests} requests, ${kilobytes.toFixed(0)} kB, ${cpuMs.toFixed(0)} ms of the shop’s processor`,
  );
}

/** An order waits for its customer, who then confirms: from the last history event to the graph that shows it. */
async function stateChanges(from: Browser): Promise<void> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < CHANGES; index += 1) {
    const checkout = { ...checkoutOf('BENCH'), paymentMethodId: 'pm_card_threeDSecure2Required' };
    await publish(shop.deployment, [checkout]);
    const intentId = await waitingPayment(checkout.orderId);
    const page = await opened(from, `#/orders/${checkout.orderId}`, '.verdict.good');
    await page.locator('.verdict.busy').waitFor();
    await fetch(`${pageUrl}/pay/_sandbox/intents/${intentId}/authenticate`, {
      method: 'POST',
      body: JSON.stringify({ outcome: 'confirm' }),
    });
    const seen: Seen = await seenAt(page);
    const execution = await shop.deployment.execution(checkout.orderId);
    latenciesMs.push(seen.atMs - (execution?.stopDate?.getTime() ?? 0));
    await page.context().close();
  }
  reportLatencies('a state change, history event to page', latenciesMs, 'p95 500 ms');
}

/** Processor time of all processes of the shop, while nothing happens in it. */
async function idle({ pid }: ShopProcess, from: Browser): Promise<void> {
  const alone = await coreShare(pid);
  const page = await opened(from, '#/orders', '.order-list');
  await seenAt(page);
  // A list that has just been opened looks again a few times.
  await delay(25_000);
  const watched = await coreShare(pid);
  await page.context().close();
  const share = (value: number): string => `${(value * 100).toFixed(2)} %`;
  report('idle, of a core', `${share(alone)} alone, ${share(watched)} with the page`, 'under 2 %');
}

async function coreShare(pid: number): Promise<number> {
  const [beforeSeconds, beforeMs] = [cpuSecondsOf(pid), performance.now()];
  await delay(IDLE_SECONDS * 1_000);
  return ((cpuSecondsOf(pid) - beforeSeconds) * 1_000) / (performance.now() - beforeMs);
}

/** In turn, so that a machine that is slower for a while is so for both. */
async function bursts(of: ShopProcess, from: Browser): Promise<void> {
  await burst(of);
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const alone = await burst(of);
    const page = await opened(from, '#/orders', '.order-list');
    await seenAt(page);
    const watched = await burst(of);
    await page.context().close();
    ratios.push(watched.cpuSeconds / alone.cpuSeconds);
    report(
      `${BURST} orders at once`,
      `${alone.perSecond.toFixed(1)}/s alone, ${watched.perSecond.toFixed(1)}/s with the page`,
      `processor × ${(watched.cpuSeconds / alone.cpuSeconds).toFixed(3)}`,
    );
  }
  const median = ratios.toSorted((one, other) => one - other)[Math.floor(PAIRS / 2)] ?? 0;
  report('the shop’s processor time of a burst, with the page', `× ${median.toFixed(3)}`, '× 1.05');
}

async function burst({ deployment, pid }: ShopProcess): Promise<{ perSecond: number; cpuSeconds: number }> {
  const checkouts = Array.from({ length: BURST }, () => checkoutOf('BENCH'));
  const [startedAtMs, beforeSeconds] = [Date.now(), cpuSecondsOf(pid)];
  await publish(deployment, checkouts);
  const stoppedAtMs = await allConfirmedAtMs(deployment, new Set(checkouts.map(({ orderId }) => orderId)));
  const seconds = (Math.max(...stoppedAtMs.values()) - startedAtMs) / 1_000;
  return { perSecond: BURST / seconds, cpuSeconds: cpuSecondsOf(pid) - beforeSeconds };
}

/** A page in a context of its own that notes when it shows `selector` first. */
async function opened(from: Browser, address: string, selector: string): Promise<Page> {
  const context = await from.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(seenAt.script(selector));
  await page.goto(`${pageUrl}/${address}`);
  return page;
}

async function waitingPayment(orderId: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${pageUrl}/pay/_sandbox/intents?orderId=${orderId}&status=requires_action`);
    const { intents } = (await answer.json()) as { intents: { id: string }[] };
    if (intents[0]) return intents[0].id;
    await delay(50);
  }
}

function reportLatencies(name: string, latenciesMs: readonly number[], target: string): void {
  const at = (share: number): string => percentile(latenciesMs, share).toFixed(0);
  report(name, `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`, target);
}

function report(name: string, figure: string, target?: string): void {
  console.log(`${name.padEnd(52)} ${figure.padEnd(44)}${target === undefined ? '' : ` target ${target}`}`);
}
