import { canonicalJson } from '../../events/canonical-json.ts';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { AwsError } from '@order-workflow/runtime/services/shared';
import { executionArn } from '@order-workflow/runtime/services/stepfunctions';
import type { Snapshot } from '../invariants/snapshot.ts';
import { outsideFunctions } from './function-host.ts';
import type { Lab } from './lab.ts';
import { orderOf } from './played-order.ts';
import type { Fault } from './faults.ts';
import type { World } from './world.ts';
import { receiveAll, snapshotOf } from './world-snapshot.ts';

const DAY_MS = 86_400_000;
const STOCK = { CUP: 10, POT: 5 };
const CONFIRMING_CARD = 'pm_card_threeDSecure2Required';

/** An order whose story ends with an operator. */
export interface Drill {
  readonly name: string;
  /** The reasons under which it is parked, sorted. */
  readonly parked: readonly string[];
  /** What goes wrong by itself, beside what `play` brings about. */
  readonly faults?: readonly Fault[];
  /** Brings a new world to where the order is parked, and says what mends the trouble. */
  readonly play: (world: World, order: BasketCheckedOut) => Promise<() => void>;
  readonly paymentMethodId?: string;
}

const declinedCard = 'pm_card_chargeDeclined';

/** The order is charged, then cannot be confirmed: what was done must be undone. */
const failsToConfirm: readonly string[] = ['confirm-order'];

export const DRILLS: readonly Drill[] = [
  {
    name: 'a refund that fails for good',
    parked: ['REFUND_FAILED'],
    play: (world) => withBroken(world, [...failsToConfirm, 'refund-payment']),
  },
  {
    name: 'a refund that is made and cannot be noted',
    parked: ['REFUND_FAILED'],
    faults: [{ point: 'refund-payment/DynamoDB.UpdateItem(Payments)#1', mode: 'permanentError' }],
    play: (world) => withBroken(world, failsToConfirm),
  },
  {
    name: 'a refund that its bank sends back',
    parked: ['REFUND_FAILED'],
    async play(world, { orderId }) {
      const mend = await withBroken(world, failsToConfirm);
      await world.untilAtRest();
      const [intent] = world.provider.intents.list({ orderId });
      const [refund] = world.provider.refunds.list(intent!.id);
      world.provider.refunds.settle(refund!.id, 'failed');
      return mend;
    },
  },
  {
    name: 'a release that fails for good',
    parked: ['RELEASE_FAILED'],
    paymentMethodId: declinedCard,
    play: (world) => withBroken(world, ['release-inventory']),
  },
  {
    name: 'a release of a paid order that fails for good',
    parked: ['RELEASE_FAILED'],
    play: (world) => withBroken(world, [...failsToConfirm, 'release-inventory']),
  },
  {
    name: 'refund and release that fail for good',
    // One after the other: the units wait for the money.
    parked: ['REFUND_FAILED'],
    play: (world) => withBroken(world, [...failsToConfirm, 'refund-payment', 'release-inventory']),
  },
  {
    name: 'a release that fails for good, once an operator has settled the refund that failed before it',
    parked: ['RELEASE_FAILED'],
    paymentMethodId: declinedCard,
    async play(world) {
      const mend = await withBroken(world, ['refund-payment', 'release-inventory']);
      await world.untilAtRest();
      await decideAll(world, await snapshotOf(world), 'resolved');
      return mend;
    },
  },
  {
    name: 'a provider that cannot be asked about a charge',
    parked: ['CHARGE_UNKNOWN'],
    async play(world) {
      world.provider.behaviours.arm({ kind: 'dropAfter', operation: 'confirm', count: 999 });
      world.provider.behaviours.arm({ kind: 'unavailable', operation: 'retrieve', count: 999 });
      world.provider.behaviours.arm({ kind: 'dropBefore', operation: 'cancel', count: 999 });
      return () => world.provider.behaviours.clear();
    },
  },
  {
    name: 'a provider that has another amount',
    parked: ['AMOUNT_MISMATCH'],
    async play(world) {
      world.provider.behaviours.arm({ kind: 'wrongAmount', operation: 'confirm', count: 999 });
      world.provider.behaviours.arm({ kind: 'wrongAmount', operation: 'retrieve', count: 999 });
      return () => world.provider.behaviours.clear();
    },
  },
  {
    name: 'stock rows that stay contended',
    parked: ['CONTENTION'],
    play: (world) => withBroken(world, ['reserve-inventory'], 'TransactionConflict'),
  },
  {
    name: 'an execution that fails',
    parked: ['EXECUTION_FAILED'],
    paymentMethodId: declinedCard,
    play: (world) => withBroken(world, ['stop-order']),
  },
  {
    name: 'an execution that a person stops',
    parked: ['EXECUTION_ABORTED'],
    paymentMethodId: CONFIRMING_CARD,
    async play(world, { orderId }) {
      world.time.at(world.time.nowMs() + 60_000, () => {
        void world.stepFunctions.stopExecution(executionArn(world.topology.sagaArn, orderId), {
          error: 'Stopped',
          cause: 'drill',
        });
      });
      return () => undefined;
    },
  },
  {
    name: 'an execution that outlives its time',
    parked: ['EXECUTION_TIMED_OUT', 'REFUND_FAILED'],
    async play(world) {
      const mend = await withBroken(world, [...failsToConfirm, 'refund-payment']);
      await world.untilAtRest();
      const endMs = world.time.nowMs() + 181 * DAY_MS;
      while ((world.time.nextDueAtMs ?? Infinity) < endMs) {
        world.time.fireNext();
        await world.time.settled();
      }
      return mend;
    },
  },
];

/** Plays a drill to where its order is parked. */
export async function playDrill(lab: Lab, { faults = [], play, paymentMethodId = 'pm_card_visa' }: Drill) {
  const world = await lab.newWorld(faults);
  await world.stock(STOCK);
  const order = orderOf({ CUP: 2, POT: 1 }, paymentMethodId);
  await world.checkOut(order);
  const mend = await play(world, order);
  await world.untilAtRest();
  return { world, order, mend, parked: await snapshotOf(world) };
}

/** Decides every open parking of an order the same way, as an operator would. @returns the answers' status codes. */
export async function decideAll(world: World, { parked }: Snapshot, decision: 'retry' | 'resolved'): Promise<number[]> {
  const statuses: number[] = [];
  for (const row of parked.filter(({ parkedState }) => parkedState === 'OPEN')) {
    const particulars = decision === 'resolved' ? { evidence: 'settled by hand, reference 42' } : { anyway: true };
    const body = { step: row.step, decision, ...particulars };
    const decided = world.request('POST /parked-orders/{orderId}/decisions', row.orderId, 'operator', { body });
    statuses.push(await world.time.passUntil(decided));
  }
  return statuses;
}

/** Works off the dead letters as the runbook says: checkouts start again, broken executions are parked after all. */
export async function redriveDeadLetters(world: World): Promise<void> {
  await world.sqs.moveTasks.begin({ sourceArn: world.topology.checkoutDeadLettersArn });
  for (const { body, receiptHandle } of await receiveAll(world, world.topology.unparkedFailuresArn)) {
    // What the function gave up on comes with a record around it; what EventBridge could not deliver is the event.
    const { requestPayload = body } = JSON.parse(body) as { requestPayload?: unknown };
    const event = typeof requestPayload === 'string' ? requestPayload : JSON.stringify(requestPayload);
    const parked = outsideFunctions(() => world.host.invoke('park-failed-execution', event));
    const { functionError } = await world.time.passUntil(parked);
    if (functionError === undefined) await world.sqs.delete(world.topology.unparkedFailuresArn, [receiptHandle]);
  }
}

/** An order that ends well, and then another command under its id. */
export async function playConflict(lab: Lab): Promise<{ order: BasketCheckedOut; snapshot: Snapshot }> {
  const world = await lab.newWorld();
  await world.stock(STOCK);
  const order = orderOf({ CUP: 2, POT: 1 }, 'pm_card_visa');
  await world.checkOut(order);
  await world.untilAtRest();
  await conflictingCommand(world, order);
  await world.untilAtRest();
  return { order, snapshot: await snapshotOf(world) };
}

/** A second command under an order's id, after the first is done. */
async function conflictingCommand(world: World, order: BasketCheckedOut): Promise<void> {
  const [line] = order.lines;
  const other = { ...order, lines: [{ ...line!, quantity: 1 }], totalMinor: line!.unitPriceMinor };
  await world.redeliver(JSON.parse(canonicalJson(other)) as BasketCheckedOut);
}

/** These functions fail from now on. @param errorType what they throw. @returns what mends them. */
function withBroken(world: World, names: readonly string[], errorType?: string): Promise<() => void> {
  const { host } = world;
  const invoke = host.invoke.bind(host);
  for (const name of names) host.functionOf(name); // a drill whose function has gone would drill nothing
  let isBroken = true;
  host.invoke = async (reference, payload) => {
    const { name } = host.functionOf(reference);
    if (!isBroken || !names.includes(name)) return invoke(reference, payload);
    if (errorType === undefined) throw new AwsError('TooManyRequestsException', 'Broken for good', 429);
    return { payload: JSON.stringify({ errorType, errorMessage: 'Broken for good' }), functionError: 'Unhandled' };
  };
  return Promise.resolve(() => void (isBroken = false));
}
