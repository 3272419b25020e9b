import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  type ExecutionListItem,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { Deployment } from '../deployment.ts';

const StopCause = z.object({
  reason: z.string(),
  declineCode: z.string().optional(),
  shortLines: z.array(z.unknown()).optional(),
});
type StopCause = z.infer<typeof StopCause>;

/** As functions/recovery/order-fate.ts takes it. */
export type Fate =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'underWay' }
  | ({ readonly kind: 'cancelled' } & StopCause);

export interface OrderOfExecutions {
  readonly order: BasketCheckedOut;
  readonly fate: Fate;
  /** Whether a workflow ever came to its charge: then the provider may know a payment that no row names. */
  readonly chargeAttempted: boolean;
}

export interface KnownOrders {
  readonly orders: readonly OrderOfExecutions[];
  /** Returns that were under way: an operator looks at them. */
  readonly returns: readonly string[];
}

/** Rows of one moment may differ by a second, and an execution ends a moment after its last write. */
const MARGIN_MS = 60_000;

const Input = z.union([z.object({ order: BasketCheckedOut.received }), BasketCheckedOut.received]);
const Output = z.object({ status: z.string(), reason: z.string().optional() });
const CancellationInput = z.object({ reason: z.string() });

/** Every order that an execution worked on since then, with what the executions tell of it. */
export async function ordersSince(deployment: Deployment, since: Date): Promise<KnownOrders> {
  const orders = new Map<string, OrderOfExecutions>();
  for (const machine of ['StateMachineArn', 'CancellationStateMachineArn'] as const) {
    for (const execution of await executionsSince(deployment, machine, since)) {
      const told = await toldBy(deployment, execution, machine === 'CancellationStateMachineArn');
      if (told === undefined) continue;
      const known = orders.get(told.order.orderId);
      const later = known === undefined || RANK[told.fate.kind] > RANK[known.fate.kind] ? told : known;
      const chargeAttempted = told.chargeAttempted || known?.chargeAttempted === true;
      orders.set(told.order.orderId, { ...later, chargeAttempted });
    }
  }
  const returns = await executionsSince(deployment, 'ReturnStateMachineArn', since);
  return { orders: [...orders.values()], returns: returns.map(({ name = '' }) => name) };
}

/** Of two things that are told of an order, the later one: what is cancelled was sold before, or never. */
const RANK = { underWay: 0, confirmed: 1, cancelled: 2 } as const satisfies Record<Fate['kind'], number>;

async function executionsSince(deployment: Deployment, output: string, since: Date): Promise<ExecutionListItem[]> {
  const found: ExecutionListItem[] = [];
  const request = { stateMachineArn: deployment.output(output), maxResults: 1000 };
  for await (const { executions = [] } of paginateListExecutions({ client: deployment.stepFunctions }, request)) {
    const isLate = ({ stopDate }: ExecutionListItem): boolean =>
      stopDate === undefined || stopDate.getTime() >= since.getTime() - MARGIN_MS;
    found.push(...executions.filter(isLate));
  }
  return found;
}

/** Undefined when it tells nothing: a copy of an order that had ended. */
async function toldBy(
  deployment: Deployment,
  { executionArn, status }: ExecutionListItem,
  isCancellation: boolean,
): Promise<OrderOfExecutions | undefined> {
  const described = await deployment.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  const input: unknown = JSON.parse(described.input ?? '{}');
  const parsed = Input.parse(input);
  const order = 'order' in parsed ? parsed.order : parsed;
  const { stopCause, chargeAttempted } = await stepsOf(deployment, executionArn ?? '');
  const known = { order, chargeAttempted: chargeAttempted || isCancellation };
  if (status === 'SUCCEEDED') {
    const output = Output.parse(JSON.parse(described.output ?? '{}'));
    if (output.status === 'UNCHANGED') return undefined;
    if (output.status === 'CONFIRMED') return { ...known, fate: { kind: 'confirmed' } };
    return { ...known, fate: { kind: 'cancelled', reason: output.reason ?? 'CANCELLED_BY_SHOP', ...stopCause } };
  }
  const cause = isCancellation ? CancellationInput.parse(input) : stopCause;
  return { ...known, fate: cause === undefined ? { kind: 'underWay' } : { kind: 'cancelled', ...cause } };
}

/** States of the saga that decide that its order is cancelled. */
const STOPPING_STATES: readonly string[] = ['Cancel at once', 'Stop order'];

const StopResult = z.object({ Payload: StopCause });

interface Steps {
  /** What a saga had stopped its order for, also when it was ended before it could say so. */
  readonly stopCause: StopCause | undefined;
  readonly chargeAttempted: boolean;
}

async function stepsOf({ stepFunctions: client }: Deployment, executionArn: string): Promise<Steps> {
  let stopCause: StopCause | undefined;
  let chargeAttempted = false;
  let isStopping = false;
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 })) {
    for (const { stateEnteredEventDetails: entered, taskSucceededEventDetails: succeeded } of events) {
      if (entered?.name === 'Charge payment') chargeAttempted = true;
      if (entered !== undefined) isStopping = STOPPING_STATES.includes(entered.name ?? '');
      // Its order may have ended, and its customer been told, before the step could say so.
      if (entered?.name === 'Cancel at once') stopCause = { reason: 'OUT_OF_STOCK' };
      if (isStopping && succeeded !== undefined) {
        stopCause = StopResult.parse(JSON.parse(succeeded.output ?? '{}')).Payload;
      }
    }
  }
  return { stopCause, chargeAttempted };
}
