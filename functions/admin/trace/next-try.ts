import type { Attempt } from './execution-history.ts';
import type { Retrier } from './workflow-graph.ts';

/** When a failed task is tried again. With jitter nobody but Step Functions knows the moment, only its bounds. */
export interface NextTry {
  /** Counts the tries from 1. */
  readonly attempt: number;
  readonly earliestAt: Date;
  readonly latestAt: Date;
}

/**
 * The next try of a task whose last attempt failed and whose state goes on.
 * @param retriers of the state, as its definition lists them: the first that matches an error decides about it.
 */
export function nextTryOf(attempts: readonly Attempt[], retriers: readonly Retrier[]): NextTry | undefined {
  const last = attempts.at(-1);
  if (last?.error === undefined || last.endedAt === undefined) return undefined;
  const retrier = retrierFor(last.error, retriers);
  if (retrier === undefined) return undefined;
  const failures = attempts.filter(
    ({ error }) => error !== undefined && retrierFor(error, retriers) === retrier,
  ).length;
  if (failures > retrier.MaxAttempts) return undefined;
  const seconds = retrier.IntervalSeconds * retrier.BackoffRate ** (failures - 1);
  const delayMs = Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity) * 1000;
  const latestAt = new Date(last.endedAt.getTime() + delayMs);
  return {
    attempt: attempts.length + 1,
    earliestAt: retrier.JitterStrategy === 'FULL' ? last.endedAt : latestAt,
    latestAt,
  };
}

function retrierFor(error: string, retriers: readonly Retrier[]): Retrier | undefined {
  return retriers.find(({ ErrorEquals }) => ErrorEquals.some((name) => matches(name, error)));
}

/** States.TaskFailed matches everything but a timeout (Step Functions Developer Guide, "Error names"). */
function matches(name: string, error: string): boolean {
  if (name === 'States.ALL') return error !== 'States.DataLimitExceeded' && error !== 'States.Runtime';
  if (name === 'States.TaskFailed') return error !== 'States.Timeout';
  return name === error;
}
