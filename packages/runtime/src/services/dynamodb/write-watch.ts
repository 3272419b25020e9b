import { type FSWatcher, watch } from 'node:fs';
import { systemClock, type Timer } from '@order-workflow/states-language/clock';

const FIRST_LOOK_AFTER_MS = 1;
/**
 * The file system tells of a write before it is committed (the flush comes between): look again after these. Under load
 * the first one is the pace: each look at a file that has changed reads some of its pages anew.
 */
const LOOK_AGAIN_AFTER_MS = [3, 3, 3, 4, 8, 16, 32, 64] as const;
/** For file systems that tell nothing (some mounts into containers). */
const LOOK_ANYWAY_MS = 1000;
/** Where the system has no watch left to give: 50 looks of 3 µs a second. */
const LOOK_UNWATCHED_MS = 20;

/**
 * Learns that another process committed to a SQLite database in WAL mode, without a poll: the WAL file's change
 * event starts a short burst of looks, which ends when nothing new has come for a while. Idle, it costs one look a
 * second. Real time on purpose: it waits for a disk, not for anything of the simulated world.
 */
export class WriteWatch {
  #watcher: FSWatcher | undefined;
  #idleMs = LOOK_ANYWAY_MS;
  readonly #look: () => boolean;
  #step = 0;
  #delayMs = 0;
  #timer: Timer;

  /** @param look checks for news and handles them; true when there were any. */
  constructor(walFile: string, look: () => boolean) {
    this.#look = look;
    try {
      this.#watcher = watch(walFile, { persistent: false }, () => this.#beginBurst());
      this.#watcher.on('error', () => this.#goOnUnwatched());
    } catch {
      this.#goOnUnwatched();
    }
    this.#timer = this.#lookIn(this.#idleMs);
  }

  close(): void {
    this.#watcher?.close();
    this.#timer.cancel();
  }

  #goOnUnwatched(): void {
    this.#watcher?.close();
    this.#idleMs = LOOK_UNWATCHED_MS;
  }

  #beginBurst(): void {
    this.#step = 0;
    // Under load the next look is near already: thousands of events a second need not move it.
    if (this.#delayMs <= LOOK_AGAIN_AFTER_MS[0]) return;
    this.#timer.cancel();
    this.#timer = this.#lookIn(FIRST_LOOK_AFTER_MS);
  }

  #lookIn(delayMs: number): Timer {
    this.#delayMs = delayMs;
    return systemClock.at(systemClock.nowMs() + delayMs, () => this.#onTime());
  }

  #onTime(): void {
    this.#step = this.#look() ? 0 : this.#step + 1;
    this.#timer = this.#lookIn(LOOK_AGAIN_AFTER_MS[this.#step] ?? this.#idleMs);
  }
}
