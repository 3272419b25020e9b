import { describe, expect, test } from 'vitest';
import { FOLLOWED_LISTS } from '../functions/payments/followed-events.ts';
import { ENVIRONMENTS } from '../infra/config.ts';
import { functionBehind, resourcesOf, synthesizedStack } from '../infra/testing/synthesized-stack.ts';
import { minutesBetweenRuns } from './testing/schedule-period.ts';

/** What scheduled functions read at the payment provider while nothing happens, held against what it allots. */

/** Stripe's least for an account, for thirty days (docs.stripe.com/rate-limits#api-read-request-allocations). */
const ALLOTTED_READS = 10_000;
const THIRTY_DAYS_MINUTES = 30 * 24 * 60;

/** Of a run that finds nothing to do; the tests of each function count them. */
const READS_A_RUN: Readonly<Record<string, number>> = {
  'poll-payments': 0,
  'follow-provider-events': FOLLOWED_LISTS.length,
};

describe.each(Object.values(ENVIRONMENTS))('in $name', (settings) => {
  const template = synthesizedStack(settings);
  const schedules = Object.values(resourcesOf(template, 'AWS::Events::Rule'))
    .filter(({ Properties }) => Properties.ScheduleExpression !== undefined)
    .flatMap(({ Properties }) =>
      (Properties.Targets as { Arn: unknown }[]).map(({ Arn }) => ({
        runs: THIRTY_DAYS_MINUTES / minutesBetweenRuns(Properties.ScheduleExpression),
        job: functionBehind(template, Arn).Properties,
      })),
    )
    .filter(({ job }) => 'PAYMENT_API_URL' in job.Environment.Variables)
    .map(({ job, runs }) => ({ entry: String(job.Handler).replace('.handler', ''), runs }));

  test('each scheduled function that may ask the provider says how often it does', () => {
    expect(schedules.map(({ entry }) => entry).toSorted()).toEqual(Object.keys(READS_A_RUN).toSorted());
  });

  test('the reads of thirty days are fewer than the provider allots to the smallest shop', () => {
    const reads = schedules.map(({ entry, runs }) => runs * (READS_A_RUN[entry] ?? Infinity));
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThan(ALLOTTED_READS);
  });

  test('customers who wait for their payment are asked about every minute', () => {
    expect(schedules.find(({ entry }) => entry === 'poll-payments')?.runs).toBe(THIRTY_DAYS_MINUTES);
  });
});
