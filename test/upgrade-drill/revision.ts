import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { UserError } from '../../cli/user-error.ts';

const run = promisify(execFile);

/** One edit of a file: a text that stands in it, and what it is replaced by everywhere in that file. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The code as it lies here, edited or not; or a revision of it. */
export type Source = { readonly edits: readonly Edit[] } | { readonly revision: string };

/** Installed, made, or kept by a running shop: not the code. Packages are the ones that are installed here. */
const NOT_COPIED = new Set(['.git', '.data', 'cdk.out', 'dist', 'node_modules', 'packages']);

/**
 * Synthesizes a source in a folder of its own, by its own scripts and with the libraries that are installed here.
 * @returns the folder of the assembly. @throws UserError when the revision is not there or cannot be built.
 */
export async function assemble(source: Source, into: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'upgrade-source-'));
  try {
    if ('revision' in source) await checkOut(source.revision, folder);
    else copyEdited(source.edits, folder);
    symlinkSync(path.join(PROJECT_FOLDER, 'node_modules'), path.join(folder, 'node_modules'));
    const inFolder = { cwd: folder, env: { ...process.env, CDK_OUTDIR: into, CDK_CONTEXT_JSON: '{}' } };
    if ('edits' in source && source.edits.some(({ file }) => file.startsWith('workflows/'))) {
      await run(process.execPath, ['scripts/write-workflows.ts'], inFolder);
    }
    const builds = ['scripts/build-functions.ts', 'scripts/build-web.ts'];
    await Promise.all(builds.map((script) => run(process.execPath, [script], inFolder)));
    await run(process.execPath, ['infra/app.ts'], inFolder);
    return into;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new UserError(`${nameOf(source)} cannot be built: ${stderr.trim() || message}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The provider is no part of what is deployed: all revisions meet the stand-in of the code here. */
export async function buildSandbox(): Promise<void> {
  await run(process.execPath, ['scripts/build-sandbox.ts'], { cwd: PROJECT_FOLDER });
}

export function nameOf(source: Source): string {
  if ('revision' in source) return source.revision;
  return source.edits.length === 0 ? 'the code as it lies here' : 'the edited code';
}

/**
 * The revision that the code here is an upgrade of: the last release's tag, or the commit before the last one where there
 * was no release. @returns undefined in a copy without a history.
 */
export async function revisionBefore(): Promise<string | undefined> {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', args, { cwd: PROJECT_FOLDER })).stdout.trim();
  for (const ask of [
    () => git('describe', '--tags', '--match', 'v*', '--abbrev=0', 'HEAD^'),
    () => git('rev-parse', '--verify', '--short', 'HEAD^'),
  ]) {
    const found = await ask().catch(() => '');
    if (found !== '') return found;
  }
  return undefined;
}

async function checkOut(revision: string, folder: string): Promise<void> {
  const archive = path.join(folder, 'revision.tar');
  await run('git', ['archive', '--format=tar', `--output=${archive}`, revision], { cwd: PROJECT_FOLDER });
  await run('tar', ['-xf', archive, '-C', folder]);
  rmSync(path.join(folder, 'packages'), { recursive: true, force: true });
}

function copyEdited(edits: readonly Edit[], folder: string): void {
  for (const name of readdirSync(PROJECT_FOLDER).filter((each) => !NOT_COPIED.has(each))) {
    cpSync(path.join(PROJECT_FOLDER, name), path.join(folder, name), { recursive: true });
  }
  for (const { file, from, to } of edits) {
    const target = path.join(folder, file);
    const text = existsSync(target) ? readFileSync(target, 'utf8') : '';
    if (!text.includes(from)) throw new Error(`${file} does not hold the text that is to be edited: ${from}`);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text.replaceAll(from, to));
  }
}
