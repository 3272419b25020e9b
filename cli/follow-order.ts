import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from './deployment.ts';
import { readOrderTrace, type OrderTrace } from './trace/order-trace.ts';

const FIRST_PAUSE_MS = 15;
const MAX_PAUSE_MS = 1_000;

export interface FollowOptions {
  /** Stop waiting when this holds for what is known so far. */
  readonly until: (trace: OrderTrace) => boolean;
  readonly timeoutMs: number;
  readonly onChange?: (trace: OrderTrace) => void;
  /** What counts as a change when it differs; the order's status unless told. */
  readonly changeOf?: (trace: OrderTrace) => string | undefined;
}

/** The execution has stopped, well or badly. */
export function hasEnded({ execution }: OrderTrace): boolean {
  return execution !== undefined && execution.status !== 'RUNNING';
}

/** Something outside the workflow must happen before the order goes on: its customer or an operator must act. */
export function waitsForSomeone({ order, parked }: OrderTrace): boolean {
  return order?.status === 'AWAITING_CUSTOMER' || parked.some((row) => row.parkedState === 'OPEN');
}

/**
 * Reads the order's trace again and again, ever more rarely, until it is as wanted or the time is up; AWS has no call
 * that waits for an execution. @returns the last trace read.
 */
export async function followOrder(
  deployment: Deployment,
  orderId: string,
  options: FollowOptions,
): Promise<OrderTrace> {
  const deadlineMs = Date.now() + options.timeoutMs;
  const changeOf = options.changeOf ?? statusOf;
  let lastSeen: string | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS)) {
    const trace = await readOrderTrace(deployment, orderId);
    const seen = changeOf(trace);
    if (seen !== lastSeen) options.onChange?.(trace);
    lastSeen = seen;
    if (options.until(trace) || Date.now() > deadlineMs) return trace;
    await delay(pauseMs);
  }
}

function statusOf({ order }: OrderTrace): string | undefined {
  return order?.status;
}
