import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Lab } from './lab.ts';
import { orderOf } from './played-order.ts';
import { snapshotOf } from './world-snapshot.ts';

const ORDERS = 5;
const UNITS = 3;

/** More orders than units, all at once: as many are confirmed as there are units, and the others are refused. */
export async function playRush(lab: Lab, seed = 1): Promise<Violation[]> {
  const world = await lab.newWorld([], seed);
  await world.stock({ LAST: UNITS });
  for (let n = 0; n < ORDERS; n += 1) await world.checkOut(orderOf({ LAST: 1 }, 'pm_card_visa'));
  await world.untilAtRest();
  const snapshot = await snapshotOf(world);
  const confirmed = snapshot.orders.filter(({ status }) => status === 'CONFIRMED').length;
  const refused = snapshot.orders.filter(({ reason }) => reason === 'OUT_OF_STOCK').length;
  const because = `${confirmed} confirmed, ${refused} out of stock, expected ${UNITS} and ${ORDERS - UNITS}`;
  const isRight = confirmed === UNITS && refused === ORDERS - UNITS;
  return [
    ...checkInvariants(snapshot, true).violations,
    ...(isRight ? [] : [{ rule: 'S4', keys: { sku: 'LAST' }, because, rows: [] }]),
  ];
}
