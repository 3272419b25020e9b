import type { Deployment } from '../../cli/deployment.ts';
import { readArchive } from './read-archive.ts';
import { readExecutions } from './read-executions.ts';
import { readLedger } from './read-ledger.ts';
import { countQueuedMessages, readDeadLetters } from './read-queues.ts';
import { readPeople, readTables } from './read-tables.ts';
import { SoundRows } from './sound-rows.ts';
import type { Acknowledgement, Snapshot } from './snapshot.ts';

export interface SnapshotOptions {
  /** Control plane of the payment sandbox; without it the provider's books stay closed. */
  readonly sandboxUrl?: string;
  /** Reading the archive makes a replay, a rule and a queue for its duration. */
  readonly readsArchive: boolean;
  readonly acknowledged?: readonly Acknowledgement[];
}

/** Cancellations whose failed tasks are read: to see that they were right, or what went wrong. */
const EXPLAINED_REASONS: readonly string[] = ['OUT_OF_STOCK', 'INTERNAL_ERROR'];

/** Reads a running system through public AWS APIs; nothing of the shop is changed. */
export async function takeSnapshot(deployment: Deployment, options: SnapshotOptions): Promise<Snapshot> {
  const { sandboxUrl, readsArchive, acknowledged } = options;
  const sound = new SoundRows();
  const archive = readsArchive ? await readArchive(deployment, sound) : undefined;
  const ledger = sandboxUrl === undefined ? undefined : await readLedger(sandboxUrl, sound);
  const deadLetters = await readDeadLetters(deployment);
  const queuedMessages = Object.values(await countQueuedMessages(deployment)).reduce((sum, count) => sum + count, 0);
  const tables = await readTables(deployment, sound);
  const explainable = tables.orders.filter(({ reason }) => EXPLAINED_REASONS.includes(reason ?? ''));
  const executions = await readExecutions(deployment, new Set(explainable.map(({ orderId }) => orderId)));
  return {
    takenAt: new Date().toISOString(),
    ...tables,
    people: await readPeople(deployment),
    executions,
    deadLetters,
    queuedMessages,
    malformed: sound.malformed,
    ...(ledger && { ledger }),
    ...(archive && { archive }),
    ...(acknowledged && { acknowledged }),
  };
}
