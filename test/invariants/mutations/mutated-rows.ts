import { rowWhere, SOLD, type World } from '../good-world.ts';
import type { Line } from '../snapshot-rows.ts';

export const captureOf = (world: World, orderId: string) => rowWhere(world.ledger, { orderId, op: 'CAPTURE' });
export const orderOf = (world: World, orderId: string) => rowWhere(world.orders, { orderId });
export const archivedOf = (world: World, name: string) => {
  const event = world.archive.events.find(({ detail }) => detail.eventId.endsWith(name));
  if (event === undefined) throw new Error(`no event ${name}`);
  return event;
};

/** A parcel of the sold order, whose status stays CONFIRMED. @param taken what left of the reservation. */
export function leave(world: World, packed: readonly Line[], taken = packed): void {
  Object.assign(orderOf(world, SOLD), { parcels: [{ parcelId: '1', lines: packed }] });
  Object.assign(rowWhere(world.reservations, { orderId: SOLD }), { shippedLines: taken });
}
