import { UserError } from '../user-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Without a zone the same text would mean another time on another machine. */
const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * A point in time as a person gives it: ISO 8601 with a zone, or an age such as `90m` (s, m, h, d).
 * @throws UserError for anything else.
 */
export function parseInstant(option: string, text: string, now: Date): Date {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    return new Date(now.getTime() - Number(amount) * (UNIT_MS[unit] ?? 0));
  }
  const instant = new Date(text);
  if (ISO_WITH_ZONE.test(text) && !Number.isNaN(instant.getTime())) return instant;
  throw new UserError(
    `${option}: expected a time such as 2026-01-15T09:00:00Z or an age such as 90m, 2h or 3d; got "${text}".`,
  );
}

/** A duration for people, in its two largest units: `1 h 5 min`, `320 ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 60) return withRest(minutes, 'min', Math.floor((milliseconds % 60_000) / 1_000), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(hours, 'h', minutes % 60, 'min');
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function withRest(amount: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${amount} ${unit}` : `${amount} ${unit} ${rest} ${restUnit}`;
}
