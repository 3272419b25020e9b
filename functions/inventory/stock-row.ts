import * as z from 'zod';

/** The stock of one product, or the part of it that a shard has. */
export const StockRow = z.object({
  available: z.int(),
  onHold: z.int(),
  /** Every unit that ever came in, less those that were written off. */
  received: z.int().optional(),
  /** Absent before the first parcel. */
  shipped: z.int().optional(),
  /** Units that came from other rows of the product, less those that went there: nothing in sum. */
  moved: z.int().optional(),
  version: z.int(),
  /** On the product's own row: so many shards have its units. Absent: that row has them itself. */
  shards: z.int().positive().optional(),
  /** On the product's own row: so many shards exist, in use or not. It never falls. */
  shardRows: z.int().positive().optional(),
});
export type StockRow = z.infer<typeof StockRow>;

export const EMPTY_STOCK = {
  available: 0,
  onHold: 0,
  received: 0,
  shipped: 0,
  moved: 0,
  version: 0,
} as const satisfies StockRow;
