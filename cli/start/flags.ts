import path from 'node:path';
import { readFlags } from '../read-flags.ts';
import { PROJECT_FOLDER } from '../synthesize.ts';
import type { SystemPorts } from '../system.ts';
import { UserError } from '../user-error.ts';
import type { SampleFlags } from './samples.ts';

export const USAGE = `Runs the shop on this machine from the template that is deployed to AWS.

  npm start -- [options]          the demo shop: sample products, orders and users
  npm run shop -- [options]       a shop of your own: empty, and with the users that sign up

  --watch        apply edits of functions, events and workflows while the shop runs
  --port N       AWS endpoint; the HTTP API is on N+1, the payment sandbox on N+2, the page on N+3 (default 4566)
  --data DIR     where everything durable is kept (default .data, or .shop for a shop of your own)
  --payment-secret FILE
                 of a shop of your own: {"apiKey":"sk_…","webhookSecrets":["whsec_…"]}, so that Stripe takes the money and
                 not the sandbox. Or set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET
  --fresh        delete what --data holds, and begin anew
  --assembly DIR run this synthesized template as it is, instead of synthesizing the project's
  --samples      tell the sample orders' stories, even in a shop that is in use; its stock and prices stay as they are
  --no-samples   tell none; a new shop begins empty
  --present      print the page's address with large letters, for a projector
  --exit         stop after the sample orders instead of staying up
  --conflict-window-ms N
                 how long a transaction holds its rows, so that others conflict with it as in DynamoDB (default 0: none
                 does, and the shop is faster)
  --help

A new data folder gets the sample catalogue, once, and the sample orders.
`;

export interface StartFlags extends SampleFlags {
  readonly watch: boolean;
  /** A real shop: no samples, and no users whose passwords are known. */
  readonly shop: boolean;
  readonly paymentSecret: string | undefined;
  /** The page begins with large letters. */
  readonly present: boolean;
  readonly ports: SystemPorts;
  readonly assembly: string | undefined;
  readonly conflictWindowMs: number;
}

/** @returns undefined when the usage is asked for. @throws UserError naming what is wrong. */
export function readStartFlags(): StartFlags | undefined {
  const flags = readFlags({
    allowNegative: true,
    options: {
      watch: { type: 'boolean', default: false },
      shop: { type: 'boolean', default: false },
      'payment-secret': { type: 'string' },
      present: { type: 'boolean', default: false },
      port: { type: 'string', default: '4566' },
      data: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      assembly: { type: 'string' },
      samples: { type: 'boolean' },
      exit: { type: 'boolean', default: false },
      'conflict-window-ms': { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) return undefined;
  if (flags.watch && flags.assembly !== undefined) {
    throw new UserError('--watch follows the project and --assembly runs another template: give one of them.');
  }
  const { watch, present, fresh, assembly, exit, shop } = flags;
  const paymentSecret = flags['payment-secret'];
  if (shop && flags.samples) throw new UserError('--samples are for the demo shop: npm start -- --samples.');
  if (!shop && paymentSecret !== undefined)
    throw new UserError('--payment-secret is for a shop of your own: npm run shop.');
  const data = flags.data ?? path.join(PROJECT_FOLDER, shop ? '.shop' : '.data');
  const samples = shop ? false : flags.samples;
  const conflictWindowMs = windowFrom(flags['conflict-window-ms']);
  const rest = { watch, present, fresh, assembly, exit, shop, paymentSecret, conflictWindowMs };
  return { ...rest, data, samples, ports: portsFrom(flags.port) };
}

/** A minute is longer than any function waits for the store. */
function windowFrom(text: string): number {
  const windowMs = Number(text);
  if (text.trim() === '' || !Number.isInteger(windowMs) || windowMs < 0 || windowMs > 60_000) {
    throw new UserError(`--conflict-window-ms: expected a whole number from 0 to 60000, got "${text}".`);
  }
  return windowMs;
}

function portsFrom(text: string): SystemPorts {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_532) {
    throw new UserError(`--port: expected a whole number from 1 to 65532, got "${text}".`);
  }
  return { endpoint: port, httpApi: port + 1, paymentSandbox: port + 2, page: port + 3 };
}
