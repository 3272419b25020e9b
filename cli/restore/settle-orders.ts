import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { inParallel } from '../in-parallel.ts';
import { republishSince } from '../outbox/republish.ts';
import { UserError } from '../user-error.ts';
import { invokePersistently } from '../invoke-persistently.ts';
import { ordersSince, type OrderOfExecutions } from './order-fates.ts';
import { resumeWork } from './work.ts';

export interface SettleOptions {
  /** Name of the set that the stack works with now. */
  readonly set: string;
  /** The moment that its tables are as of. */
  readonly since: Date;
  /** How long orders may take to come to where they were. */
  readonly timeoutMs: number;
  readonly onProgress: (text: string) => void;
}

export interface SettledShop {
  readonly kept: number;
  readonly begunAnew: number;
  readonly cancelledAnew: number;
  /** Orders that had not ended when they were held against the provider. */
  readonly open: number;
  /** Orders whose money is not as it should be: parked for an operator. */
  readonly parked: readonly string[];
  /** Orders that had been confirmed and could not be again. */
  readonly flipped: readonly string[];
  /** Returns that were under way: for an operator to look at. */
  readonly returns: readonly string[];
}

const PAUSE_MS = 250;
/** Far below what an account may run at once. */
const AT_ONCE = 5;
/**
 * An event of a restored table may not be on the bus yet: the relay was behind by less, or OutboxBehind rang for an hour
 * (docs/decisions/0048).
 */
const REPUBLISHED_BEFORE_MS = 60 * 60_000;
const Settling = z.object({
  orderId: z.string(),
  kind: z.enum(['kept', 'begunAnew', 'cancelledAnew']),
  execution: z.string().optional(),
});
type Settling = z.infer<typeof Settling>;
const Comparison = z.object({ orderId: z.string(), kind: z.enum(['agrees', 'open', 'parked']) });

/**
 * Lets orders flow again on restored tables. Orders that were confirmed come first and take their stock again; then the
 * others go on, and queues and jobs with them; events of the hour before the moment are published again, since no stream
 * brings them; and every order is held against the provider. Nothing is replayed: no table is made of events alone.
 * Repeating it is harmless.
 * @throws UserError when the stack does not work with that set.
 */
export async function settleOrders(deployment: Deployment, options: SettleOptions): Promise<SettledShop> {
  const { set, since, onProgress } = options;
  requireSwitched(deployment, set);
  const { orders, returns } = await ordersSince(deployment, since);
  const [confirmed, others] = [orders.filter(isConfirmed), orders.filter((order) => !isConfirmed(order))];
  onProgress(`${confirmed.length} confirmed orders take their stock again`);
  const first = await settleAll(deployment, confirmed, set);
  const flipped = await notConfirmed(deployment, first, options);
  const unsure = await republishSince(deployment, new Date(since.getTime() - REPUBLISHED_BEFORE_MS));
  onProgress(`${unsure} events are published again`);
  onProgress(`${others.length} other orders go on`);
  const second = await settleAll(deployment, others, set);
  await resumeWork(deployment);
  const settled = [...first, ...second];
  await untilEnded(deployment, 'CancellationStateMachineArn', settled.filter(isOfKind('cancelledAnew')), options);
  onProgress('the provider’s books are compared');
  const compared = await inParallel(
    orders,
    async ({ order, chargeAttempted }) =>
      Comparison.parse(await invokePersistently(deployment, 'ComparePaymentFunctionName', { order, chargeAttempted })),
    AT_ONCE,
  );
  return {
    kept: settled.filter(isOfKind('kept')).length,
    begunAnew: settled.filter(isOfKind('begunAnew')).length,
    cancelledAnew: settled.filter(isOfKind('cancelledAnew')).length,
    open: compared.filter(({ kind }) => kind === 'open').length,
    parked: compared.filter(({ kind }) => kind === 'parked').map(({ orderId }) => orderId),
    flipped,
    returns,
  };
}

function requireSwitched(deployment: Deployment, set: string): void {
  const table = deployment.output('OrdersTableName');
  if (table.endsWith(`-${set}`)) return;
  throw new UserError(`The stack works with ${table}: deploy it with the parameter RestoredTables=${set} first.`);
}

function isConfirmed({ fate }: OrderOfExecutions): boolean {
  return fate.kind === 'confirmed';
}

function isOfKind(wanted: Settling['kind']): (settling: Settling) => boolean {
  return ({ kind }) => kind === wanted;
}

function settleAll(deployment: Deployment, orders: readonly OrderOfExecutions[], set: string): Promise<Settling[]> {
  return inParallel(
    orders,
    async ({ order, fate }) =>
      Settling.parse(await invokePersistently(deployment, 'SettleRestoredOrderFunctionName', { order, fate, set })),
    AT_ONCE,
  );
}

async function notConfirmed(
  deployment: Deployment,
  settled: readonly Settling[],
  options: SettleOptions,
): Promise<string[]> {
  const anew = settled.filter(isOfKind('begunAnew'));
  const outputs = await untilEnded(deployment, 'StateMachineArn', anew, options);
  return anew.filter((_one, index) => outputs[index]?.includes('"CONFIRMED"') !== true).map(({ orderId }) => orderId);
}

/** Outputs of the executions, undefined of those that did not end well or in time. */
async function untilEnded(
  deployment: Deployment,
  machine: 'StateMachineArn' | 'CancellationStateMachineArn',
  settled: readonly Settling[],
  { timeoutMs }: SettleOptions,
): Promise<(string | undefined)[]> {
  const deadlineMs = Date.now() + timeoutMs;
  const prefix = deployment.output(machine).replace(':stateMachine:', ':execution:');
  const outputs: (string | undefined)[] = [];
  for (const { execution } of settled) {
    for (;;) {
      const executionArn = `${prefix}:${execution}`;
      const { status, output } = await deployment.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING' || Date.now() > deadlineMs) {
        outputs.push(output);
        break;
      }
      await delay(PAUSE_MS);
    }
  }
  return outputs;
}
