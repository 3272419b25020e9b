import { send } from '../../platform/http.ts';
import { callAs } from '../../platform/session.ts';
import { readTrace, type OrderTrace } from '../order/order-trace.ts';
import { findOrders } from '../orders/find-orders.ts';
import { isAtRest } from './at-rest.ts';
import { arm, disarm, hasFired } from './behaviours.ts';
import { checkoutOf, THROTTLED } from './commands.ts';
import type { Beside, Fault, LabOrder } from './faults.ts';
import {
  confirmPayment,
  isUp,
  replayArchive,
  replayOrder,
  skipWaits,
  throttle,
  unthrottle,
  waitingPayment,
} from './machine.ts';
import { until } from './until.ts';

/** What is known of a run so far. */
export interface Run {
  readonly says: string;
  readonly orderId?: string;
  /** Whether the fault was met; undefined until that is known. */
  readonly fired?: boolean;
  readonly ended?: string;
  readonly isAsTold?: boolean;
  readonly isOver: boolean;
}

type Say = (news: Partial<Run>) => void;

const CUSTOMER = 'alice';
/** Of the archive that is replayed. */
const REPLAYED_MINUTES = 15;

/** Plays a fault with one order, on the running system. Tells of each step. @throws Problem */
export async function runFault(fault: Fault, order: LabOrder, tell: (run: Run) => void): Promise<void> {
  let run: Run = { says: 'Arming the fault', isOver: false };
  const say: Say = (news) => tell((run = { ...run, ...news }));
  say({});
  const armed = fault.behaviour === undefined ? undefined : await arm(fault.behaviour);
  if (fault.also === 'throttle') await throttle(THROTTLED);
  try {
    say({ says: 'Placing an order' });
    const orderId = await place(order, fault);
    say({ says: 'The order is under way', orderId });
    if (fault.also !== 'kill') await untilListed(orderId);
    const isDone = await BESIDE[fault.also ?? 'nothing'](orderId, say);
    const skipped = fault.skipsSeconds === undefined ? undefined : await skip(fault.skipsSeconds, say);
    say({ says: 'Waiting for the order to end' });
    const trace = await until(() => readTrace(orderId), isAtRest);
    const ended = endOf(trace);
    const fired =
      armed === undefined ? (isDone ?? hasFailed(trace, 'PaymentDeclined')) && skipped !== 0 : await hasFired(armed);
    say({ says: 'Over', ended, fired, isAsTold: ended === fault.ends, isOver: true });
  } finally {
    if (armed !== undefined) await disarm();
    if (fault.also === 'throttle') await unthrottle(THROTTLED);
  }
}

async function skip(withinSeconds: number, say: Say): Promise<number> {
  say({ says: 'Skipping the wait' });
  return skipWaits(withinSeconds);
}

/** Each returns whether it came to what it is for; undefined where something else tells. */
const BESIDE: Readonly<Record<Beside | 'nothing', (orderId: string, say: Say) => Promise<boolean | undefined>>> = {
  nothing: () => Promise.resolve(undefined),
  confirm: async (orderId, say) => {
    const intentId = await asked(orderId, say);
    say({ says: 'The customer confirms' });
    await confirmPayment(intentId);
    return undefined;
  },
  ignore: async (orderId, say) => (await asked(orderId, say)) !== '',
  cancel: async (orderId, say) => {
    await until(() => readTrace(orderId), isAtRest);
    say({ says: 'Cancelling the confirmed order' });
    await callAs('operator', `/admin/orders/${orderId}/cancel`, { method: 'POST' });
    await until(
      () => readTrace(orderId),
      ({ order }) => order?.status !== 'CONFIRMED',
    );
    return undefined;
  },
  replay: async (orderId, say) => {
    await until(() => readTrace(orderId), isAtRest);
    say({ says: 'Sending the event again' });
    return replayOrder(orderId);
  },
  'replay-archive': async (orderId, say) => {
    await until(() => readTrace(orderId), isAtRest);
    say({ says: 'Replaying the archive' });
    return replayArchive(REPLAYED_MINUTES);
  },
  throttle: async (orderId, say) => {
    say({ says: 'Waiting until the workflow meets it' });
    const isMet = (trace: OrderTrace): boolean => hasFailed(trace, 'Lambda.TooManyRequestsException');
    await until(() => readTrace(orderId), isMet);
    await unthrottle(THROTTLED);
    return true;
  },
  kill: async (orderId, say) => {
    await killRuntime(say);
    await untilListed(orderId);
    return true;
  },
};

/** Until the workflow has written the order: before, there is nothing to be read of it. */
async function untilListed(orderId: string): Promise<void> {
  await until(
    () => findOrders({ customer: CUSTOMER }),
    ({ items }) => items.some((each) => each.orderId === orderId),
  );
}

/** At once, before anybody knows how far the order is. */
async function killRuntime(say: Say): Promise<void> {
  say({ says: 'Killing the runtime' });
  await send('machine/kill', { method: 'POST' });
  await until(isUp, (up) => !up);
  say({ says: 'It is gone; waiting for it to come back' });
  await until(isUp, Boolean);
}

/** @returns the payment that the bank asks the customer about. */
async function asked(orderId: string, say: Say): Promise<string> {
  say({ says: 'Waiting until the bank asks the customer' });
  const intentId = await until(() => waitingPayment(orderId), Boolean);
  await until(
    () => readTrace(orderId),
    ({ workflows }) => workflows.some(({ steps }) => steps.some(({ state }) => state === 'waiting')),
  );
  return intentId ?? '';
}

async function place(order: LabOrder, fault: Fault): Promise<string> {
  const body = checkoutOf(fault, order);
  return (await send<{ orderId: string }>('machine/checkout', { method: 'POST', body })).body.orderId;
}

function hasFailed({ workflows }: OrderTrace, error: string): boolean {
  const attempts = workflows.flatMap(({ steps }) => steps).flatMap((step) => step.attempts);
  return attempts.some((attempt) => attempt.error === error);
}

function endOf({ order, parked }: OrderTrace): string {
  return parked.some(({ isOpen }) => isOpen) ? 'PARKED' : (order?.status ?? 'UNKNOWN');
}
