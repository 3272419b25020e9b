import { expect, test } from 'vitest';
import { decideRetry, type RetryPolicy } from './retry-schedule.ts';

/** All retries until the policy is exhausted, with the slowest pace (random = 1) or the fastest (0). */
function retryAll(
  policy: RetryPolicy | undefined,
  random: number,
): { retries: number; hours: number; condition: string } {
  let nowMs = 0;
  for (let retries = 0; ; retries += 1) {
    const decision = decideRetry(policy, { retries, firstAttemptAtMs: 0, nowMs }, () => random);
    if (decision.kind === 'exhausted') return { retries, hours: nowMs / 3_600_000, condition: decision.condition };
    expect(decision.atMs).toBeGreaterThan(nowMs);
    nowMs = decision.atMs;
  }
}

test('T18: by default an event is retried up to 185 times within 24 hours', () => {
  const slowest = retryAll(undefined, 1);
  expect(slowest.hours).toBeGreaterThan(23);
  expect(slowest.hours).toBeLessThanOrEqual(24);
  expect(retryAll(undefined, 0)).toMatchObject({ retries: 185, condition: 'MaximumRetryAttempts' });
});

test('no retry at all is a policy too', () => {
  expect(retryAll({ MaximumRetryAttempts: 0 }, 1)).toMatchObject({ retries: 0, condition: 'MaximumRetryAttempts' });
});

test('an event never gets older than its policy says', () => {
  const { hours, condition } = retryAll({ MaximumEventAgeInSeconds: 60 }, 1);
  expect(hours * 3600).toBeLessThanOrEqual(60);
  expect(condition).toBe('MaximumEventAgeInSeconds');
});
