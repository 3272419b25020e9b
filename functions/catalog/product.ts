import * as z from 'zod';
import { AmountMinor, Currency, Sku } from '../../events/vocabulary.ts';

/** A row of the products table. A deleted product stays, so that its version goes on counting if it comes back. */
export const ProductRecord = z.object({
  sku: Sku,
  name: z.string(),
  description: z.string(),
  category: z.string(),
  priceMinor: AmountMinor,
  currency: Currency,
  /** Counts changes from 1; every write is conditional on the one before. */
  version: z.int().positive(),
  /** The category again, while the product is listed: it puts the row into CategoryIndex. */
  listedCategory: z.string().optional(),
  deletedAt: z.string().optional(),
  updatedAt: z.string(),
});
export type ProductRecord = z.infer<typeof ProductRecord>;

/** Whether it is for sale. */
export function isListed({ deletedAt }: ProductRecord): boolean {
  return deletedAt === undefined;
}
