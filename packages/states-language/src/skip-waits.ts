import type { Frame } from './frame.ts';

/**
 * Ends waits that would end by `untilMs` now: Wait states, pauses before a retry, and the time that the holder of a token
 * has. Work that is under way keeps its time. @returns how many.
 */
export function skipWaits(frames: Iterable<Frame>, untilMs: number): number {
  let skipped = 0;
  for (const frame of frames) {
    const { timer } = frame;
    if (timer === undefined || timer.dueAtMs > untilMs || !isWaiting(frame)) continue;
    timer.fire();
    skipped += 1;
  }
  return skipped;
}

/** For time alone, or for somebody outside who has the token. */
function isWaiting({ phase }: Frame): boolean {
  if (phase.kind === 'task') return phase.token !== undefined && phase.arguments === undefined;
  return phase.kind === 'waiting' || phase.kind === 'retrying';
}
