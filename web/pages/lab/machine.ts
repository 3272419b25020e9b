import { send } from '../../platform/http.ts';

/** What the lab does to the runtime and to the payment sandbox. All of it throws Problem. */

interface Listed {
  readonly Functions: readonly { readonly Handler: string; readonly FunctionName: string }[];
}

/** @param entry the file of its handler, such as `reserve-inventory`. @returns its name. */
async function functionName(entry: string): Promise<string> {
  const { body } = await send<Listed>('aws/2015-03-31/functions?MaxItems=100');
  const found = body.Functions.find(({ Handler }) => Handler.startsWith(`${entry}.`));
  if (found === undefined) throw new Error(`No function has the handler ${entry}.`);
  return found.FunctionName;
}

/** Lambda's PutFunctionConcurrency with zero: every invocation is refused. */
export async function throttle(entry: string): Promise<void> {
  const path = `aws/2017-10-31/functions/${await functionName(entry)}/concurrency`;
  await send(path, { method: 'PUT', body: { ReservedConcurrentExecutions: 0 } });
}

export async function unthrottle(entry: string): Promise<void> {
  await send(`aws/2017-10-31/functions/${await functionName(entry)}/concurrency`, { method: 'DELETE' });
}

/** @returns how many waits ended. */
export async function skipWaits(withinSeconds: number): Promise<number> {
  const { body } = await send<{ skipped: number }>('aws/_runtime/skip-waits', {
    method: 'POST',
    body: { withinSeconds },
  });
  return body.skipped;
}

/** @returns whether the copy of the event was worked through. */
export async function replayOrder(orderId: string): Promise<boolean> {
  const body = { orderId };
  return (await send<{ finished: boolean }>('machine/replay', { method: 'POST', body })).body.finished;
}

/** @returns whether the archive gave all it had, and started no order. */
export async function replayArchive(minutes: number): Promise<boolean> {
  const { body } = await send<{ state: string; finished: boolean; started: readonly string[] }>(
    'machine/replay-archive',
    { method: 'POST', body: { minutes }, timeoutMs: 60_000 },
  );
  return body.state === 'COMPLETED' && body.finished && body.started.length === 0;
}

interface Intent {
  readonly id: string;
  readonly status: string;
}

/** @returns the payment that the bank asks the customer about; undefined while it asks about none. */
export async function waitingPayment(orderId: string): Promise<string | undefined> {
  const { body } = await send<{ intents: Intent[] }>(`pay/_sandbox/intents?orderId=${orderId}`);
  return body.intents.find(({ status }) => status === 'requires_action')?.id;
}

export async function confirmPayment(intentId: string): Promise<void> {
  await send(`pay/_sandbox/intents/${intentId}/authenticate`, { method: 'POST', body: { outcome: 'confirm' } });
}

export function isUp(): Promise<boolean> {
  // Nothing answers, or what answers is still starting.
  return send('config.json').then(
    () => true,
    () => false,
  );
}

/** All orders, stock and prices are forgotten; the shop begins with its samples. */
export async function beginAnew(): Promise<void> {
  await send('machine/reset', { method: 'POST' });
}
