/** Time for everything under `functions/`, so that a test can stand at any instant. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const DAY_SECONDS = 24 * 60 * 60;

/** When a row of today ends, in days from now, as a table's time to live reads it. */
export function expiryAfter(clock: Clock, days: number): number {
  return Math.floor(clock.now().getTime() / 1000) + days * DAY_SECONDS;
}

/** The instant as events and rows write it: UTC, ISO 8601 with milliseconds. */
export function timestampOf(clock: Clock): string {
  return clock.now().toISOString();
}
