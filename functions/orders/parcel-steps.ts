import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderShipped, type Parcel } from '../../events/order-shipped.ts';
import { ParcelCorrected } from '../../events/parcel-corrected.ts';
import { ParcelDelivered } from '../../events/parcel-delivered.ts';
import { ParcelShipped } from '../../events/parcel-shipped.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import {
  OrderChanged,
  OrderNotConfirmed,
  OrderNotShipped,
  ParcelMismatch,
  ParcelNotFound,
  UnitsNotLeft,
} from './order-errors.ts';
import { stated, type Decide } from './order-journal.ts';
import { advanced, changed, type OrderRecord } from './order-record.ts';
import { mustExist, settled, standing, type OrderStanding } from './order-steps.ts';
import {
  isAmong,
  isDescribedBy,
  isSameUnits,
  leftToShip,
  named,
  parcelsOf,
  type ParcelLine,
  type ShippedParcel,
} from './parcels.ts';

/** A parcel that left the warehouse, as an operator tells of it. */
export interface Departure {
  readonly parcel: Parcel;
  /** What is in it; everything that is left unless told. */
  readonly lines?: readonly ParcelLine[] | undefined;
  /** Of the order as the operator saw it. */
  readonly version?: number | undefined;
}

/** The steps of what has been sold, as decisions. All tolerate being asked again after their effect. */

/**
 * Says that a parcel left. The order is SHIPPED with the last one, and CONFIRMED with `parcels` before. The stock moves
 * in the same transaction, by the order as it was read: if it changed since, another parcel may have left.
 * @throws OrderNotConfirmed when it is not sold yet, or is being cancelled.
 * @throws OrderChanged when it is not at the version that the operator, or the caller's reading, saw.
 * @throws ParcelMismatch when such a parcel left, and it is not what is said now.
 * @throws UnitsNotLeft when more would leave than was sold and is still here.
 */
export function ship(read: OrderRecord, departure: Departure): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, read.orderId);
    refuseUnseen(present, departure.version);
    if (isRepeated(present, departure)) return settled(present);
    if (present.status !== 'CONFIRMED') throw new OrderNotConfirmed(`Order ${present.orderId} is ${present.status}`);
    requireVersion(present, departure.version ?? read.version);
    if (present.version !== read.version) throw changedMeanwhile(present);
    const lines = leavingLines(present, departure);
    const parcels = [...parcelsOf(present), newParcel(present, departure.parcel, lines, at)];
    return leftToShip({ ...present, parcels }).length === 0
      ? lastParcel(present, parcels, at)
      : earlierParcel(present, parcels, at);
  };
}

/** What leaves with it. @throws UnitsNotLeft. */
export function leavingLines(order: OrderRecord, { lines }: Departure): readonly ParcelLine[] {
  const left = leftToShip(order);
  if (lines === undefined) return left;
  if (!isAmong(lines, left)) throw new UnitsNotLeft(`Order ${order.orderId} has fewer units left to ship`, left);
  return lines;
}

/**
 * Says that the whole order arrived.
 * @throws OrderNotShipped when it did not leave, or not all of it.
 */
export function deliver(orderId: OrderId): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    if (present.status === 'DELIVERED') return settled(present);
    if (present.status !== 'SHIPPED') throw new OrderNotShipped(`Order ${orderId} is ${present.status}`);
    return arrived(
      present,
      delivered(parcelsOf(present), () => true, at),
      at,
    );
  };
}

/**
 * Says that one parcel arrived; the order is DELIVERED with the last one.
 * @throws ParcelNotFound.
 */
export function deliverParcel(orderId: OrderId, parcelId: string): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    const parcel = parcelOf(present, parcelId);
    if (parcel.deliveredAt !== undefined || present.status === 'DELIVERED') return settled(present);
    const parcels = delivered(parcelsOf(present), (one) => one.parcelId === parcelId, at);
    if (present.status === 'SHIPPED' && parcels.every(({ deliveredAt }) => deliveredAt !== undefined)) {
      return arrived(present, parcels, at);
    }
    const next = changed(present, at, { parcels });
    const facts = { parcelId, deliveredAt: at, lines: named(parcel.lines, present) };
    const event = stated(ParcelDelivered, present, facts, parcelId);
    return { kind: 'move', next, event, result: standing(next) };
  };
}

/**
 * Puts right what was said of a parcel, and keeps what was said before.
 * @param correction.version of the order that the operator saw.
 * @throws ParcelNotFound, or OrderChanged when somebody else changed the order meanwhile.
 */
export function correctParcel(
  orderId: OrderId,
  parcelId: string,
  correction: { readonly parcel: Parcel; readonly version: number; readonly actor: string },
): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    refuseUnseen(present, correction.version);
    const parcel = parcelOf(present, parcelId);
    const previous = described(parcel);
    const right = { ...previous, ...correction.parcel };
    if (right.carrier === previous.carrier && right.trackingNumber === previous.trackingNumber) return settled(present);
    requireVersion(present, correction.version);
    const corrections = [...(parcel.corrections ?? []), { ...previous, at, actor: correction.actor }];
    const parcels = parcelsOf(present).map((one) => (one === parcel ? { ...one, ...right, corrections } : one));
    const isLast = parcels.at(-1)?.parcelId === parcelId;
    const next = changed(present, at, { parcels, ...(isLast && present.parcel !== undefined && { parcel: right }) });
    const facts = { parcelId, correctedAt: at, parcel: right, previous };
    const event = stated(ParcelCorrected, present, facts, `${parcelId}.${next.version}`);
    return { kind: 'move', next, event, result: standing(next) };
  };
}

function newParcel(order: OrderRecord, parcel: Parcel, lines: readonly ParcelLine[], shippedAt: string): ShippedParcel {
  const parcelId = String(parcelsOf(order).length + 1);
  return { parcelId, ...parcel, lines: [...lines], shippedAt, version: order.version + 1 };
}

function lastParcel(order: OrderRecord, parcels: readonly ShippedParcel[], at: string) {
  const last = parcels.at(-1)!;
  const parcel = described(last);
  const next = advanced(order, 'SHIPPED', at, { parcel, parcels: [...parcels] });
  const { parcelId, lines } = last;
  const event = stated(OrderShipped, order, { shippedAt: at, parcel, parcelId, lines: named(lines, order) });
  return { kind: 'move', next, event, result: standing(next) } as const;
}

function earlierParcel(order: OrderRecord, parcels: readonly ShippedParcel[], at: string) {
  const { parcelId, lines, ...last } = parcels.at(-1)!;
  const next = changed(order, at, { parcels: [...parcels] });
  const facts = { parcelId, shippedAt: at, parcel: described(last), lines: named(lines, order) };
  const event = stated(ParcelShipped, order, facts, parcelId);
  return { kind: 'move', next, event, result: standing(next) } as const;
}

function arrived(order: OrderRecord, parcels: readonly ShippedParcel[], at: string) {
  const next = advanced(order, 'DELIVERED', at, { parcels: [...parcels] });
  const event = stated(OrderDelivered, order, { deliveredAt: at });
  return { kind: 'move', next, event, result: standing(next) } as const;
}

function delivered(
  parcels: readonly ShippedParcel[],
  isMeant: (parcel: ShippedParcel) => boolean,
  at: string,
): ShippedParcel[] {
  return parcels.map((one) => (isMeant(one) && one.deliveredAt === undefined ? { ...one, deliveredAt: at } : one));
}

/** What is said of a parcel, without what is not said. */
function described({ carrier, trackingNumber }: Parcel): Parcel {
  return { ...(carrier !== undefined && { carrier }), ...(trackingNumber !== undefined && { trackingNumber }) };
}

/** Whether the parcel left already. @throws ParcelMismatch when one did that must be this one and is another. */
function isRepeated(order: OrderRecord, { parcel, lines, version }: Departure): boolean {
  const known = candidates(order, { parcel, lines, version });
  if (known.length === 0) return false;
  // Everything that was left has left: with the rest still here, the rest is another parcel.
  const isWhole = leftToShip(order).length === 0;
  const isSame = (one: ShippedParcel): boolean =>
    isDescribedBy(one, parcel) && (lines === undefined ? isWhole : isSameUnits(lines, one.lines));
  if (known.some(isSame)) return true;
  throw new ParcelMismatch(`Order ${order.orderId} left the warehouse in another parcel`);
}

/** Parcels of which the request can only be a repetition. */
function candidates(order: OrderRecord, { parcel, lines, version }: Departure): readonly ShippedParcel[] {
  const parcels = parcelsOf(order);
  const made = parcels.filter((one) => version !== undefined && one.version === version + 1);
  if (made.length > 0) return made;
  // Nothing is left to leave in another one.
  if (leftToShip(order).length === 0 && lines === undefined) return parcels;
  const { trackingNumber } = parcel;
  return parcels.filter((one) => trackingNumber !== undefined && isDescribedBy(one, { trackingNumber }));
}

function parcelOf(order: OrderRecord, parcelId: string): ShippedParcel {
  const parcel = parcelsOf(order).find((one) => one.parcelId === parcelId);
  if (parcel === undefined) throw new ParcelNotFound(`Order ${order.orderId} has no parcel ${parcelId}`);
  return parcel;
}

/** Also of a request that would change nothing: nobody can have seen a version that does not exist yet. */
function refuseUnseen(order: OrderRecord, version = 0): void {
  if (version > order.version) throw changedMeanwhile(order);
}

function requireVersion(order: OrderRecord, version: number): void {
  if (order.version !== version) throw changedMeanwhile(order);
}

function changedMeanwhile({ orderId, version }: OrderRecord): OrderChanged {
  return new OrderChanged(`Order ${orderId} is at version ${version}`, version);
}
