import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PROVIDER_EVENTS } from '../events/provider-events.ts';
import { UserError } from './user-error.ts';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataFolder: string;
  readonly webhookUrl: string;
  /** Base of the pages that a customer is led to. */
  readonly publicUrl: string;
  readonly secret: { readonly apiKey: string; readonly webhookSecrets: readonly [string, ...string[]] };
  /** Told of each end that nobody asked for, and whether the sandbox is back. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

export interface SandboxProcess {
  readonly url: string;
  /** Of the process that runs now: a sandbox that died is started again. */
  readonly pid: number;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../dist/payment-sandbox.mjs', import.meta.url));
/** A sandbox that dies this often in a row before it listens will not come up. */
const MAX_FAILED_STARTS = 3;

/** It holds little at a time: with a small heap and no threads of V8's own it takes half of the memory. */
const HEAP_FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=64', '--single-threaded'];

/**
 * Starts the payment sandbox as a process of its own. One that dies is started again at the same address: its ledger is
 * durable, so clients only need to retry. @throws UserError with the line that the sandbox printed.
 */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const { onFault = (error: unknown) => console.error(String(error)) } = options;
  let { child, url } = await launch(options);
  let stopping = false;
  let restart: Promise<void> | undefined;

  const bringBack = async (how: string): Promise<void> => {
    let reason = '';
    for (let attempt = 1; attempt <= MAX_FAILED_STARTS && !stopping; attempt += 1) {
      try {
        ({ child } = await launch({ ...options, port: Number(new URL(url).port) }));
        watch();
        onFault(new UserError(`The payment sandbox ended (${how}) and was started again.`));
        return;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    if (!stopping) onFault(new UserError(`The payment sandbox ended (${how}) and does not start again: ${reason}`));
  };
  const watch = (): void => {
    child.once('exit', (code, signal) => {
      if (!stopping) restart = bringBack(signal ?? `code ${code}`);
    });
  };
  watch();

  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    stop: async () => {
      stopping = true;
      await restart;
      await end(child);
    },
  };
}

/** @returns the process once it listens. @throws UserError with the line that it printed before it ended. */
async function launch(options: SandboxOptions): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [
      ...HEAP_FLAGS,
      PROGRAM,
      `--port=${options.port}`,
      `--data=${options.dataFolder}`,
      `--webhook-url=${options.webhookUrl}`,
      `--public-url=${options.publicUrl}`,
      `--api-key=${options.secret.apiKey}`,
      `--webhook-secret=${options.secret.webhookSecrets[0]}`,
      `--webhook-events=${PROVIDER_EVENTS.join(',')}`,
      '--exit-with-parent',
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' }, detached: true, windowsHide: true },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = /listening on (http\S+)/.exec(line);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new UserError(complaint.trim() || `The payment sandbox ended with code ${code}.`)),
    );
  });
  return { child, url };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
