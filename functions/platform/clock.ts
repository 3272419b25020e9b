/** Time for everything under `functions/`, so that a test can stand at any instant. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** The instant as events and rows write it: UTC, ISO 8601 with milliseconds. */
export function timestampOf(clock: Clock): string {
  return clock.now().toISOString();
}
