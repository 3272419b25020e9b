import * as z from 'zod';

/** The stock of one product. */
export const StockRow = z.object({
  available: z.int(),
  onHold: z.int(),
  /** Every unit that ever came in, less those that were written off. */
  received: z.int().optional(),
  /** Absent before the first parcel. */
  shipped: z.int().optional(),
  version: z.int(),
});
export type StockRow = z.infer<typeof StockRow>;
