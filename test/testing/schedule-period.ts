const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/u;
const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

/** Minutes between two runs of an EventBridge schedule expression. @throws Error when it is no rate. */
export function minutesBetweenRuns(schedule: unknown): number {
  const [, count, unit] = RATE.exec(String(schedule)) ?? [];
  if (count === undefined) throw new Error(`Expected a rate, got the schedule ${String(schedule)}.`);
  return Number(count) * MINUTES[unit as keyof typeof MINUTES];
}
