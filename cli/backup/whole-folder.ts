import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { requireRoom, RESERVE_BYTES } from '@order-workflow/runtime';
import { UserError } from '../user-error.ts';

export interface Room {
  /** What will be written. */
  readonly bytes: number;
  /** What the disk must still have free then: a shop may run on it. */
  readonly reserveBytes?: number;
}

/**
 * Makes a folder that is there whole or not at all: `fill` writes to one beside it, which gets the name at the end.
 * @throws UserError when the name is taken or the disk refuses, StartError when there is too little room; what `fill`
 *     throws.
 */
export async function makeWholeFolder(
  target: string,
  { bytes, reserveBytes = RESERVE_BYTES }: Room,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  refuseTaken(target);
  const partial = `${target}.partial-${process.pid}`;
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    requireRoom(path.dirname(target), bytes + reserveBytes);
    mkdirSync(partial, { mode: 0o700 });
    await fill(partial);
    refuseTaken(target);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw refusalOf(target, error);
  }
}

function refuseTaken(target: string): void {
  if (existsSync(target)) throw new UserError(`${target} exists: give the name of a new folder.`);
}

/** What the disk, the system or SQLite refuses is one line for its user; the rest is ours. */
function refusalOf(target: string, error: unknown): unknown {
  const { syscall, errcode, message } = error as { syscall?: string; errcode?: number; message: string };
  if (syscall === undefined && errcode === undefined) return error;
  return new UserError(`${target} cannot be made (${message}): nothing is left of it.`, { cause: error });
}
