import { AwsError } from '../aws-error.ts';
import { parseCron } from './cron.ts';
import { offsetMs } from './time-zone.ts';

/** A schedule that comes again and again. */
export interface RecurringSchedule {
  /**
   * The first time after `afterMs` (epoch milliseconds); undefined when there is none any more.
   * @param anchorMs where `rate` counts from; not after `afterMs`, but by one to have the anchor itself.
   */
  nextAfter(afterMs: number, anchorMs: number): number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(…)` or `cron(…)` in UTC, as rules take them. @throws AwsError ValidationException. */
export function parseRuleSchedule(expression: string): RecurringSchedule {
  const schedule = parseRate(expression) ?? parseCronExpression(expression, 'UTC');
  if (!schedule) throw invalidSchedule();
  return schedule;
}

/** `rate(…)`, `cron(…)` or `at(…)`, as EventBridge Scheduler takes them. @throws AwsError ValidationException. */
export function parseSchedule(expression: string, timeZone: string): RecurringSchedule {
  const schedule =
    parseRate(expression) ?? parseCronExpression(expression, timeZone) ?? parseOnce(expression, timeZone);
  if (!schedule) throw new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`);
  return schedule;
}

function parseRate(expression: string): RecurringSchedule | undefined {
  const match = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (!match) return undefined;
  const count = Number(match[1]);
  // EventBridge: a value of 1 takes the singular, any other the plural
  if (count === 0 || (count === 1) === (match[3] === 's')) throw invalidSchedule();
  const intervalMs = count * unitMs[match[2]!]!;
  return {
    nextAfter: (afterMs, anchorMs) => anchorMs + (Math.floor((afterMs - anchorMs) / intervalMs) + 1) * intervalMs,
  };
}

function parseCronExpression(expression: string, timeZone: string): RecurringSchedule | undefined {
  const match = /^cron\((.+)\)$/.exec(expression);
  if (!match) return undefined;
  const cron = parseCron(match[1]!, timeZone);
  if (!cron) throw invalidSchedule();
  return { nextAfter: (afterMs) => cron.nextAfter(afterMs) };
}

function parseOnce(expression: string, timeZone: string): RecurringSchedule | undefined {
  const match = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression);
  if (!match) return undefined;
  const atMs = epochOfLocalTime(match[1]!, timeZone);
  if (Number.isNaN(atMs)) return undefined;
  return { nextAfter: (afterMs) => (atMs > afterMs ? atMs : undefined) };
}

/** @param local `YYYY-MM-DDThh:mm:ss` on the clocks of `timeZone`. */
function epochOfLocalTime(local: string, timeZone: string): number {
  const asUtcMs = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtcMs)) return asUtcMs;
  const guessMs = asUtcMs - offsetMs(asUtcMs, timeZone);
  return asUtcMs - offsetMs(guessMs, timeZone);
}

function invalidSchedule(): AwsError {
  return new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');
}
