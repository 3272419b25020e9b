import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UserError } from './user-error.ts';

export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url));
export const ASSEMBLY_FOLDER = fileURLToPath(new URL('../cdk.out', import.meta.url));

/** Of the built page. */
export const WEB_FOLDER = fileURLToPath(new URL('../dist/web', import.meta.url));

/** Of the functions' bundles, as `npm run build` writes them. */
export const SOURCE_MAPS_FOLDER = fileURLToPath(new URL('../dist/source-maps', import.meta.url));

const BUILD_SCRIPTS = ['scripts/build-functions.ts', 'scripts/build-sandbox.ts', 'scripts/build-web.ts'];

export interface SynthesisOptions {
  readonly assemblyFolder?: string;
  /** As in infra/config.ts; default dev. */
  readonly environment?: 'dev' | 'prod';
  /** More of the app's context (infra/app.ts). */
  readonly context?: Readonly<Record<string, string>>;
  /** The bundles were built before and stay as they are. */
  readonly isBuilt?: boolean;
}

/** Bundles functions, payment sandbox and page, synthesizes the template that is deployed. @throws UserError when one fails. */
export async function synthesize({
  assemblyFolder = ASSEMBLY_FOLDER,
  environment = 'dev',
  context = {},
  isBuilt = false,
}: SynthesisOptions = {}): Promise<void> {
  const scripts = isBuilt ? [] : BUILD_SCRIPTS;
  await Promise.all(scripts.map((script) => runScript([script])));
  // The app itself instead of the CDK CLI in front of it: the same bytes, two seconds sooner.
  await runScript(['infra/app.ts'], {
    CDK_OUTDIR: assemblyFolder,
    CDK_CONTEXT_JSON: JSON.stringify({ environment, ...context }),
  });
}

async function runScript(script: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn(process.execPath, script, {
    cwd: PROJECT_FOLDER,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const complaint = output.trim();
  // What says itself what is wrong needs no preface.
  throw new UserError(
    complaint.startsWith('error: ') ? complaint.replace('error: ', '') : `${script.join(' ')} failed:\n${complaint}`,
  );
}
