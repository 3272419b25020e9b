import * as z from 'zod';
import { MAX_AMOUNT_MINOR } from './money.ts';

/** The words that several events share. */

/** ULID made by the server. It is also the name of the order's execution, hence the closed alphabet. */
export const OrderId = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'expected a ULID in upper case')
  .brand('OrderId');
export type OrderId = z.infer<typeof OrderId>;

/** Stock keeping unit. No `#` (our key separator), no blanks, no path characters. */
export const Sku = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected 1 to 64 letters, digits, dots, dashes or underscores')
  .brand('Sku');
export type Sku = z.infer<typeof Sku>;

/** Identifier of something that another part minted (customer, basket, correlation): opaque, printable, bounded. */
export const OpaqueId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/, 'expected an identifier of at most 128 characters');

/** Reference to a payment method at the provider; never a card number. */
export const PaymentMethodId = z
  .string()
  .regex(/^pm_[A-Za-z0-9_]{1,120}$/, 'expected a payment method id of the provider');

/**
 * The form of an ISO 4217 code. Amounts beside it are in the payment provider's unit of it; which can be charged, and
 * between which amounts, is said in `money.ts` and looked at where a price or an order comes in. Readers take any: an
 * order that was accepted is worked off, also after the provider has dropped its currency.
 */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 currency code');

/** An amount that is paid. */
export const AmountMinor = z.int().positive().max(MAX_AMOUNT_MINOR);

/** Why a payment method was declined, in the provider's word (`insufficient_funds`). */
export const DeclineCode = z.string().regex(/^[a-z][a-z0-9_]{0,79}$/, 'expected a code of the payment provider');

/** UTC, ISO 8601 with milliseconds. */
export const Timestamp = z.iso.datetime();

/** A line quantity. */
export const Quantity = z.int().min(1).max(100);

/** What a product was called when it was sold: later names are not those of the order. Absent where nobody said it. */
export const SoldName = z.string().min(1).max(120).optional();

/** Most lines a basket and so an order may have: one reservation is one DynamoDB transaction of at most 100 items. */
export const MAX_LINES = 50;

export const ORDER_STATUSES = [
  'PENDING',
  'AWAITING_CUSTOMER',
  'CONFIRMED',
  'SHIPPED',
  'DELIVERED',
  'CANCELLING',
  'CANCELLED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Why an order was cancelled: a closed list that customers and reports can rely on. */
export const CancellationReason = z.enum([
  'OUT_OF_STOCK',
  'PAYMENT_DECLINED',
  'CONFIRMATION_EXPIRED',
  'PAYMENT_UNAVAILABLE',
  /** Somebody cancelled the payment at the provider. */
  'PAYMENT_CANCELLED',
  /** The provider does not take this amount or this currency. */
  'PAYMENT_REFUSED',
  'CANCELLED_BY_CUSTOMER',
  'CANCELLED_BY_SHOP',
  'INTERNAL_ERROR',
]);
export type CancellationReason = z.infer<typeof CancellationReason>;

/** One return of an order. A function of the order and of the request's key, so that a repeated request is one return. */
export const ReturnId = z
  .string()
  .regex(/^return-[0-9a-f]{16}$/, 'expected the id of a return')
  .brand('ReturnId');
export type ReturnId = z.infer<typeof ReturnId>;

/** What becomes of units that come back: they can be sold again, or not. */
export const Disposition = z.enum(['RESTOCK', 'WRITE_OFF']);
export type Disposition = z.infer<typeof Disposition>;

/** Why an order waits for an operator. */
export const ParkReason = z.enum([
  'REFUND_FAILED',
  'RELEASE_FAILED',
  'CONTENTION',
  'IDENTITY_CONFLICT',
  'AMOUNT_MISMATCH',
  'CHARGE_UNKNOWN',
  'PAYMENT_DISPUTED',
  'FRAUD_SUSPECTED',
  'REFUNDED_BY_OTHERS',
  'EXECUTION_FAILED',
  'EXECUTION_TIMED_OUT',
  'EXECUTION_ABORTED',
]);
export type ParkReason = z.infer<typeof ParkReason>;

/** What every event about an order says first. */
export const orderEventFields = {
  /** A function of order and event, so that copies are recognisable: see `eventIdOf`. */
  eventId: z.string().min(1).max(128),
  schemaVersion: z.literal(1),
  orderId: OrderId,
  customerId: OpaqueId,
  correlationId: OpaqueId,
} as const;

/** The same for an event that the order's journal writes. `seq` counts them from 1, without a gap. */
export const journalEventFields = { ...orderEventFields, seq: z.int().positive() } as const;
