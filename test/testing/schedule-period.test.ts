import { expect, test } from 'vitest';
import { minutesBetweenRuns } from './schedule-period.ts';

test.each([
  ['rate(1 minute)', 1],
  ['rate(10 minutes)', 10],
  ['rate(1 hour)', 60],
  ['rate(2 days)', 2880],
])('%s runs every %d minutes', (schedule, minutes) => {
  expect(minutesBetweenRuns(schedule)).toBe(minutes);
});

test.each(['cron(0 * * * ? *)', 'rate(1 week)', '', undefined])('%s is no rate', (schedule) => {
  expect(() => minutesBetweenRuns(schedule)).toThrow(/Expected a rate/);
});
