import { UserError } from '../../cli/user-error.ts';

/**
 * How long a transaction holds its rows where conflicts are played, in milliseconds, unless a campaign is told another
 * length. DynamoDB publishes none.
 */
export const CONFLICT_WINDOW_MS = 5;

export const WINDOW_FLAG = { type: 'string', default: String(CONFLICT_WINDOW_MS) } as const;

export const WINDOW_USAGE = `--window N      milliseconds that a transaction holds its rows (default ${CONFLICT_WINDOW_MS}); 0: none conflicts`;

/** @param text of `--window`. @throws UserError when it is no length in whole milliseconds. */
export function conflictWindowFrom(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new UserError(`--window: expected whole milliseconds, got "${text}".`);
  return Number(text);
}
