import { offsetMs } from './time-zone.ts';

/** A cron schedule; times have whole minutes. */
export interface Cron {
  nextAfter(afterMs: number): number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** More than any change of clocks. */
const MAX_SHIFT_MS = 3 * 3_600_000;
const LAST_YEAR = 2199;
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * The six fields of AWS's cron: minute, hour, day of month, month, day of week (1 = SUN), year; with `* , - /`, `?`
 * in one of the day fields, `L` and `W` in the day of month, `L` and `#` in the day of week.
 * @returns undefined when the expression is not valid.
 */
export function parseCron(expression: string, timeZone: string): Cron | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minuteText, hourText, dayText, monthText, weekdayText, yearText] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayText === '?') === (weekdayText === '?')) return undefined; // exactly one of them is left open
  const minutes = parseField(minuteText, { least: 0, most: 59 });
  const hours = parseField(hourText, { least: 0, most: 23 });
  const monthSet = parseField(named(monthText, months, 1), { least: 1, most: 12 });
  const years = parseField(yearText, { least: 1970, most: LAST_YEAR });
  const matchesDay = dayText === '?' ? parseWeekdays(weekdayText) : parseDays(dayText);
  if (!minutes || !hours || !monthSet || !years || !matchesDay) return undefined;
  const matchesDate = (date: Date): boolean =>
    years.has(date.getUTCFullYear()) && monthSet.has(date.getUTCMonth() + 1) && matchesDay(date);
  return { nextAfter: (afterMs) => next({ minutes, hours, matchesDate, timeZone }, afterMs) };
}

interface Matching {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly matchesDate: (date: Date) => boolean;
  readonly timeZone: string;
}

/** Walks local days, then the minutes of a matching day. Local times that a change of clocks skips do not fire. */
function next(cron: Matching, afterMs: number): number | undefined {
  const localAfterMs = afterMs + offsetMs(afterMs, cron.timeZone);
  const firstDayMs = Math.floor(localAfterMs / DAY_MS) * DAY_MS;
  for (let dayMs = firstDayMs; new Date(dayMs).getUTCFullYear() <= LAST_YEAR; dayMs += DAY_MS) {
    if (!cron.matchesDate(new Date(dayMs))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const localMs = dayMs + (hour * 60 + minute) * MINUTE_MS;
        if (localMs < localAfterMs - MAX_SHIFT_MS) continue;
        const timeMs = localMs - offsetMs(localMs - offsetMs(localMs, cron.timeZone), cron.timeZone);
        const exists = timeMs + offsetMs(timeMs, cron.timeZone) === localMs;
        if (timeMs > afterMs && exists) return timeMs;
      }
    }
  }
  return undefined;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Values of a list of `*`, `n`, `a-b`, each with `/step`, in ascending order. */
function parseField(text: string, range: Range): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, any, fromText, toText, stepText] = match;
    const from = any ? range.least : Number(fromText);
    const to = any || (stepText && toText === undefined) ? range.most : Number(toText ?? fromText);
    const step = Number(stepText ?? 1);
    if (from < range.least || to > range.most || from > to || step < 1) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return new Set([...values].toSorted((a, b) => a - b));
}

function parseDays(text: string): ((date: Date) => boolean) | undefined {
  if (text === 'L') return (date) => date.getUTCDate() === lastDayOf(date);
  const nearest = /^(\d+)W$/.exec(text);
  if (nearest) return (date) => date.getUTCDate() === nearestWeekday(date, Number(nearest[1]));
  const days = parseField(text, { least: 1, most: 31 });
  return days && ((date) => days.has(date.getUTCDate()));
}

function parseWeekdays(text: string): ((date: Date) => boolean) | undefined {
  const plain = named(text, weekdays, 1);
  const last = /^([1-7])L$/.exec(plain);
  if (last) {
    return (date) => date.getUTCDay() + 1 === Number(last[1]) && date.getUTCDate() + 7 > lastDayOf(date);
  }
  const nth = /^([1-7])#([1-5])$/.exec(plain);
  if (nth) {
    return (date) => date.getUTCDay() + 1 === Number(nth[1]) && Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
  }
  const days = parseField(plain === 'L' ? '7' : plain, { least: 1, most: 7 });
  return days && ((date) => days.has(date.getUTCDay() + 1));
}

/** The working day nearest to `day` in the month of `date`, never in another month. */
function nearestWeekday(date: Date, day: number): number {
  const lastDay = lastDayOf(date);
  const wanted = Math.min(day, lastDay);
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), wanted)).getUTCDay();
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === lastDay ? wanted - 2 : wanted + 1;
  return wanted;
}

function lastDayOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function named(text: string, names: readonly string[], first: number): string {
  return names.reduce((numbered, name, index) => numbered.replaceAll(name, String(index + first)), text.toUpperCase());
}
