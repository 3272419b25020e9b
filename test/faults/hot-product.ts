import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Lab } from './lab.ts';
import { passesOf, untilEnded } from './many-orders.ts';
import { orderOf } from './played-order.ts';
import { RefusalWatch } from './refusal-watch.ts';
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
  /** Times that somebody was told "out of stock"; each was held against what was free. */
  readonly refusals: number;
  readonly violations: readonly Violation[];
}

/** What is played. */
export interface HotProduct {
  readonly orders: number;
  readonly units: number;
  /** That the units are spread over; all are in the product's own row unless told. */
  readonly shards?: number | undefined;
  /** So many of the orders, the first ones, find no money: their units come back while others look for some. */
  readonly declined?: number;
}

/**
 * Orders of one unit each, all checked out at the same moment. Nothing takes time but what is waited for: the windows
 * in which a transaction holds its rows, and the pauses before a next try.
 */
export async function playHotProduct(
  lab: Lab,
  { orders, units, shards, declined = 0 }: HotProduct,
): Promise<HotProductRun> {
  const world = await lab.newWorld();
  const watch = new RefusalWatch(world);
  await world.stock({ HOT: units }, shards);
  const startMs = world.time.nowMs();
  for (let n = 0; n < orders; n += 1) await world.checkOut(orderOf({ HOT: 1 }, cardOf(n < declined)));
  await untilEnded(world, orders);
  await world.untilAtRest();
  const snapshot = await snapshotOf(world);
  return {
    confirmed: snapshot.orders.filter(({ status }) => status === 'CONFIRMED').length,
    outOfStock: snapshot.orders.filter(({ reason }) => reason === 'OUT_OF_STOCK').length,
    tookMs: snapshot.orders.map(({ updatedAt }) => Date.parse(String(updatedAt)) - startMs),
    tries: passesOf(world, /^reserve-inventory\/DynamoDB\.TransactWriteItems\b/),
    invocations: passesOf(world, /^reserve-inventory#/),
    refusals: watch.refusals,
    violations: [...checkInvariants(snapshot, true).violations, ...watch.violations],
  };
}

function cardOf(isDeclined: boolean): string {
  return isDeclined ? 'pm_card_chargeDeclined' : 'pm_card_visa';
}
