/** How long and how often a delivery is tried, as the API spells it. */
export interface RetryPolicy {
  readonly MaximumEventAgeInSeconds?: number;
  readonly MaximumRetryAttempts?: number;
}

export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** What comes after a failed attempt: another one, or the end. */
export type RetryDecision =
  | { readonly kind: 'retry'; readonly atMs: number }
  | { readonly kind: 'exhausted'; readonly condition: ExhaustedCondition };

const MAX_ATTEMPTS = 185;
const MIN_AGE_SECONDS = 60;
const MAX_AGE_SECONDS = 86_400;
const FIRST_DELAY_MS = 1000;
/** 185 attempts at this pace fill the 24 hours of the default policy. */
const MAX_DELAY_MS = 480_000;

/**
 * Exponential backoff with jitter, bounded by attempts and by the event's age.
 * @param random from 0 to 1: each delay is between half of its step and all of it.
 */
export function decideRetry(
  policy: RetryPolicy | undefined,
  state: { readonly retries: number; readonly firstAttemptAtMs: number; readonly nowMs: number },
  random: () => number,
): RetryDecision {
  const mostRetries = policy?.MaximumRetryAttempts ?? MAX_ATTEMPTS;
  if (state.retries >= mostRetries) return { kind: 'exhausted', condition: 'MaximumRetryAttempts' };
  const stepMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(state.retries, 20));
  const atMs = state.nowMs + Math.round(stepMs * (0.5 + random() / 2));
  const oldestMs = state.firstAttemptAtMs + (policy?.MaximumEventAgeInSeconds ?? MAX_AGE_SECONDS) * 1000;
  return atMs > oldestMs ? { kind: 'exhausted', condition: 'MaximumEventAgeInSeconds' } : { kind: 'retry', atMs };
}

/**
 * What is wrong with a policy; undefined when nothing is. Rules and schedules have the same bounds (API references,
 * RetryPolicy). Templates carry numbers also as text.
 */
export function retryPolicyProblem(policy: RetryPolicy | undefined): string | undefined {
  const outside = (value: unknown, least: number, most: number): boolean =>
    value !== undefined && !(Number.isInteger(Number(value)) && Number(value) >= least && Number(value) <= most);
  if (outside(policy?.MaximumRetryAttempts, 0, MAX_ATTEMPTS)) {
    return `MaximumRetryAttempts must be between 0 and ${MAX_ATTEMPTS}.`;
  }
  if (outside(policy?.MaximumEventAgeInSeconds, MIN_AGE_SECONDS, MAX_AGE_SECONDS)) {
    return `MaximumEventAgeInSeconds must be between ${MIN_AGE_SECONDS} and ${MAX_AGE_SECONDS}.`;
  }
  return undefined;
}
