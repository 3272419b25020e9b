import { send } from '../../platform/http.ts';
import { problemOf } from '../../platform/problem.ts';
import { callAs } from '../../platform/session.ts';
import type { OrderTrace } from '../order/order-trace.ts';
import { findOrders } from '../orders/find-orders.ts';
import { readTrace } from '../order/order-trace.ts';
import type { Behaviour, Fault, LabOrder } from './faults.ts';

/** What is known of a run so far. */
export interface Run {
  readonly says: string;
  readonly orderId?: string;
  /** Whether the fault was met; undefined where nothing counts it. */
  readonly fired?: boolean;
  readonly ended?: string;
  readonly isAsTold?: boolean;
  readonly isOver: boolean;
}

const CUSTOMER = 'alice';
const LOOK_MS = 250;
const PATIENCE_MS = 4 * 60_000;

/** Plays a fault with one order, on the running system. Tells of each step. @throws Problem */
export async function runFault(fault: Fault, order: LabOrder, tell: (run: Run) => void): Promise<void> {
  let run: Run = { says: 'Arming the fault', isOver: false };
  const say = (news: Partial<Run>): void => tell((run = { ...run, ...news }));
  say({});
  const armed = fault.behaviour === undefined ? undefined : await arm(fault.behaviour);
  try {
    say({ says: 'Placing an order' });
    const orderId = await place(order, fault.card);
    say({ says: 'The order is under way', orderId });
    if (fault.also === 'kill') await killRuntime(say);
    await until(
      () => findOrders({ customer: CUSTOMER }),
      ({ items }) => items.some((each) => each.orderId === orderId),
    );
    await BESIDE[fault.also ?? 'nothing'](orderId, say);
    say({ says: 'Waiting for the order to end' });
    const ended = endOf(await until(() => readTrace(orderId), isAtRest));
    const fired = armed === undefined ? undefined : await hasFired(armed);
    say({ says: 'Over', ended, ...(fired !== undefined && { fired }), isAsTold: ended === fault.ends, isOver: true });
  } finally {
    if (armed !== undefined) await disarm();
  }
}

const BESIDE: Readonly<
  Record<NonNullable<Fault['also']> | 'nothing', (orderId: string, say: (news: Partial<Run>) => void) => Promise<void>>
> = {
  nothing: () => Promise.resolve(),
  confirm: async (orderId, say) => {
    say({ says: 'Waiting until the bank asks the customer' });
    const asked = await until(
      () => intentsOf(orderId),
      (intents) => intents.some(isWaiting),
    );
    say({ says: 'The customer confirms' });
    const id = asked.find(isWaiting)?.id ?? '';
    await send(`pay/_sandbox/intents/${id}/authenticate`, { method: 'POST', body: { outcome: 'confirm' } });
  },
  cancel: async (orderId, say) => {
    await until(() => readTrace(orderId), isAtRest);
    say({ says: 'Cancelling the confirmed order' });
    await callAs('operator', `/orders/${orderId}/cancel`, { method: 'POST' });
    await until(
      () => readTrace(orderId),
      ({ order }) => order?.status !== 'CONFIRMED',
    );
  },
  replay: async (orderId, say) => {
    await until(() => readTrace(orderId), isAtRest);
    say({ says: 'Sending the event again' });
    await send('machine/replay', { method: 'POST', body: { orderId } });
  },
  kill: () => Promise.resolve(),
};

/** At once, before anybody knows how far the order is. */
async function killRuntime(say: (news: Partial<Run>) => void): Promise<void> {
  say({ says: 'Killing the runtime' });
  await send('machine/kill', { method: 'POST' });
  await until(isGone, Boolean);
  say({ says: 'It is gone; waiting for it to come back' });
  await until(
    () => send('config.json'),
    () => true,
  );
}

async function arm(behaviour: Behaviour): Promise<number> {
  return (await send<{ id: number }>('pay/_sandbox/behaviours', { method: 'POST', body: behaviour })).body.id;
}

async function hasFired(id: number): Promise<boolean> {
  const { body } = await send<{ behaviours: { id: number; fired: number }[] }>('pay/_sandbox/behaviours');
  return body.behaviours.some((each) => each.id === id && each.fired > 0);
}

/** Nothing goes on being wrong after a run. @throws Problem */
export async function disarm(): Promise<void> {
  await send('pay/_sandbox/behaviours', { method: 'DELETE' });
}

async function place({ sku, priceMinor, currency }: LabOrder, paymentMethodId: string): Promise<string> {
  const order = {
    customerId: CUSTOMER,
    currency,
    lines: [{ sku, quantity: 1, unitPriceMinor: priceMinor }],
    paymentMethodId,
  };
  return (await send<{ orderId: string }>('machine/checkout', { method: 'POST', body: order })).body.orderId;
}

interface Intent {
  readonly id: string;
  readonly status: string;
}

async function intentsOf(orderId: string): Promise<readonly Intent[]> {
  return (await send<{ intents: Intent[] }>(`pay/_sandbox/intents?orderId=${orderId}`)).body.intents;
}

function isWaiting({ status }: Intent): boolean {
  return status === 'requires_action';
}

/** Nothing moves any more, or only a person can move it. */
function isAtRest({ order, workflows, parked }: OrderTrace): boolean {
  if (parked.some(({ isOpen }) => isOpen)) return true;
  return (
    order !== undefined &&
    workflows.length > 0 &&
    workflows.every(({ status }) => status !== 'RUNNING') &&
    order.status !== 'CANCELLING'
  );
}

function endOf({ order, parked }: OrderTrace): string {
  return parked.some(({ isOpen }) => isOpen) ? 'PARKED' : (order?.status ?? 'UNKNOWN');
}

async function isGone(): Promise<boolean> {
  return send('config.json').then(
    () => false,
    () => true,
  );
}

/** Looks again and again. What does not answer yet, or does not know the order yet, is asked again. */
async function until<Value>(look: () => Promise<Value>, isEnough: (value: Value) => boolean): Promise<Value> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await look().catch((error: unknown) => {
      const problem = problemOf(error);
      const mayPass = problem.status === 0 || problem.status === 404 || problem.status === 429 || problem.status >= 500;
      if (!mayPass || performance.now() > deadlineMs) throw problem;
      return undefined;
    });
    if (value !== undefined && isEnough(value)) return value;
    if (performance.now() > deadlineMs)
      throw new Error('The order did not come to an end in time: look at it in Orders.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
