import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Lab } from './lab.ts';
import { orderOf } from './played-order.ts';
import type { World } from './world.ts';
import { snapshotOf } from './world-snapshot.ts';

/** What became of many orders for one product. */
export interface HotProductRun {
  readonly confirmed: number;
  readonly outOfStock: number;
  /** Of each order, from the moment of all checkouts to its end. */
  readonly tookMs: readonly number[];
  /** Transactions that tried to take units. */
  readonly tries: number;
  /** Invocations of the function that made them: each is a transition of its workflow. */
  readonly invocations: number;
  readonly violations: readonly Violation[];
}

/**
 * Orders of one unit each, all checked out at the same moment. Nothing takes time but what is waited for: the windows
 * in which a transaction holds its rows, and the pauses before a next try.
 */
export async function playHotProduct(lab: Lab, orders: number, units: number): Promise<HotProductRun> {
  const world = await lab.newWorld();
  await world.stock({ HOT: units });
  const startMs = world.time.nowMs();
  for (let n = 0; n < orders; n += 1) await world.checkOut(orderOf({ HOT: 1 }, 'pm_card_visa'));
  await untilEnded(world, orders);
  await world.untilAtRest();
  const snapshot = await snapshotOf(world);
  return {
    confirmed: snapshot.orders.filter(({ status }) => status === 'CONFIRMED').length,
    outOfStock: snapshot.orders.filter(({ reason }) => reason === 'OUT_OF_STOCK').length,
    tookMs: snapshot.orders.map(({ updatedAt }) => Date.parse(String(updatedAt)) - startMs),
    tries: passesOf(world, /^reserve-inventory\/DynamoDB\.TransactWriteItems\b/),
    invocations: passesOf(world, /^reserve-inventory#/),
    violations: checkInvariants(snapshot, true).violations,
  };
}

/** `untilAtRest` gives up after fewer jumps of time than so many orders need. */
async function untilEnded({ time, injector, stepFunctions }: World, orders: number): Promise<void> {
  const areEnded = (): boolean => {
    if (stepFunctions.runningCount > 0) return false;
    return injector.passed.filter(({ id }) => id.startsWith('create-order#')).length >= orders;
  };
  await time.settled();
  while (!areEnded()) {
    time.fireNext();
    await time.settled();
  }
}

function passesOf({ injector }: World, place: RegExp): number {
  return injector.passed.filter(({ id }) => place.test(id)).length;
}
