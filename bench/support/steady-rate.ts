import { setTimeout as delay } from 'node:timers/promises';

/** Begins a job every 1/rate of a second, whether those before have ended or not; resolves when all have. */
export async function atRate<Item, Result>(
  perSecond: number,
  items: readonly Item[],
  job: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const startedAtMs = performance.now();
  const running: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    const waitMs = startedAtMs + (index * 1000) / perSecond - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const result = job(item);
    void Promise.allSettled([result]); // a failure ends the run when all have ended, not the process before
    running.push(result);
  }
  return Promise.all(running);
}
