import * as z from 'zod';
import { totalOf } from '../../events/basket-checked-out.ts';
import { AmountMinor, Currency, Quantity, Sku } from '../../events/vocabulary.ts';
import type { CheckoutHour } from './checkout-limit.ts';

/** One product in a basket, as its row says. */
export const BasketLine = z.object({
  sku: Sku,
  name: z.string(),
  quantity: Quantity,
  unitPriceMinor: AmountMinor,
  currency: Currency,
  /** Of the product when it had this price: a later change has a greater one. */
  productVersion: z.int().positive(),
});
export type BasketLine = z.infer<typeof BasketLine>;

/** What a customer has chosen so far. */
export interface Basket {
  readonly customerId: string;
  /** Counts changes of the lines; 0 before the first. */
  readonly version: number;
  /** In the order of their SKUs. */
  readonly lines: readonly BasketLine[];
  /** Kept with the basket, whose row a checkout writes anyway: a counter of its own would be one more write. */
  readonly hour?: CheckoutHour | undefined;
}

/** All lines have one currency; undefined while there are none. */
export function currencyOf({ lines }: Basket): Currency | undefined {
  return lines[0]?.currency;
}
type Currency = z.infer<typeof Currency>;

/** A line as its owner is told of it. */
export function shownLine({ sku, name, quantity, unitPriceMinor }: BasketLine) {
  return { sku, name, quantity, unitPriceMinor, lineTotalMinor: quantity * unitPriceMinor };
}

/** The basket as a problem tells it. */
export function factsOf(basket: Basket) {
  const currency = currencyOf(basket);
  return {
    version: basket.version,
    lines: basket.lines.map(shownLine),
    ...(currency === undefined ? {} : { currency }),
    totalMinor: totalOf(basket.lines),
  };
}
