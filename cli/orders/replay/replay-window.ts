import { UserError } from '../../user-error.ts';
import { formatDuration } from '../instant.ts';

/** The archive receives events with a delay; AWS advises to leave ten minutes. */
export const MIN_AGE_MS = 10 * 60_000;

/** A wider window is hardly meant by accident, so it has to be said. */
export const WIDE_MS = 24 * 3_600_000;

export interface ReplayWindow {
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/**
 * A window of archived events that may be replayed.
 * @throws UserError when it is empty, too young, or wider than a day without `isWide`.
 */
export function replayWindow({ from, to }: ReplayWindow, now: Date, isWide: boolean): ReplayWindow {
  const widthMs = to.getTime() - from.getTime();
  if (widthMs <= 0) {
    throw new UserError(`--from must be before --to: got ${from.toISOString()} to ${to.toISOString()}.`);
  }
  const youngest = new Date(now.getTime() - MIN_AGE_MS);
  if (to > youngest) {
    throw new UserError(
      `--to must be at least ten minutes ago (${youngest.toISOString()} at the latest), for the archive may still ` +
        `receive events of later times; got ${to.toISOString()}.`,
    );
  }
  if (widthMs > WIDE_MS && !isWide) {
    throw new UserError(`The window is ${formatDuration(widthMs)} wide: give --wide if you mean all of it.`);
  }
  return { from, to };
}
