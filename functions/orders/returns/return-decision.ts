import type { Disposition, Sku } from '../../../events/vocabulary.ts';
import { OrderNotShipped } from '../order-errors.ts';
import type { OrderRecord } from '../order-record.ts';
import { parcelsOf, unitsIn } from '../parcels.ts';
import { NOTHING_RETURNED, type ReturnedLine, type ReturnsSoFar } from './order-return.ts';
import { RefundExceedsPrice, ReturnExceedsShipment, ReturnUnderWay } from './return-errors.ts';

/**
 * A transaction takes 100 items (Amazon DynamoDB Developer Guide, "Transactions"). Order, return and event are three;
 * each product that is restocked is two.
 */
const MAX_RESTOCKED_PRODUCTS = 48;

/** Units that come back. Without an amount they are worth their price as it was when they were sold. */
export interface LineToReturn {
  readonly sku: Sku;
  readonly quantity: number;
  readonly disposition: Disposition;
  readonly refundMinor?: number | undefined;
}

/** Some lines, or whatever is not back yet. */
export type WhatComesBack = { readonly lines: readonly LineToReturn[] } | { readonly everything: Disposition };

export interface AcceptedUnits {
  readonly lines: readonly ReturnedLine[];
  readonly refundMinor: number;
  /** What the order's row says from then on, but for the return that is open. */
  readonly soFar: ReturnsSoFar;
}

/**
 * What of a return may be accepted, by the order as it stands.
 * @param takenByOthersMinor what of the payment is known to be gone without a return.
 * @throws OrderNotShipped, ReturnUnderWay, ReturnExceedsShipment, RefundExceedsPrice.
 */
export function decideReturn(order: OrderRecord, wanted: WhatComesBack, takenByOthersMinor: number): AcceptedUnits {
  const { orderId, status, returns: before = NOTHING_RETURNED } = order;
  const shipped = shippedUnits(order);
  if (shipped.size === 0) throw new OrderNotShipped(`Order ${orderId} is ${status}`);
  if (before.open !== undefined) throw new ReturnUnderWay(`${before.open} of order ${orderId} is not settled yet`);
  const lines = linesOf(order, wanted, { before, shipped }).map((line) => priced(order, line));
  refuseTooManyProducts(lines);
  const units = unitsAfter(order, lines, { before, shipped });
  const refundMinor = lines.reduce((sum, line) => sum + line.refundMinor, 0);
  const openMinor = order.totalMinor - before.refundMinor - takenByOthersMinor;
  if (refundMinor > openMinor) {
    throw new RefundExceedsPrice(
      `Of the payment of order ${orderId} ${openMinor} is left, and ${refundMinor} is asked`,
    );
  }
  return { lines, refundMinor, soFar: { units, refundMinor: before.refundMinor + refundMinor } };
}

/** What left and what of it is back. */
interface Movements {
  readonly before: ReturnsSoFar;
  readonly shipped: ReadonlyMap<string, number>;
}

/** Of an order that has left in part, what is in its parcels. */
function shippedUnits(order: OrderRecord): ReadonlyMap<string, number> {
  const { status, lines } = order;
  const isWhole = status === 'SHIPPED' || status === 'DELIVERED';
  const left = isWhole ? lines : status === 'CONFIRMED' ? unitsIn(parcelsOf(order)) : [];
  return new Map(left.map(({ sku, quantity }) => [sku, quantity]));
}

function linesOf(order: OrderRecord, wanted: WhatComesBack, { before, shipped }: Movements): readonly LineToReturn[] {
  if ('lines' in wanted) return wanted.lines;
  const rest = order.lines
    .map(({ sku }) => ({
      sku,
      quantity: (shipped.get(sku) ?? 0) - (before.units[sku] ?? 0),
      disposition: wanted.everything,
    }))
    .filter(({ quantity }) => quantity > 0);
  if (rest.length === 0) throw new ReturnExceedsShipment(`Everything of order ${order.orderId} that left is back`);
  return rest;
}

function refuseTooManyProducts(lines: readonly ReturnedLine[]): void {
  const restocked = new Set(lines.filter(({ disposition }) => disposition === 'RESTOCK').map(({ sku }) => sku));
  if (restocked.size <= MAX_RESTOCKED_PRODUCTS) return;
  throw new ReturnExceedsShipment(
    `${restocked.size} products cannot be restocked at once, ${MAX_RESTOCKED_PRODUCTS} can: take the others back in a second return`,
  );
}

function priced(order: OrderRecord, { sku, quantity, disposition, refundMinor }: LineToReturn): ReturnedLine {
  const sold = order.lines.find((line) => line.sku === sku);
  if (sold === undefined) throw new ReturnExceedsShipment(`Order ${order.orderId} has no ${sku}`);
  const worthMinor = sold.unitPriceMinor * quantity;
  if (refundMinor !== undefined && refundMinor > worthMinor) {
    throw new RefundExceedsPrice(`${quantity} x ${sku} cost ${worthMinor}, and ${refundMinor} is asked`);
  }
  return { sku, quantity, disposition, refundMinor: refundMinor ?? worthMinor };
}

function unitsAfter(
  order: OrderRecord,
  lines: readonly ReturnedLine[],
  { before, shipped }: Movements,
): ReturnsSoFar['units'] {
  const units = { ...before.units };
  for (const { sku, quantity } of lines) units[sku] = (units[sku] ?? 0) + quantity;
  for (const sku of new Set(lines.map((line) => line.sku))) {
    const left = (shipped.get(sku) ?? 0) - (before.units[sku] ?? 0);
    if ((units[sku] ?? 0) <= (shipped.get(sku) ?? 0)) continue;
    throw new ReturnExceedsShipment(`${left} x ${sku} of order ${order.orderId} can still come back`);
  }
  return units;
}
