import type { Clock } from '@order-workflow/states-language/clock';

/** A bell: one sleeper waits for it or for a time, whichever is first. A ring without sleeper is remembered. */
export class WakeUp {
  #rung = false;
  #sleeper: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#sleeper?.();
  }

  /** Resolves at the next ring, at once when there was one since the last sleep, or at `dueAtMs`. */
  async sleep(clock: Clock, dueAtMs?: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = dueAtMs === undefined ? undefined : clock.at(dueAtMs, resolve);
        this.#sleeper = () => {
          timer?.cancel();
          resolve();
        };
      });
    }
    this.#sleeper = undefined;
    this.#rung = false;
  }
}
