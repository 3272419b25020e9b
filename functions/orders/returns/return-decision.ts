import type { Disposition, Sku } from '../../../events/vocabulary.ts';
import { OrderNotShipped } from '../order-errors.ts';
import type { OrderRecord } from '../order-record.ts';
import { NOTHING_RETURNED, type ReturnedLine, type ReturnsSoFar } from './order-return.ts';
import { RefundExceedsPrice, ReturnExceedsShipment, ReturnUnderWay } from './return-errors.ts';

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
  if (status !== 'SHIPPED' && status !== 'DELIVERED') throw new OrderNotShipped(`Order ${orderId} is ${status}`);
  if (before.open !== undefined) throw new ReturnUnderWay(`${before.open} of order ${orderId} is not settled yet`);
  const lines = linesOf(order, wanted, before).map((line) => priced(order, line));
  const units = unitsAfter(order, lines, before);
  const refundMinor = lines.reduce((sum, line) => sum + line.refundMinor, 0);
  const openMinor = order.totalMinor - before.refundMinor - takenByOthersMinor;
  if (refundMinor > openMinor) {
    throw new RefundExceedsPrice(
      `Of the payment of order ${orderId} ${openMinor} is left, and ${refundMinor} is asked`,
    );
  }
  return { lines, refundMinor, soFar: { units, refundMinor: before.refundMinor + refundMinor } };
}

function linesOf(order: OrderRecord, wanted: WhatComesBack, before: ReturnsSoFar): readonly LineToReturn[] {
  if ('lines' in wanted) return wanted.lines;
  const rest = order.lines
    .map(({ sku, quantity }) => ({
      sku,
      quantity: quantity - (before.units[sku] ?? 0),
      disposition: wanted.everything,
    }))
    .filter(({ quantity }) => quantity > 0);
  if (rest.length === 0) throw new ReturnExceedsShipment(`Everything of order ${order.orderId} is back`);
  return rest;
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

function unitsAfter(order: OrderRecord, lines: readonly ReturnedLine[], before: ReturnsSoFar): ReturnsSoFar['units'] {
  const units = { ...before.units };
  for (const { sku, quantity } of lines) units[sku] = (units[sku] ?? 0) + quantity;
  for (const { sku, quantity: shipped } of order.lines) {
    const returned = units[sku] ?? 0;
    if (returned <= shipped) continue;
    const left = shipped - (before.units[sku] ?? 0);
    throw new ReturnExceedsShipment(`${left} of ${shipped} x ${sku} of order ${order.orderId} can still come back`);
  }
  return units;
}
