import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { restoreTables, type RestoredSet } from '../../cli/restore/restore-tables.ts';
import { settleOrders, type SettledShop } from '../../cli/restore/settle-orders.ts';
import { stopWork } from '../../cli/restore/work.ts';
import { synthesize } from '../../cli/synthesize.ts';
import { startSystem, type System, type SystemPorts } from '../../cli/system.ts';
import { checkInvariants, underWay, type Verdict } from '../invariants/check-invariants.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import { restock } from '../testing/restock.ts';
import { CheckoutLoad } from '../torture/checkout-load.ts';
import { TORTURE_STOCK } from '../torture/checkout-mix.ts';
import { Customers } from '../torture/customer.ts';
import { LOOKS, quiescence } from '../torture/quiescence.ts';
import { SeededRandom } from '../torture/seeded-random.ts';
import { loseTables, type Loss } from './lose-tables.ts';

export interface DrillOptions {
  readonly assemblyFolder: string;
  /** For the data folder, and the template that works with the restored tables. */
  readonly folder: string;
  /** The first of four. */
  readonly port: number;
  readonly loss: Loss;
  readonly ordersPerSecond: number;
  readonly conflictWindowMs: number;
  /** Decides the moment of the loss, what is lost, and the mix of orders. */
  readonly seed: number;
  readonly restTimeoutMs: number;
  readonly onProgress: (text: string) => void;
}

export interface DrillResult {
  readonly set: string;
  /** From the moment of the restored tables to their loss: what no row knows any more. */
  readonly windowSeconds: number;
  /** From the loss until orders flowed again. */
  readonly outageSeconds: number;
  readonly acknowledged: number;
  readonly settled: SettledShop;
  readonly neverRested: readonly string[];
  readonly snapshot: Snapshot;
  readonly verdict: Verdict;
}

/** AWS's lag is five minutes; a drill has not got them. */
const LAG_MS = 1_000;
const LOSS_AFTER_MS = [2_500, 6_000] as const;
const SETTLE_TIMEOUT_MS = 60_000;
const AFTERWARDS_MS = 1_000;

/** The tables of a shop under load are lost at a random moment; it comes back by the commands that an operator types. */
export async function drill(options: DrillOptions): Promise<DrillResult> {
  const random = new SeededRandom(options.seed);
  const { onProgress } = options;
  const before = await startShop(options, options.assemblyFolder);
  const load = new CheckoutLoad({ ...before, random, ordersPerSecond: options.ordersPerSecond });
  let lost: { readonly atMs: number; readonly restored: RestoredSet };
  try {
    await restock(before.deployment, TORTURE_STOCK);
    await withCustomers(before, random, async () => {
      load.resume();
      await delay(random.between(...LOSS_AFTER_MS));
      onProgress(`${load.acknowledged.length} orders acknowledged: the tables are lost`);
      lost = await loseAndRestore(options, before, { random, load });
    });
  } finally {
    load.pause();
    await before.stop();
  }
  const { atMs, restored } = lost!;
  onProgress(`the stack is deployed with ${restored.set}`);
  const assemblyFolder = path.join(options.folder, 'restored.out');
  const context = { restoredTables: restored.set, restoredOutboxStream: restored.outboxStreamArn };
  await synthesize({ assemblyFolder, context, isBuilt: true });
  const after = await startShop(options, assemblyFolder);
  try {
    return await withCustomers(after, random, async () => {
      const settled = await settleOrders(after.deployment, {
        set: restored.set,
        since: restored.at,
        timeoutMs: SETTLE_TIMEOUT_MS,
        onProgress,
      });
      const outageSeconds = (Date.now() - atMs) / 1000;
      load.resume();
      await delay(AFTERWARDS_MS);
      await load.finish();
      const read = await readBooks(options, after, load);
      const windowSeconds = Math.max(0, (atMs - restored.at.getTime()) / 1000);
      return { set: restored.set, windowSeconds, outageSeconds, settled, ...read };
    });
  } finally {
    await after.stop();
  }
}

function startShop(options: DrillOptions, assemblyFolder: string): Promise<System> {
  const { port, folder, conflictWindowMs } = options;
  const ports: SystemPorts = { endpoint: port, httpApi: port + 1, paymentSandbox: port + 2, page: port + 3 };
  return startSystem({
    assemblyFolder,
    dataFolder: path.join(folder, 'data'),
    ports,
    transactionWindowMs: conflictWindowMs,
    restorableAfterMs: LAG_MS,
    // The functions say what they cannot do without their tables: that is what is played.
    onFault: () => undefined,
  });
}

async function withCustomers<Result>({ sandbox }: System, random: SeededRandom, work: () => Promise<Result>) {
  const customers = new Customers(sandbox.url, random);
  customers.start();
  try {
    return await work();
  } finally {
    await customers.stop();
  }
}

/** The last good second, the loss while orders come in, and everything up to the restored tables. */
async function loseAndRestore(
  { loss, onProgress }: DrillOptions,
  { deployment }: System,
  { random, load }: { readonly random: SeededRandom; readonly load: CheckoutLoad },
): Promise<{ readonly atMs: number; readonly restored: RestoredSet }> {
  const atMs = Date.now();
  const lastGood = new Date(Math.floor(atMs / 1000) * 1000);
  await loseTables(deployment, loss, random);
  if (loss === 'damaged') await delay(Math.max(0, lastGood.getTime() + LAG_MS + 1_000 - Date.now()));
  load.pause();
  onProgress('work is stopped');
  await stopWork(deployment);
  const restored = await restoreTables(deployment, loss === 'damaged' ? lastGood : undefined, onProgress);
  return { atMs, restored };
}

const OPEN_WEBHOOKS = 'webhooks not worked through';

async function readBooks(options: DrillOptions, { deployment, sandbox }: System, load: CheckoutLoad) {
  // A webhook whose row came back unworked was worked off before the loss: the provider sends it no more (rule X4).
  const { [OPEN_WEBHOOKS]: _ofProvider, ...looks } = LOOKS;
  const onLook = (left: readonly string[]): void => options.onProgress(`coming to rest: ${left.join(', ') || 'quiet'}`);
  const neverRested = await quiescence(deployment, options.restTimeoutMs, onLook, looks);
  const { acknowledged } = load;
  const snapshot = await takeSnapshot(deployment, { sandboxUrl: sandbox.url, readsArchive: true, acknowledged });
  const stillMoving =
    neverRested.length > 0 ? neverRested : underWay(snapshot).filter((left) => !left.endsWith(OPEN_WEBHOOKS));
  const verdict = checkInvariants(snapshot, stillMoving.length === 0);
  return { acknowledged: acknowledged.length, neverRested: stillMoving, snapshot, verdict };
}
