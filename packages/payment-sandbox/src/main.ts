#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startPaymentSandbox, DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET } from './payment-sandbox.ts';
import type { WebhookSettings } from './provider.ts';
import { EVENT_TYPES } from './webhook-outbox.ts';

const USAGE = `Stands for the payment provider: the slice of Stripe's HTTP API that the shop uses, on this machine.

  payment-sandbox [options]

  --port N                port to listen on (default 12111; 0 takes a free one)
  --host ADDRESS          address to listen on (default 127.0.0.1)
  --data DIR              folder of the durable ledger (default: in memory)
  --api-key KEY           secret key that clients must present (default ${DEFAULT_API_KEY})
  --webhook-url URL       where events are sent (default: nowhere)
  --webhook-secret TEXT   signs them (default ${DEFAULT_WEBHOOK_SECRET})
  --webhook-events LIST   event types to send, comma-separated (default: all)
                          ${EVENT_TYPES.join(',\n                          ')}
  --webhook-version DATE  API version of the events (default: that of this sandbox)
  --public-url URL        base of the customer's confirmation pages (default: http://HOST:PORT)
  --calls-per-second N    that each operation takes; more are refused as 429 (default: no limit)
  --exit-with-parent      ends when standard input closes
  --help
`;

/** A start that the user can mend: one line, exit code 1. */
class StartFailure extends Error {}

function readFlags(): ReturnType<typeof parseFlags> {
  try {
    return parseFlags();
  } catch (error) {
    throw new StartFailure(`${(error as Error).message.split('. ')[0]}. See --help.`);
  }
}

function parseFlags() {
  return parseArgs({
    options: {
      port: { type: 'string', default: '12111' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string' },
      'api-key': { type: 'string', default: DEFAULT_API_KEY },
      'webhook-url': { type: 'string' },
      'webhook-secret': { type: 'string', default: DEFAULT_WEBHOOK_SECRET },
      'webhook-events': { type: 'string', default: EVENT_TYPES.join(',') },
      'webhook-version': { type: 'string' },
      'public-url': { type: 'string' },
      'calls-per-second': { type: 'string' },
      'exit-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

type Flags = ReturnType<typeof parseFlags>;

function portOf(text: string): number {
  const port = Number(text);
  if (text === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartFailure(`--port: expected a number from 0 to 65535, got "${text}".`);
  }
  return port;
}

function rateOf(text: string): number {
  const callsPerSecond = Number(text);
  if (text.trim() === '' || !Number.isFinite(callsPerSecond) || callsPerSecond <= 0) {
    throw new StartFailure(`--calls-per-second: expected a number above 0, got "${text}".`);
  }
  return callsPerSecond;
}

function urlOf(flag: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new StartFailure(`${flag}: expected an http or https URL, got "${text}".`);
  }
  return text.replace(/\/$/, '');
}

function webhookOf(flags: Flags): WebhookSettings | undefined {
  if (flags['webhook-url'] === undefined) return undefined;
  const types = flags['webhook-events'].split(',').map((type) => type.trim());
  const unknown = types.find((type) => !(EVENT_TYPES as readonly string[]).includes(type));
  if (unknown !== undefined) throw new StartFailure(`--webhook-events: unknown event type "${unknown}".`);
  const url = urlOf('--webhook-url', flags['webhook-url']);
  return { url, secret: flags['webhook-secret'], types, apiVersion: flags['webhook-version'] };
}

async function start(flags: Flags): Promise<void> {
  const port = portOf(flags.port);
  const webhook = webhookOf(flags);
  const options = {
    port,
    host: flags.host,
    apiKey: flags['api-key'],
    ...(flags.data !== undefined && { dataFolder: flags.data }),
    ...(webhook && { webhook }),
    ...(flags['calls-per-second'] !== undefined && { callsPerSecond: rateOf(flags['calls-per-second']) }),
    ...(flags['public-url'] !== undefined && { publicUrl: urlOf('--public-url', flags['public-url']) }),
  };
  const sandbox = await startPaymentSandbox(options).catch((error: unknown) => {
    throw startFailureOf(error, flags);
  });
  await requireCallable(sandbox.url);
  console.log(`Payment sandbox listening on ${sandbox.url}${flags.data === undefined ? ' (in memory)' : ''}`);
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (flags['exit-with-parent']) process.stdin.resume().once('end', stop).once('error', stop);
}

/** Browsers and `fetch` refuse some ports (fetch.spec.whatwg.org/#port-blocking): nobody could confirm a payment there. */
async function requireCallable(url: string): Promise<void> {
  try {
    await fetch(`${url}/_sandbox/health`);
  } catch (error) {
    const reason = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    throw new StartFailure(`${url} cannot be called (${reason}): choose another --port or --host.`);
  }
}

function startFailureOf(error: unknown, flags: Flags): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new StartFailure(`Port ${flags.port} is in use: stop what listens there or choose another with --port.`);
  }
  if (code === 'EACCES' && !flags.data)
    return new StartFailure(`Port ${flags.port} may not be opened: choose another.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartFailure(`--host: ${flags.host} is no address of this machine.`);
  }
  if (flags.data !== undefined) {
    return new StartFailure(`Cannot use the data folder ${flags.data}: ${(error as Error).message}.`);
  }
  return error;
}

try {
  const flags = readFlags();
  if (flags.help) console.log(USAGE);
  else await start(flags);
} catch (error) {
  if (!(error instanceof StartFailure)) throw error;
  console.error(`payment-sandbox: ${error.message}`);
  process.exit(1);
}
