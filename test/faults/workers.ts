import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sample } from '../campaigns/support/sample.ts';
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

/** Plays a campaign in as many processes as there are shares. @throws Error when a worker does not end well. */
export async function inWorkers(
  job: Omit<Job, 'share'>,
  onOutcomes: (outcomes: readonly Outcome[]) => void,
): Promise<void> {
  const shares = Array.from({ length: job.shares }, (_, share) => runWorker({ ...job, share }, onOutcomes));
  await Promise.all(shares);
}

async function runWorker(job: Job, onOutcomes: (outcomes: readonly Outcome[]) => void): Promise<void> {
  const worker = fork(PROGRAM, [JSON.stringify(job)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  worker.on('message', (message) => onOutcomes((message as { outcomes: Outcome[] }).outcomes));
  const [code] = (await once(worker, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Worker ${job.share + 1} of ${job.shares} ended with ${code}`);
}
