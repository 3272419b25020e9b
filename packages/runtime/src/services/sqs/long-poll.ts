import { sleepUntil, type Clock } from '@order-workflow/states-language/clock';
import type { Queue } from './queue.ts';

/** Resolves when a message of the queue has become visible, at the deadline, or when `signal` aborts. */
export async function untilVisible(
  queue: Queue,
  clock: Clock,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const waiting = new AbortController();
  const woken = Promise.withResolvers<void>();
  const cancel = queue.onVisible(() => woken.resolve());
  try {
    const timeout = sleepUntil(clock, deadlineMs, AbortSignal.any([signal, waiting.signal]));
    await Promise.race([woken.promise, timeout.catch(() => undefined)]); // an abort ends the wait like the deadline
  } finally {
    cancel();
    waiting.abort();
  }
}
