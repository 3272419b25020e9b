import process from 'node:process';
import { ASSEMBLY_FOLDER } from '../synthesize.ts';

/**
 * Ends this process as `kill -9` would, and begins it anew in its place: the same number, the same terminal, nothing of
 * its memory. No code of ours runs in between, no connection is closed in order, and children see their parent go.
 * @param childPid a child whose address the new process needs at once.
 * @param again.fresh whether the new one forgets what this one leaves.
 */
export function cutPower(childPid: number, again: { readonly fresh: boolean } = { fresh: false }): never {
  process.kill(childPid, 'SIGKILL');
  // Node declares it for the systems that have the call: execve(2).
  process.execve!(process.execPath, [
    process.execPath,
    ...process.execArgv,
    ...startAgain(process.argv.slice(1), again),
  ]);
  throw new Error('The process was not replaced.');
}

/** Whether this system and this version of Node can. */
export const canCutPower = process.platform !== 'win32' && process.execve !== undefined;

/** The same start again, without another synthesis, and on what it left behind unless `fresh` forgets that. */
export function startAgain(argv: readonly string[], { fresh }: { readonly fresh: boolean }): string[] {
  const kept = [...argv.filter((flag) => flag !== '--fresh'), ...(fresh ? ['--fresh'] : [])];
  const isGiven = kept.some((flag) => flag === '--watch' || flag === '--assembly' || flag.startsWith('--assembly='));
  return isGiven ? kept : [...kept, `--assembly=${ASSEMBLY_FOLDER}`];
}
