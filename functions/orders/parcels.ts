import * as z from 'zod';
import { Parcel, ParcelId } from '../../events/order-shipped.ts';
import { tolerant } from '../../events/tolerant-schema.ts';
import { mergedBySku, ReservedLine } from '../inventory/reservation.ts';

/** So many units of a product: ordered, in a parcel, or left to ship. */
export type ParcelLine = ReservedLine;

/** A parcel of an order, as its row keeps it. */
export const ShippedParcel = tolerant(
  z.object({
    /** Counts the order's parcels from 1. */
    parcelId: ParcelId,
    ...Parcel.shape,
    lines: z.array(ReservedLine),
    shippedAt: z.string(),
    /** Of the order with this parcel: tells a repeated request from another one. */
    version: z.int().positive(),
    deliveredAt: z.string().optional(),
    /** What was said of it before, by whom it was corrected, oldest first. */
    corrections: z.array(z.object({ ...Parcel.shape, at: z.string(), actor: z.string() })).optional(),
  }),
);
export type ShippedParcel = z.infer<typeof ShippedParcel>;

/** What of an order tells what left of it. */
interface ShippableOrder {
  readonly lines: readonly ParcelLine[];
  readonly version: number;
  readonly updatedAt: string;
  readonly parcel?: Parcel | undefined;
  readonly parcels?: readonly ShippedParcel[] | undefined;
}

/** The parcels of an order. A row of a version that knew one parcel an order says that it held everything. */
export function parcelsOf({ parcels, parcel, lines, version, updatedAt }: ShippableOrder): readonly ShippedParcel[] {
  if (parcels !== undefined) return parcels;
  if (parcel === undefined) return [];
  return [
    {
      parcelId: '1',
      ...parcel,
      lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
      shippedAt: updatedAt,
      version,
    },
  ];
}

/** What has not left yet. */
export function leftToShip(order: ShippableOrder): ParcelLine[] {
  return minus(order.lines, unitsIn(parcelsOf(order)));
}

/** The units of some parcels, once a product, in the order of their SKUs. */
export function unitsIn(parcels: readonly Pick<ShippedParcel, 'lines'>[]): ParcelLine[] {
  return mergedBySku(parcels.flatMap(({ lines }) => lines));
}

export function minus(lines: readonly ParcelLine[], gone: readonly ParcelLine[]): ParcelLine[] {
  const units = new Map(gone.map(({ sku, quantity }) => [sku, quantity]));
  return lines
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (units.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/** The lines as people read them: with what each product was called when it was sold. */
export function named(
  lines: readonly ParcelLine[],
  order: { readonly lines: readonly (ParcelLine & { readonly name?: string | undefined })[] },
): (ParcelLine & { name?: string })[] {
  const names = new Map(order.lines.map(({ sku, name }) => [sku, name]));
  return lines.map(({ sku, quantity }) => {
    const name = names.get(sku);
    return { sku, quantity, ...(name !== undefined && { name }) };
  });
}

/** Whether all of `lines` is among `left`. */
export function isAmong(lines: readonly ParcelLine[], left: readonly ParcelLine[]): boolean {
  return lines.every(({ sku, quantity }) => left.some((line) => line.sku === sku && line.quantity >= quantity));
}

export function isSameUnits(some: readonly ParcelLine[], others: readonly ParcelLine[]): boolean {
  return JSON.stringify(unitsIn([{ lines: [...some] }])) === JSON.stringify(unitsIn([{ lines: [...others] }]));
}

/** Whether the parcel is, or was before a correction, what is said of it. Silence about a field repeats it. */
export function isDescribedBy(parcel: ShippedParcel, { carrier, trackingNumber }: Parcel): boolean {
  return [parcel, ...(parcel.corrections ?? [])].some(
    (known) =>
      (carrier === undefined || carrier === known.carrier) &&
      (trackingNumber === undefined || trackingNumber === known.trackingNumber),
  );
}
