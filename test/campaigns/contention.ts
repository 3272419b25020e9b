import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { paginateScan, PutCommand } from '@aws-sdk/lib-dynamodb';
import { startSystem, type System } from '../../cli/system.ts';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { percentile } from '../../bench/support/statistics.ts';
import { CONFLICT_WINDOW_MS, conflictWindowFrom, WINDOW_USAGE } from '../testing/conflict-window.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import { checkoutOf } from '../torture/checkout-mix.ts';
import { withAssembly } from './support/assembly.ts';
import { countsOf, report } from './support/counts.ts';
import { runsOf } from './support/executions-of.ts';

const USAGE = `Many orders at once for a few units, on the whole running system: as many are confirmed as there are units, the
others are out of stock, and none fails because so many wanted the same row.

  npm run campaigns -- contention
  --orders N      (default 1000)
  --units N       (default 100)
  ${WINDOW_USAGE}

Several windows are played one after another, each on a system of its own:

  npm run campaigns -- contention --units 1000 --window 0 --window 5 --window 20
`;

const { values: flags } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000' },
    units: { type: 'string', default: '100' },
    window: { type: 'string', multiple: true, default: [String(CONFLICT_WINDOW_MS)] },
    help: { type: 'boolean', default: false },
  },
});
const ORDERS = Number(flags.orders);
const UNITS = Number(flags.units);
const CROSSING_PAIRS = 20;
/** Of one PutEvents. */
const MAX_ENTRIES = 10;

if (flags.help) console.log(USAGE);
else await withAssembly(playAll);

async function playAll(assemblyFolder: string): Promise<void> {
  const outcomes: boolean[] = [];
  for (const windowMs of flags.window.map(conflictWindowFrom)) {
    console.log(`window ${windowMs} ms`);
    outcomes.push(...(await playWithin(windowMs, assemblyFolder)));
  }
  report(countsOf(outcomes));
}

async function playWithin(transactionWindowMs: number, assemblyFolder: string): Promise<boolean[]> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'contention-'));
  const ports = { endpoint: 0, httpApi: 0, paymentSandbox: 0, page: 0 };
  const system = await startSystem({ assemblyFolder, dataFolder, ports, transactionWindowMs });
  try {
    return [await rush(system), await lastUnit(system), await crossing(system)];
  } finally {
    await system.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function rush(shop: System): Promise<boolean> {
  await stock(shop, 'RUSH', UNITS);
  const orders = Array.from({ length: ORDERS }, () => checkoutOf([['RUSH', 1]], 'pm_card_visa'));
  return play(shop, `${ORDERS} orders for ${UNITS} units`, orders, UNITS);
}

async function lastUnit(shop: System): Promise<boolean> {
  await stock(shop, 'LAST-UNIT', 1);
  const orders = [checkoutOf([['LAST-UNIT', 1]], 'pm_card_visa'), checkoutOf([['LAST-UNIT', 1]], 'pm_card_visa')];
  return play(shop, 'two customers for the last unit', orders, 1);
}

async function crossing(shop: System): Promise<boolean> {
  await stock(shop, 'CROSS-A', CROSSING_PAIRS);
  await stock(shop, 'CROSS-B', CROSSING_PAIRS);
  const lines = [['CROSS-A', 1] as const, ['CROSS-B', 1] as const];
  const orders = Array.from({ length: CROSSING_PAIRS }, () => [
    checkoutOf(lines, 'pm_card_visa'),
    checkoutOf(lines.toReversed(), 'pm_card_visa'),
  ]).flat();
  return play(shop, `${orders.length} orders whose lines cross, for ${CROSSING_PAIRS} of each`, orders, CROSSING_PAIRS);
}

/** @returns whether exactly `expected` were confirmed, all others were out of stock, and every rule holds. */
async function play(
  shop: System,
  title: string,
  orders: readonly BasketCheckedOut[],
  expected: number,
): Promise<boolean> {
  const startedAtMs = Date.now();
  await publish(shop, orders);
  const ids = new Set(orders.map(({ orderId }) => orderId as string));
  await untilEnded(shop, ids);
  const seconds = (Date.now() - startedAtMs) / 1000;
  const snapshot = await takeSnapshot(shop.deployment, { sandboxUrl: shop.sandbox.url, readsArchive: false });
  const ours = snapshot.orders.filter(({ orderId }) => ids.has(orderId));
  const confirmed = ours.filter(({ status }) => status === 'CONFIRMED').length;
  const refused = ours.filter(({ reason }) => reason === 'OUT_OF_STOCK').length;
  const { violations } = checkInvariants(snapshot, false);
  console.log(
    `${title}: ${confirmed} confirmed, ${refused} out of stock, ${ours.length - confirmed - refused} otherwise, ` +
      `${violations.length} violations, in ${seconds.toFixed(1)} s (${(orders.length / seconds).toFixed(0)} orders/s)`,
  );
  const runs = await runsOf(shop.deployment, ids);
  const tookSeconds = runs.map(({ endedAtMs }) => (endedAtMs - startedAtMs) / 1000);
  console.log(
    `  ${runs.reduce((sum, { contendedSteps }) => sum + contendedSteps, 0)} steps tried again for contention, ` +
      `ended after ${percentile(tookSeconds, 0.5).toFixed(1)} s (p50), ${percentile(tookSeconds, 0.99).toFixed(1)} s (p99)`,
  );
  for (const { rule, because } of violations.slice(0, 5)) console.log(`  ${rule}: ${because}`);
  return confirmed === expected && refused === orders.length - expected && violations.length === 0;
}

async function publish({ deployment }: System, orders: readonly BasketCheckedOut[]): Promise<void> {
  const { source: Source, detailType: DetailType } = BasketCheckedOut;
  const EventBusName = deployment.output('EventBusName');
  const entries = orders.map((order) => ({ EventBusName, Source, DetailType, Detail: canonicalJson(order) }));
  const batches = [];
  for (let start = 0; start < entries.length; start += MAX_ENTRIES) {
    batches.push(deployment.events.send(new PutEventsCommand({ Entries: entries.slice(start, start + MAX_ENTRIES) })));
  }
  await Promise.all(batches);
}

async function untilEnded({ deployment, runtime }: System, ids: ReadonlySet<string>): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Asked in process, because looking at every order all the time would slow the drill down.
    if (runtime.services.stepFunctions.runningCount > 0) continue;
    const ended = new Set<string>();
    const pages = paginateScan({ client: deployment.dynamoDb }, { TableName: deployment.output('OrdersTableName') });
    for await (const { Items = [] } of pages) {
      for (const { orderId, item, status } of Items) {
        if (item === 'ORDER' && ids.has(orderId) && (status === 'CONFIRMED' || status === 'CANCELLED'))
          ended.add(orderId);
      }
    }
    if (ended.size === ids.size) return;
  }
}

async function stock({ deployment }: System, sku: string, available: number): Promise<void> {
  const Item = { sku, available, onHold: 0, shipped: 0, received: available, version: 1 };
  await deployment.dynamoDb.send(new PutCommand({ TableName: deployment.output('StockTableName'), Item }));
}
