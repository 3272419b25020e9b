import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { restoreBackup } from '../../cli/backup/restore-backup.ts';
import { takeBackup } from '../../cli/backup/take-backup.ts';
import { DEFAULT_STACK_NAME, Deployment } from '../../cli/deployment.ts';
import { checkInvariants, underWay, type Verdict } from '../invariants/check-invariants.ts';
import type { Acknowledgement, Snapshot } from '../invariants/snapshot.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import { restock } from '../testing/restock.ts';
import { CheckoutLoad } from './checkout-load.ts';
import { TORTURE_STOCK } from './checkout-mix.ts';
import { Customers } from './customer.ts';
import { quiescence } from './quiescence.ts';
import { SeededRandom } from './seeded-random.ts';
import { launchShop, type ShopProcessOptions } from './shop-process.ts';

export interface BackupCampaignOptions extends ShopProcessOptions {
  /** Backups go to folders of their own in here. */
  readonly folder: string;
  readonly backups: number;
  readonly ordersPerSecond: number;
  /** Decides the moments of the backups and the mix of orders. */
  readonly seed: number;
  /** How long a restored shop may take to come to rest. */
  readonly restTimeoutMs: number;
  readonly onProgress?: (text: string) => void;
  readonly onRestored: (restored: Restored) => void;
}

/** A restored shop, after it finished what was under way in its backup. */
export interface Restored {
  readonly takenAt: string;
  /** Orders that had been accepted when the backup began. */
  readonly acknowledged: number;
  readonly backupMs: number;
  readonly neverRested: readonly string[];
  readonly snapshot: Snapshot;
  readonly verdict: Verdict;
}

interface Taken {
  readonly folder: string;
  readonly takenAt: string;
  readonly backupMs: number;
  /** What the producer knew as accepted when the backup began: all of it must be there. */
  readonly acknowledged: readonly Acknowledgement[];
}

const BACKUP_AFTER_MS = [50, 2_000] as const;

/** Takes backups of a shop under load at random moments, then runs each of them to its rest and reads its books. */
export async function backUpUnderLoad(options: BackupCampaignOptions): Promise<void> {
  const taken = await takeBackups(options);
  for (const [index, backup] of taken.entries()) {
    options.onRestored(await runRestored(options, backup));
    options.onProgress?.(`${index + 1} of ${taken.length} restored and run to their rest`);
  }
}

async function takeBackups(options: BackupCampaignOptions): Promise<Taken[]> {
  const random = new SeededRandom(options.seed);
  const taken: Taken[] = [];
  await withShop(options, random, async (deployment) => {
    const load = new CheckoutLoad({ deployment, random, ordersPerSecond: options.ordersPerSecond });
    await restock(deployment, TORTURE_STOCK);
    load.resume();
    try {
      for (let count = 1; count <= options.backups; count += 1) {
        await delay(random.between(...BACKUP_AFTER_MS));
        taken.push(await backUp(options, load, path.join(options.folder, `backup-${count}`)));
        options.onProgress?.(`backup ${count} of ${options.backups}, ${load.acknowledged.length} orders acknowledged`);
      }
    } finally {
      await load.finish();
    }
  });
  return taken;
}

async function backUp(
  { dataFolder, port }: BackupCampaignOptions,
  { acknowledged }: CheckoutLoad,
  folder: string,
): Promise<Taken> {
  const beganAtMs = performance.now();
  const { takenAt } = await takeBackup({ dataFolder, target: folder, sandboxUrl: sandboxUrlOf(port) });
  return { folder, takenAt, backupMs: performance.now() - beganAtMs, acknowledged };
}

async function runRestored(options: BackupCampaignOptions, taken: Taken): Promise<Restored> {
  const dataFolder = `${taken.folder}-restored`;
  await restoreBackup({ backup: taken.folder, dataFolder });
  const { acknowledged } = taken;
  return withShop({ ...options, dataFolder }, new SeededRandom(options.seed), async (deployment) => {
    const neverRested = await quiescence(deployment, options.restTimeoutMs);
    const sandboxUrl = sandboxUrlOf(options.port);
    const snapshot = await takeSnapshot(deployment, { sandboxUrl, readsArchive: true, acknowledged });
    const stillMoving = neverRested.length > 0 ? neverRested : underWay(snapshot);
    return {
      takenAt: taken.takenAt,
      acknowledged: acknowledged.length,
      backupMs: taken.backupMs,
      neverRested: stillMoving,
      snapshot,
      verdict: checkInvariants(snapshot, stillMoving.length === 0),
    };
  });
}

/** A shop with its customers, for as long as `work` takes. */
async function withShop<Result>(
  options: ShopProcessOptions,
  random: SeededRandom,
  work: (deployment: Deployment) => Promise<Result>,
): Promise<Result> {
  const run = launchShop(options);
  const customers = new Customers(sandboxUrlOf(options.port), random);
  try {
    await run.served;
    const endpointUrl = `http://localhost:${options.port}`;
    const deployment = await Deployment.find({ stackName: DEFAULT_STACK_NAME, endpointUrl });
    customers.start();
    try {
      return await work(deployment);
    } finally {
      deployment.close();
    }
  } finally {
    await customers.stop();
    await run.stop();
  }
}

function sandboxUrlOf(port: number): string {
  return `http://127.0.0.1:${port + 2}`;
}
