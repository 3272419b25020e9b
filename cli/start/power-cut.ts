import process from 'node:process';
import { ASSEMBLY_FOLDER } from '../synthesize.ts';

/**
 * Ends this process as `kill -9` would, and begins it anew in its place: the same number, the same terminal, nothing of
 * its memory. No code of ours runs in between, no connection is closed in order, and children see their parent go.
 * @param childPid a child whose address the new process needs at once.
 */
export function cutPower(childPid: number): never {
  process.kill(childPid, 'SIGKILL');
  // Node declares it for the systems that have the call: execve(2).
  process.execve!(process.execPath, [process.execPath, ...process.execArgv, ...startAgain(process.argv.slice(1))]);
  throw new Error('The process was not replaced.');
}

/** Whether this system and this version of Node can. */
export const canCutPower = process.platform !== 'win32' && process.execve !== undefined;

/** The same start again, on what it left behind and without another synthesis. */
export function startAgain(argv: readonly string[]): string[] {
  const kept = argv.filter((flag) => flag !== '--fresh');
  const isGiven = kept.some((flag) => flag === '--watch' || flag === '--assembly' || flag.startsWith('--assembly='));
  return isGiven ? kept : [...kept, `--assembly=${ASSEMBLY_FOLDER}`];
}
