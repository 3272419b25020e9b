import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxStore } from './sandbox-store.ts';

const HOLD_MS = 5_000;
const LOOK_EVERY_MS = 1;
const COPY = /^backup-.*\.sqlite(?:\.partial)?$/;

/**
 * Copies the ledger to `backup-<id>.sqlite` beside it, and lets nothing happen in this process until somebody has taken
 * the copy away (renamed it): no request, no webhook, no refund. So whoever takes the copy knows that the provider has
 * told nobody anything that the copy does not hold.
 * @param id of the caller's choice, as the file's name.
 * @throws Error when the ledger has no file, or nobody took the copy within five seconds; it is gone then.
 */
export function holdCopy(store: SandboxStore, id: unknown, holdMs = HOLD_MS): void {
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,64}$/.test(id)) {
    throw new Error('id: expected 1 to 64 small letters, digits and hyphens');
  }
  const folder = dirname(store.path);
  if (store.path === ':memory:') throw new Error('the ledger is in memory: start the sandbox with --data');
  const copy = join(folder, `backup-${id}.sqlite`);
  store.copyTo(`${copy}.partial`);
  renameSync(`${copy}.partial`, copy); // Whoever sees it sees all of it.
  if (isTaken(copy, holdMs)) return;
  rmSync(copy, { force: true });
  throw new Error(`nobody took ${copy} within ${holdMs} ms: it is for a program on this machine`);
}

/** Of a process that was killed while it held one: what happened since is not in it. */
export function removeCopies(folder: string): void {
  for (const name of readdirSync(folder)) if (COPY.test(name)) rmSync(join(folder, name));
}

/** Blocks the whole process: that is what holding means. */
function isTaken(copy: string, holdMs: number): boolean {
  const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const untilMs = performance.now() + holdMs;
  while (existsSync(copy)) {
    if (performance.now() > untilMs) return false;
    Atomics.wait(never, 0, 0, LOOK_EVERY_MS);
  }
  return true;
}
