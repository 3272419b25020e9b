import { statfsSync } from 'node:fs';
import { StartError } from '../runtime/start-error.ts';

/** Room that accepted work may still use when new work is already refused. */
export const RESERVE_BYTES = 64 * 1024 * 1024;

/** The free space of a folder's disk, and whether it is enough to accept new work. */
export class DiskSpace {
  readonly #folder: string;
  readonly #reserveBytes: number;
  readonly #onChange: (error: Error) => void;
  #wasFull = false;

  /** @param onChange told, in one line, when the disk has become full and when there is room again. */
  constructor(folder: string, onChange: (line: Error) => void, reserveBytes: number = RESERVE_BYTES) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#reserveBytes = reserveBytes;
  }

  /** Asks the system, in some microseconds. */
  hasRoom(): boolean {
    const isFull = freeBytes(this.#folder) < this.#reserveBytes;
    if (isFull !== this.#wasFull) {
      this.#wasFull = isFull;
      this.#onChange(new DiskSpaceChange(this.#folder, isFull));
    }
    return !isFull;
  }
}

/** Infinite where the file system does not tell. */
export function freeBytes(folder: string): number {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return blocks === 0 ? Infinity : bavail * bsize;
}

/** @throws StartError when the folder's disk has not that much free. */
export function requireRoom(path: string, reserveBytes: number): void {
  const free = freeBytes(path);
  if (free >= reserveBytes) return;
  const megabytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MB`;
  const message = `The disk of ${path} is full (${megabytes(free)} free, ${megabytes(reserveBytes)} needed): make room.`;
  throw new StartError('DISK_FULL', message);
}

class DiskSpaceChange extends Error {
  override readonly name = 'DiskSpace';

  constructor(folder: string, isFull: boolean) {
    super(
      isFull
        ? `The disk of ${folder} is full: new requests are refused with 503 until there is room; accepted work goes on.`
        : `The disk of ${folder} has room again: requests are accepted.`,
    );
  }
}
