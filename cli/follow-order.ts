import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from './deployment.ts';
import { readProgress, type OrderProgress } from './order-progress.ts';

const FIRST_PAUSE_MS = 15;
const MAX_PAUSE_MS = 1_000;

export interface FollowOptions {
  /** Stop waiting when this holds for what is known so far. */
  readonly until: (progress: OrderProgress) => boolean;
  readonly timeoutMs: number;
  readonly onChange?: (progress: OrderProgress) => void;
  /** What counts as a change when it differs; the order's status unless told. */
  readonly changeOf?: (progress: OrderProgress) => string | undefined;
}

/** The execution has stopped, well or badly. */
export function hasEnded({ execution }: OrderProgress): boolean {
  return execution !== undefined && execution.status !== 'RUNNING';
}

/** Something outside the workflow must happen before the order goes on: its customer or an operator must act. */
export function waitsForSomeone({ order, parkedSteps }: OrderProgress): boolean {
  return order?.status === 'AWAITING_CUSTOMER' || parkedSteps.length > 0;
}

/**
 * Reads the order's progress again and again, ever more rarely, until it is as wanted or the time is up; AWS has no call
 * that waits for an execution. @returns the last progress read.
 */
export async function followOrder(
  deployment: Deployment,
  orderId: string,
  options: FollowOptions,
): Promise<OrderProgress> {
  const deadlineMs = Date.now() + options.timeoutMs;
  const changeOf = options.changeOf ?? statusOf;
  let lastSeen: string | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS)) {
    const progress = await readProgress(deployment, orderId);
    const seen = changeOf(progress);
    if (seen !== lastSeen) options.onChange?.(progress);
    lastSeen = seen;
    if (options.until(progress) || Date.now() > deadlineMs) return progress;
    await delay(pauseMs);
  }
}

function statusOf({ order }: OrderProgress): string | undefined {
  return order?.status;
}
