import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DEFAULT_STACK_NAME, Deployment } from '../../cli/deployment.ts';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';

/** The shop as `npm start` runs it, in a process of its own. */
export interface ShopProcess {
  readonly pid: number;
  readonly deployment: Deployment;
  readonly httpApiUrl: string;
  /** Milliseconds from the spawn to the end of the synthesis, and from there to ready. */
  readonly synthesizedMs: number;
  readonly readyMs: number;
  stop(): Promise<void>;
}

interface ShopProcessOptions {
  readonly folder?: string;
  readonly until?: string;
  readonly dataFolder?: string;
}

/**
 * @param command what starts it; another one than `npm start` prints the same two lines.
 * @param options.folder of the project that is run.
 * @param options.until a text of the line after which the shop is as wanted.
 * @param options.dataFolder that stays when it stops; by default one of its own, which goes with it.
 */
export async function startShop(
  port: number,
  command: readonly string[] = ['cli/start.ts', '--no-samples'],
  { folder = PROJECT_FOLDER, until = 'ready', ...options }: ShopProcessOptions = {},
): Promise<ShopProcess> {
  const dataFolder = options.dataFolder ?? mkdtempSync(path.join(tmpdir(), 'shop-bench-'));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...command, `--port=${port}`, `--data=${dataFolder}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const reached = (text: string): Promise<number> =>
    new Promise((resolve, reject) => {
      lines.on('line', (line) => line.includes(text) && resolve(performance.now() - startedAt));
      child.once('exit', (code) => reject(new Error(`npm start ended with code ${code}`)));
    });
  const [synthesizedMs, totalMs] = await Promise.all([
    reached('template synthesized'),
    reached('ready'),
    reached(until),
  ]);
  const deployment = await Deployment.find({
    stackName: DEFAULT_STACK_NAME,
    endpointUrl: `http://localhost:${port}`,
  });
  return {
    pid: child.pid ?? 0,
    deployment,
    httpApiUrl: `http://localhost:${port + 1}`,
    synthesizedMs,
    readyMs: totalMs - synthesizedMs,
    stop: async () => {
      deployment.close();
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true });
    },
  };
}
