import { setTimeout as delay } from 'node:timers/promises';

const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 160;

/**
 * Waits out other writers of the same rows, which hold them for milliseconds and let nobody queue: with full jitter,
 * for half a second on average and one at most. What lasts longer is for the caller's own retries.
 * @throws whatever the last attempt threw, or the first that is no contention.
 */
export async function outwait<Result>(
  attempt: () => Promise<Result>,
  isContention: (error: unknown) => boolean,
): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts === MAX_ATTEMPTS || !isContention(error)) throw error;
      await delay(Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1)));
    }
  }
}
