import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { UserError } from './user-error.ts';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataFolder: string;
  readonly webhookUrl: string;
  readonly secret: { readonly apiKey: string; readonly webhookSecrets: readonly [string, ...string[]] };
}

export interface SandboxProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../dist/payment-sandbox.mjs', import.meta.url));

/** What a shop would subscribe to in the provider's dashboard: how payments end. */
const WEBHOOK_EVENTS = ['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'];

/** It holds little at a time: a small heap keeps it at two thirds of the memory, for a few percent of its speed. */
const HEAP_FLAGS = ['--optimize-for-size', '--max-semi-space-size=4', '--max-old-space-size=64', '--single-threaded'];

/** Starts the payment sandbox as a process of its own. @throws UserError with the line that the sandbox printed. */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const child = spawn(
    process.execPath,
    [
      ...HEAP_FLAGS,
      PROGRAM,
      `--port=${options.port}`,
      `--data=${options.dataFolder}`,
      `--webhook-url=${options.webhookUrl}`,
      `--api-key=${options.secret.apiKey}`,
      `--webhook-secret=${options.secret.webhookSecrets[0]}`,
      `--webhook-events=${WEBHOOK_EVENTS.join(',')}`,
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
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
