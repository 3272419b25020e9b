import * as z from 'zod';

/**
 * Rows as the checker reads them: only the fields that a rule looks at are named, the rest is kept as it is. They are
 * stated anew here and not imported from the functions, so that a mistake there cannot excuse itself.
 */

const Line = z.looseObject({ sku: z.string(), quantity: z.int() });
export type Line = z.infer<typeof Line>;

export const OrderRow = z.looseObject({
  orderId: z.string(),
  status: z.string(),
  version: z.int(),
  eventSeq: z.int(),
  customerId: z.string(),
  currency: z.string(),
  totalMinor: z.int(),
  lines: z.array(Line.extend({ unitPriceMinor: z.int() })),
  basketId: z.string(),
  paymentMethodId: z.string(),
  reason: z.string().optional(),
  furtherFields: z.record(z.string(), z.unknown()).optional(),
  parcels: z.array(z.looseObject({ parcelId: z.string(), lines: z.array(Line) })).optional(),
  returns: z
    .looseObject({ open: z.string().optional(), units: z.record(z.string(), z.int()), refundMinor: z.int() })
    .optional(),
});
export type OrderRow = z.infer<typeof OrderRow>;

export const HistoryRow = z.looseObject({
  orderId: z.string(),
  version: z.int(),
  status: z.string(),
  at: z.string(),
  reason: z.string().optional(),
  executionId: z.string().optional(),
  actor: z.string().optional(),
  eventId: z.string().optional(),
});
export type HistoryRow = z.infer<typeof HistoryRow>;

export const ReturnRow = z.looseObject({
  orderId: z.string(),
  returnId: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  refundMinor: z.int(),
  lines: z.array(Line.extend({ refundMinor: z.int(), disposition: z.enum(['RESTOCK', 'WRITE_OFF']) })),
  refund: z.looseObject({ outcome: z.string() }).optional(),
});
export type ReturnRow = z.infer<typeof ReturnRow>;

export const StockChangeRow = z.looseObject({
  sku: z.string(),
  change: z.string(),
  by: z.int(),
  stock: z.int(),
  actor: z.string(),
  orderId: z.string().optional(),
  returnId: z.string().optional(),
});
export type StockChangeRow = z.infer<typeof StockChangeRow>;

export const ParkedRow = z.looseObject({
  orderId: z.string(),
  step: z.string(),
  parkedState: z.string().optional(),
  /** How often this step parked the order so far. */
  parkings: z.int().positive(),
  reason: z.string(),
  since: z.string(),
  exposureMinor: z.int(),
  exposureCertain: z.boolean(),
  currency: z.string(),
  heldLines: z.array(Line),
  nextAction: z.string(),
  decisions: z.array(z.looseObject({ decision: z.string(), actor: z.string(), evidence: z.string().optional() })),
});
export type ParkedRow = z.infer<typeof ParkedRow>;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const OutboxRow = z.looseObject({
  eventId: z.string(),
  source: z.string(),
  detailType: z.string(),
  detail: z.string().refine(isJson, 'is not JSON'),
  orderId: z.string().optional(),
  seq: z.int().optional(),
  createdAt: z.string(),
  pendingShard: z.string().optional(),
});
export type OutboxRow = z.infer<typeof OutboxRow>;

/** Whether a row waits for the sweeper; one that is set aside does not. */
export function isWaiting({ pendingShard }: OutboxRow): boolean {
  return pendingShard?.startsWith('PENDING#') === true;
}

export const StockRow = z.looseObject({
  /** With #1, #2 … it is a shard of the product. */
  sku: z.string(),
  available: z.int(),
  onHold: z.int(),
  /** Every unit that ever came in, less what was written off. */
  received: z.int().default(0),
  shipped: z.int().default(0),
  /** Units that came from the product's other rows, less those that went there. */
  moved: z.int().optional(),
  version: z.int(),
  /** So many shards take units. */
  shards: z.int().optional(),
  /** So many there are. */
  shardRows: z.int().optional(),
});
/** `isMoving`: the row changed while the reservations were read, so the two cannot be compared. */
export type StockRow = z.infer<typeof StockRow> & { readonly isMoving?: boolean };

export const ReservationRow = z.looseObject({
  orderId: z.string(),
  state: z.enum(['HELD', 'COMMITTED', 'RELEASED']),
  lines: z.array(Line).default([]),
  /** Which shard holds the units, by SKU; the product's own row where none is named. */
  shards: z.record(z.string(), z.int()).optional(),
  reservedAt: z.string().optional(),
  committedAt: z.string().optional(),
  releasedAt: z.string().optional(),
  shippedAt: z.string().optional(),
  /** What left so far, where it left in several parcels. */
  shippedLines: z.array(Line).optional(),
});
export type ReservationRow = z.infer<typeof ReservationRow>;

export const PaymentRow = z.looseObject({
  orderId: z.string(),
  state: z.enum(['REQUESTED', 'AWAITING_CUSTOMER', 'CHARGED', 'DECLINED', 'CANCELLED', 'REFUNDED', 'REFUND_FAILED']),
  amountMinor: z.int(),
  currency: z.string(),
  paymentIntentId: z.string().optional(),
  taskToken: z.string().optional(),
  openState: z.string().optional(),
  refundId: z.string().optional(),
});
export type PaymentRow = z.infer<typeof PaymentRow>;

export const InboxRow = z.looseObject({
  providerEventId: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  orderId: z.string().optional(),
  paymentIntentId: z.string().optional(),
  type: z.string().optional(),
});
export type InboxRow = z.infer<typeof InboxRow>;

export const IdempotencyRow = z.looseObject({
  id: z.string(),
  /** Absent on records that are written with what they remember, in one transaction: those are always complete. */
  status: z.string().optional(),
  data: z.looseObject({}).optional(),
});
export type IdempotencyRow = z.infer<typeof IdempotencyRow>;

/** A movement of money, or an attempt at one, in the provider's own books. */
export const LedgerRow = z.object({
  seq: z.int(),
  op: z.enum(['CREATE', 'CAPTURE', 'REFUND', 'CANCEL', 'REFUND_FAILED', 'DISPUTE', 'DISPUTE_WON', 'FRAUD_WARNING']),
  ok: z.boolean(),
  amountMinor: z.int(),
  /** Lower case, as the provider writes it. */
  currency: z.string(),
  orderId: z.string(),
  intent: z.string(),
  /** Books from before the provider told who acted are read too. */
  actor: z.enum(['merchant', 'customer', 'dashboard', 'bank']).default('merchant'),
  /** Null when another than the merchant acted. */
  key: z.string().nullable(),
  /** Id of the refund that a REFUND made, or that failed. */
  refund: z.string().nullish(),
  /** Epoch milliseconds. */
  at: z.number(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

/** An event as the archive gives it back; copies of one event are several of these. */
export const ArchivedEvent = z.looseObject({
  source: z.string(),
  'detail-type': z.string(),
  time: z.string(),
  detail: z.looseObject({ eventId: z.string(), orderId: z.string().optional(), seq: z.int().optional() }),
});
export type ArchivedEvent = z.infer<typeof ArchivedEvent>;
