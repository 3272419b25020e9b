import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { killNow, killTree } from './process-tree.ts';

const STOP_TIMEOUT_MS = 20_000;

export interface ShopProcessOptions {
  readonly assemblyFolder: string;
  readonly dataFolder: string;
  /** The AWS endpoint's; the next three are taken as well. */
  readonly port: number;
  /** How long a transaction holds its rows. */
  readonly conflictWindowMs: number;
}

/** What is killed: everything at once, as by a power cut, or only the runtime, whose children then see it go. */
export type KillScope = 'tree' | 'main';

/** One life of the shop, as `npm start` runs it. */
export interface ShopRun {
  /** Milliseconds from the launch until it served; undefined when it was killed before. @throws Error when it died. */
  readonly served: Promise<number | undefined>;
  kill(scope: KillScope): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

export function launchShop(options: ShopProcessOptions): ShopRun {
  const launchedAtMs = performance.now();
  const parameters = [
    '--no-samples',
    `--port=${options.port}`,
    `--data=${options.dataFolder}`,
    `--assembly=${options.assemblyFolder}`,
    `--conflict-window-ms=${options.conflictWindowMs}`,
  ];
  const child = spawn(process.execPath, [path.join(PROJECT_FOLDER, 'cli/start.ts'), ...parameters], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const exited = once(child, 'exit');
  let isKilled = false;
  return {
    served: untilServing(child, () => isKilled).then((isServing) =>
      isServing ? performance.now() - launchedAtMs : undefined,
    ),
    async kill(scope) {
      isKilled = true;
      if (scope === 'tree') killTree(child.pid ?? 0);
      else killNow(child.pid ?? 0);
      await exited;
    },
    async stop() {
      isKilled = true;
      child.kill('SIGTERM');
      const giveUp = setTimeout(() => killTree(child.pid ?? 0), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(giveUp);
    },
  };
}

/** Resolves true when it says that it is ready, false when it was killed before. */
function untilServing(child: ChildProcess, isKilled: () => boolean): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = (lastWords + text).slice(-4_000)));
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (/ready \(/.test(line)) resolve(true);
  });
  child.once('exit', (code) => {
    if (isKilled()) resolve(false);
    else reject(new Error(`The shop ended by itself with code ${code}:\n${lastWords.trim()}`));
  });
  return promise;
}
