import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Lab } from './lab.ts';
import { passesOf, untilEnded } from './many-orders.ts';
import { orderOf } from './played-order.ts';
import { snapshotOf } from './world-snapshot.ts';

/** What is played. */
export interface LimitedRush {
  readonly orders: number;
  /** That the payment provider takes of each of its operations. */
  readonly callsPerSecond: number;
  readonly seed?: number;
}

/** The provider needs five minutes and a half for it: longer than one that is down is given. */
export const SHORT_RUSH = { orders: 12, callsPerSecond: 0.036 } as const satisfies LimitedRush;

/** What became of orders that came faster than the payment provider allows. */
export interface LimitedRushRun {
  readonly confirmed: number;
  /** Cancelled as PAYMENT_UNAVAILABLE. */
  readonly lost: number;
  /** Of each order, from the moment of all checkouts to its end. */
  readonly tookMs: readonly number[];
  /** Invocations of the function that charges: each is a transition of its workflow. */
  readonly tries: number;
  readonly violations: readonly Violation[];
}

/**
 * Orders that are all checked out at the same moment, each of a product of its own, so that nothing but the provider's
 * limit holds them up.
 */
export async function playLimitedRush(
  lab: Lab,
  { orders, callsPerSecond, seed = 1 }: LimitedRush,
): Promise<LimitedRushRun> {
  const world = await lab.newWorld([], seed, { callsPerSecond });
  const skus = Array.from({ length: orders }, (_, n) => `SKU-${n + 1}`);
  await world.stock(Object.fromEntries(skus.map((sku) => [sku, 1])));
  const startMs = world.time.nowMs();
  for (const sku of skus) await world.checkOut(orderOf({ [sku]: 1 }, 'pm_card_visa'));
  await untilEnded(world, orders);
  await world.untilAtRest();
  const snapshot = await snapshotOf(world);
  return {
    confirmed: snapshot.orders.filter(({ status }) => status === 'CONFIRMED').length,
    lost: snapshot.orders.filter(({ reason }) => reason === 'PAYMENT_UNAVAILABLE').length,
    tookMs: snapshot.orders.map(({ updatedAt }) => Date.parse(String(updatedAt)) - startMs),
    tries: passesOf(world, /^charge-payment#/),
    violations: checkInvariants(snapshot, true).violations,
  };
}
