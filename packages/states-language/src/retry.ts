import { errorMatches, type Matchable } from './errors.ts';

/** One entry of a state's Retry field, defaults filled in. */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitter: 'NONE' | 'FULL';
}

export interface RetryDecision {
  readonly retrierIndex: number;
  readonly delayMs: number;
}

/**
 * What Retry says to a failure: the first retrier that matches decides alone; when its attempts are used up
 * there is no retry, even if a later retrier would match.
 * @param attemptsUsed retries already made, by retrier.
 * @param random a number in [0, 1) for full jitter.
 */
export function decideRetry(
  retriers: readonly Retrier[],
  failure: Matchable,
  attemptsUsed: readonly number[],
  random: () => number,
): RetryDecision | undefined {
  const retrierIndex = retriers.findIndex((retrier) => errorMatches(retrier.errorEquals, failure));
  const retrier = retriers[retrierIndex];
  if (!retrier) return undefined;
  const used = attemptsUsed[retrierIndex] ?? 0;
  if (used >= retrier.maxAttempts) return undefined;
  return { retrierIndex, delayMs: backoffMs(retrier, used, random) };
}

function backoffMs(retrier: Retrier, attemptsUsed: number, random: () => number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** attemptsUsed;
  const cappedMs = Math.min(grown, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return Math.round(retrier.jitter === 'FULL' ? cappedMs * random() : cappedMs);
}
