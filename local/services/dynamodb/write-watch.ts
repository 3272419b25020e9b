import { type FSWatcher, watch } from 'node:fs';
import { systemClock, type Timer } from '../../clock.ts';

/** The file system tells of a write before it is committed (the flush comes between): look again after these. */
const LOOK_AGAIN_AFTER_MS = [1, 1, 1, 2, 2, 4, 8, 16, 32, 64] as const;
/** For file systems that tell nothing (some mounts into containers). */
const LOOK_ANYWAY_MS = 1000;

/**
 * Learns that another process committed to a SQLite database in WAL mode, without a poll: the WAL file's change
 * event starts a short burst of looks, which ends when nothing new has come for a while. Idle, it costs one look a
 * second. Real time on purpose: it waits for a disk, not for anything of the simulated world.
 */
export class WriteWatch {
  readonly #watcher: FSWatcher;
  readonly #look: () => boolean;
  #step = 0;
  #timer: Timer;
  #isBurst = false;

  /** @param look checks for news and handles them; true when there were any. */
  constructor(walFile: string, look: () => boolean) {
    this.#look = look;
    this.#timer = this.#lookIn(LOOK_ANYWAY_MS);
    this.#watcher = watch(walFile, { persistent: false }, () => this.#beginBurst());
    // The file was replaced or its mount went away: the look each second remains.
    this.#watcher.on('error', () => this.#watcher.close());
  }

  close(): void {
    this.#watcher.close();
    this.#timer.cancel();
  }

  #beginBurst(): void {
    this.#step = 0;
    if (this.#isBurst) return;
    this.#isBurst = true;
    this.#timer.cancel();
    this.#timer = this.#lookIn(LOOK_AGAIN_AFTER_MS[0]);
  }

  #lookIn(delayMs: number): Timer {
    return systemClock.at(systemClock.nowMs() + delayMs, () => this.#onTime());
  }

  #onTime(): void {
    const hadNews = this.#look();
    this.#step = hadNews ? 0 : this.#step + 1;
    const delayMs = this.#isBurst ? LOOK_AGAIN_AFTER_MS[this.#step] : undefined;
    this.#isBurst = delayMs !== undefined;
    this.#timer = this.#lookIn(delayMs ?? LOOK_ANYWAY_MS);
  }
}
