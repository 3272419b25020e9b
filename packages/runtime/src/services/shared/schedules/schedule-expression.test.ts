import { expect, test } from 'vitest';
import { parseRuleSchedule, parseSchedule } from './schedule-expression.ts';

const start = Date.UTC(2026, 0, 1); // a Thursday
const firings = (expression: string, count: number, timeZone = 'UTC'): string[] => {
  const schedule = parseSchedule(expression, timeZone);
  const times: string[] = [];
  let afterMs: number | undefined = start;
  while (times.length < count && (afterMs = schedule.nextAfter(afterMs, start)) !== undefined) {
    times.push(new Date(afterMs).toISOString().slice(0, 16));
  }
  return times;
};

test.each([
  ['rate(5 minutes)', ['2026-01-01T00:05', '2026-01-01T00:10']],
  ['rate(1 day)', ['2026-01-02T00:00', '2026-01-03T00:00']],
  ['cron(0 10 * * ? *)', ['2026-01-01T10:00', '2026-01-02T10:00']],
  ['cron(15 12 * * ? *)', ['2026-01-01T12:15', '2026-01-02T12:15']],
  ['cron(0 18 ? * MON-FRI *)', ['2026-01-01T18:00', '2026-01-02T18:00', '2026-01-05T18:00']],
  ['cron(0 8 1 * ? *)', ['2026-01-01T08:00', '2026-02-01T08:00']],
  ['cron(0/15 * * * ? *)', ['2026-01-01T00:15', '2026-01-01T00:30']],
  ['cron(0/10 * ? * MON-FRI *)', ['2026-01-01T00:10', '2026-01-01T00:20']],
  ['cron(0/5 8-17 ? * MON-FRI *)', ['2026-01-01T08:00', '2026-01-01T08:05']],
  ['cron(0 9 ? * 2#1 *)', ['2026-01-05T09:00', '2026-02-02T09:00']],
  ['cron(0 0 L * ? *)', ['2026-01-31T00:00', '2026-02-28T00:00']],
  ['cron(0 0 ? * 6L *)', ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['cron(0 0 3W * ? *)', ['2026-01-02T00:00', '2026-02-03T00:00']],
  ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 0 1 1 ? 2026-2027)', ['2027-01-01T00:00']],
])('%s fires at %j', (expression, times) => {
  expect(firings(expression, times.length + (expression.includes('2027') ? 1 : 0))).toEqual(times);
});

test('a cron in a time zone follows its clocks over the change to summer time', () => {
  const schedule = parseSchedule('cron(30 2 * * ? *)', 'Europe/Berlin');
  const before = Date.UTC(2026, 2, 27, 12);
  const first = schedule.nextAfter(before, 0)!;
  expect(new Date(first).toISOString()).toBe('2026-03-28T01:30:00.000Z');
  // 29 March has no 02:30 there
  expect(new Date(schedule.nextAfter(first, 0)!).toISOString()).toBe('2026-03-30T00:30:00.000Z');
});

test.each([
  'at(2026-01-01T00:00:00)',
  'cron(0 0 * * * *)',
  'cron(60 0 * * ? *)',
  'cron(0 0 ? * 8 *)',
  'rate(1 second)',
  '',
])('a rule does not take %s', (expression) => {
  expect(() => parseRuleSchedule(expression)).toThrow('Parameter ScheduleExpression is not valid.');
});
