import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ASSEMBLY_FOLDER, PROJECT_FOLDER, synthesize } from '../../../cli/synthesize.ts';
import { freePort } from '../../testing/free-port.ts';

export interface ShopProcess {
  /** Of the page, without a slash at the end. */
  readonly pageUrl: string;
  /** Ends it and forgets its data. */
  stop(): Promise<void>;
}

/** The shop takes its ports in a row: the endpoint of AWS is the first of them, the page the last. */
const PORTS = 4;

/** @returns the endpoint of the shop with this page. */
export function endpointUrlOf(pageUrl: string): string {
  return `http://localhost:${Number(new URL(pageUrl).port) - (PORTS - 1)}`;
}

/** A new shop as `npm start` runs it, on free ports, with the sample orders told: only such a one can be killed. */
export async function startShopProcess(): Promise<ShopProcess> {
  await synthesize();
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'shop-in-use-'));
  const port = await freePort(PORTS);
  const flags = [`--port=${port}`, `--data=${dataFolder}`, `--assembly=${ASSEMBLY_FOLDER}`];
  const child = spawn(process.execPath, ['cli/start.ts', ...flags], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', AWS_ENDPOINT_URL: '' },
  });
  await untilSamplesAreTold(child);
  return {
    pageUrl: `http://localhost:${port + PORTS - 1}`,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      rmSync(dataFolder, { recursive: true });
    },
  };
}

function untilSamplesAreTold(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  createInterface({ input: child.stdout! }).on('line', (line) => {
    output += `${line}\n`;
    if (/samples ended as told/.test(line)) resolve();
  });
  child.once('exit', (code) => reject(new Error(`The shop ended with code ${code}:\n${output}`)));
  return promise;
}
