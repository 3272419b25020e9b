import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { UserError } from '../../cli/user-error.ts';

const run = promisify(execFile);

/** A revision with the packages that its own lock file names, in a worktree that goes when it is disposed of. */
export interface Checkout extends AsyncDisposable {
  readonly folder: string;
  /** Short hash of its commit. */
  readonly commit: string;
}

/** @throws UserError when there is no such revision, or when it cannot be installed. */
export async function checkOut(revision: string): Promise<Checkout> {
  const commit = await commitOf(revision);
  const parent = mkdtempSync(path.join(tmpdir(), 'shop-against-'));
  const folder = path.join(parent, commit);
  const remove = async (): Promise<void> => {
    rmSync(parent, { recursive: true, force: true });
    await git('worktree', 'prune');
  };
  try {
    await git('worktree', 'add', '--detach', folder, commit);
    await run('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: folder });
  } catch (error) {
    await remove();
    throw new UserError(`${revision} cannot be installed: ${messageOf(error)}`, { cause: error });
  }
  return { folder, commit, [Symbol.asyncDispose]: remove };
}

/** Short hash of the commit that the code here is, with a sign when files differ from it. */
export async function commitHere(): Promise<string> {
  return git('describe', '--always', '--dirty', '--exclude=*');
}

async function commitOf(revision: string): Promise<string> {
  try {
    return await git('rev-parse', '--verify', '--short', '--end-of-options', `${revision}^{commit}`);
  } catch (error) {
    throw new UserError(`There is no revision ${revision} here: ${messageOf(error)}`, { cause: error });
  }
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: PROJECT_FOLDER })).stdout.trim();
}

function messageOf(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  return stderr.trim() || message;
}
