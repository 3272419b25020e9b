import { UserError } from '../../../cli/user-error.ts';
import { CONFLICT_WINDOW_MS, conflictWindowFrom, WINDOW_FLAG } from '../../testing/conflict-window.ts';

interface LoadDefaults {
  readonly ordersPerSecond: number;
  /** Of its own for each campaign: two are played side by side. */
  readonly port: number;
}

/** Options, for `parseArgs`, of the campaigns that play a shop under load. */
export function loadOptions({ ordersPerSecond, port }: LoadDefaults) {
  return {
    'orders-per-second': { type: 'string', default: String(ordersPerSecond) },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    window: WINDOW_FLAG,
    port: { type: 'string', default: String(port) },
    rest: { type: 'string', default: '300' },
    help: { type: 'boolean', default: false },
  } as const;
}

/** What `--help` says of them. @param decides what the seed decides. */
export function loadUsage({ ordersPerSecond, port }: LoadDefaults, decides: string): string {
  return `  --orders-per-second N   while the system serves (default ${ordersPerSecond})
  --seed N                decides ${decides} (default: a random one, printed)
  --window N              milliseconds that a transaction holds its rows (default ${CONFLICT_WINDOW_MS}); 0: none conflicts
  --port N                first of four ports (default ${port})
  --rest SECONDS          time for the shop to come to rest at the end (default 300)`;
}

/** @throws UserError naming the flag that is no whole number. */
export function loadFrom(values: Readonly<Record<keyof ReturnType<typeof loadOptions>, string | boolean>>) {
  return {
    ordersPerSecond: wholeNumber('--orders-per-second', values['orders-per-second']),
    seed: wholeNumber('--seed', values.seed),
    conflictWindowMs: conflictWindowFrom(String(values.window)),
    port: wholeNumber('--port', values.port),
    restTimeoutMs: wholeNumber('--rest', values.rest) * 1000,
  };
}

/** @throws UserError */
export function wholeNumber(flag: string, text: string | boolean): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new UserError(`${flag}: expected a whole number, got "${text}".`);
  return number;
}
