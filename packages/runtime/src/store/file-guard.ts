import { statSync } from 'node:fs';
import { systemClock, type Timer } from '@order-workflow/states-language/clock';
import { StartError } from '../runtime/start-error.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Notices that a database was deleted, replaced or emptied while it is in use: its users go on writing to a file that
 * nobody will find again. Real time on purpose: it is about a disk.
 */
export class FileGuard {
  readonly #inodes: ReadonlyMap<string, number>;
  readonly #onLost: (error: StartError) => void;
  #timer: Timer;

  /** @param files databases that are open by now. @param onLost told once. */
  constructor(files: readonly string[], onLost: (error: StartError) => void) {
    this.#inodes = new Map(files.map((file) => [file, statSync(file).ino]));
    this.#onLost = onLost;
    this.#timer = this.#lookLater();
  }

  close(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const gone = [...this.#inodes].find(([file, inode]) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found?.ino !== inode || found.size === 0;
    });
    if (!gone) this.#timer = this.#lookLater();
    else this.#onLost(new StartError('STORE_LOST', lossOf(gone[0])));
  }

  #lookLater(): Timer {
    return systemClock.at(systemClock.nowMs() + LOOK_EVERY_MS, () => this.#look());
  }
}

function lossOf(file: string): string {
  return `${file} was deleted, emptied or replaced while it was in use, and what was in it is lost: restore it, or start with --fresh.`;
}
