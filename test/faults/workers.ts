import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sample } from '../campaigns/support/sample.ts';
import { stopWith } from '../campaigns/support/stop-signal.ts';
import type { Outcome } from './campaign.ts';

/** What a worker process is to do; the share says which part of the whole is its own. */
export interface Job {
  /** Of the synthesized stack that is played. */
  readonly assemblyFolder: string;
  /** How long a transaction holds its rows. */
  readonly conflictWindowMs: number;
  readonly kind: 'single' | 'double';
  readonly share: number;
  readonly shares: number;
  readonly seed: number;
  /** How long a sampling campaign goes on. */
  readonly minutes: number;
  readonly scenarios: readonly string[];
  /** Of single faults; all of them unless told. */
  readonly sample?: Sample;
}

const PROGRAM = fileURLToPath(new URL('worker.ts', import.meta.url));

/**
 * Plays a campaign in as many processes as there are shares, until they are done or stopped.
 * @throws Error when a worker does not end well.
 */
export async function inWorkers(
  job: Omit<Job, 'share'>,
  onOutcome: (outcome: Outcome) => void,
  stop = new AbortController().signal,
): Promise<void> {
  const shares = Array.from({ length: job.shares }, (_, share) => runWorker({ ...job, share }, onOutcome, stop));
  await Promise.all(shares);
}

async function runWorker(job: Job, onOutcome: (outcome: Outcome) => void, stop: AbortSignal): Promise<void> {
  const worker = fork(PROGRAM, [JSON.stringify(job)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  stopWith(stop, worker);
  worker.on('message', (message) => onOutcome(message as Outcome));
  // The last outcomes may come after its end, and before the end of its channel.
  const [[code]] = (await Promise.all([once(worker, 'exit'), once(worker, 'disconnect')])) as [
    [number | null],
    unknown,
  ];
  if (code !== 0 && !stop.aborted) throw new Error(`Worker ${job.share + 1} of ${job.shares} ended with ${code}`);
}
