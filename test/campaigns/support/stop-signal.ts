import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Aborted by SIGINT or SIGTERM: a campaign then ends early, and tells what it has played. The exit code becomes what a
 * shell makes of such an end, unless something failed.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      process.exitCode ??= 128 + constants.signals[signal];
      controller.abort();
    });
  }
  return controller.signal;
}

/** Whichever comes first. What is still under way at a stop goes on, and what becomes of it is nobody's concern. */
export async function unlessStopped(stop: AbortSignal, work: Promise<unknown>): Promise<void> {
  const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  await (stop.aborted ? undefined : Promise.race([work, stopped]));
  if (stop.aborted) ignoreFailures();
}

/** Ends a process in which something is still under way, once all is told. */
export function endIfStopped(stop: AbortSignal): void {
  if (stop.aborted) setImmediate(() => process.exit());
}

/** Passes a stop on: a signal of a terminal goes to all of its processes, any other to one. */
export function stopWith(stop: AbortSignal, child: ChildProcess): void {
  const end = (): void => void child.kill('SIGTERM');
  if (stop.aborted) end();
  stop.addEventListener('abort', end, { once: true });
  child.once('exit', () => stop.removeEventListener('abort', end));
}

/** Of a campaign's worker: ends it at a stop. What it was at is told to nobody. */
export function endWhenStopped(cleanUp: () => Promise<unknown>): void {
  const stop = stopSignal();
  const end = (): void => {
    ignoreFailures();
    void cleanUp().finally(() => process.exit());
  };
  stop.addEventListener('abort', end, { once: true });
}

/** Of what is still under way while its store is taken away. */
function ignoreFailures(): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => undefined);
}
