import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { mergedBySku, Reservation, type ReservedLine } from '../inventory/reservation.ts';
import type { OrderReturn } from '../orders/returns/order-return.ts';
import { PaymentRecord } from '../payments/ledger/payment-record.ts';
import { isSound, orMalformed, wrongFieldsOf } from '../platform/sound-rows.ts';

/** What an order still has in its hands: money of the customer, units of the stock. */
export interface OpenPositions {
  /** Money taken and not known to be given back, in minor units; an upper bound while it is not certain. */
  readonly exposureMinor: number;
  /** False while the outcome of the payment, of its refund or of a dispute is open: the provider has to be asked. */
  readonly exposureCertain: boolean;
  readonly heldLines: readonly ReservedLine[];
  /** Rows of the order that cannot be read, with their wrong fields: `payment: amountMinor`. */
  readonly malformedRows?: readonly string[];
  /** The provider repeats a failure of ours until then at least. */
  readonly failureRepeatedUntil?: string | undefined;
}

export const NO_POSITIONS: OpenPositions = { exposureMinor: 0, exposureCertain: true, heldLines: [] };

/** The part of a payment row that tells where the money is. */
const PaymentStanding = z.object({
  state: z.string(),
  amountMinor: z.int().nonnegative().default(0),
  /** What others gave back already. */
  refundedMinor: z.int().nonnegative().default(0),
  failureRepeatedUntil: z.string().optional(),
});

/** In these states the provider may have taken the money without our knowing it yet. */
const OUTCOME_OPEN: ReadonlySet<string> = new Set(['REQUESTED', 'AWAITING_CUSTOMER']);
/** In these the money is with us. */
const TAKEN: ReadonlySet<string> = new Set(['CHARGED', 'REFUND_FAILED']);

/**
 * Reads the payment and the reservation of an order; strongly consistent. A row that cannot be read is no reason not to
 * park its order: it is named, and what it should say is taken to be all that the order can have.
 */
export async function openPositions(
  documents: DynamoDBDocumentClient,
  tables: { readonly paymentsTable: string; readonly reservationsTable: string },
  { orderId, totalMinor, lines }: Pick<BasketCheckedOut, 'orderId' | 'totalMinor' | 'lines'>,
): Promise<OpenPositions> {
  const read = (TableName: string) =>
    documents.send(new GetCommand({ TableName, Key: { orderId }, ConsistentRead: true }));
  const [payment, reservation] = await Promise.all([read(tables.paymentsTable), read(tables.reservationsTable)]);
  const malformedRows = [
    ...wrongIn('payment', PaymentRecord, payment.Item),
    ...wrongIn('reservation', Reservation, reservation.Item),
  ];
  return {
    ...exposureOf(payment.Item, totalMinor),
    heldLines: heldLinesOf(reservation.Item, lines),
    ...(malformedRows.length > 0 && { malformedRows }),
  };
}

/** What a return still owes its customer, be its row readable or not. */
export async function positionsOfReturn(reading: Promise<OrderReturn | undefined>): Promise<OpenPositions> {
  const standing = await orMalformed(reading);
  if (standing === undefined) return NO_POSITIONS;
  if (isSound(standing)) return owedByReturn(standing);
  return { ...NO_POSITIONS, exposureCertain: false, malformedRows: [standing.message] };
}

function wrongIn(name: string, schema: z.ZodType, row: unknown): string[] {
  const wrong = row === undefined ? undefined : wrongFieldsOf(schema, row);
  return wrong === undefined ? [] : [`${name}: ${wrong}`];
}

/** The positions once a refund, or a dispute, may have given the money back already without a record of ours. */
export function sinceRefundBegan(positions: OpenPositions): OpenPositions {
  return positions.exposureMinor === 0 ? positions : { ...positions, exposureCertain: false };
}

function owedByReturn({ state, refundMinor }: OrderReturn): OpenPositions {
  return { ...NO_POSITIONS, exposureMinor: state === 'OPEN' ? refundMinor : 0 };
}

/** @param totalMinor of the order: the most that its payment can have taken. */
function exposureOf(row: unknown, totalMinor: number): Omit<OpenPositions, 'heldLines'> {
  if (row === undefined) return { exposureMinor: 0, exposureCertain: true };
  const standing = PaymentStanding.safeParse(row).data;
  if (standing === undefined) return { exposureMinor: totalMinor, exposureCertain: false };
  const { state, amountMinor, refundedMinor, failureRepeatedUntil } = standing;
  const outcomeOpen = OUTCOME_OPEN.has(state);
  const openMinor = Math.max(0, amountMinor - refundedMinor);
  return {
    exposureMinor: outcomeOpen || TAKEN.has(state) ? openMinor : 0,
    exposureCertain: !outcomeOpen,
    ...(failureRepeatedUntil !== undefined && { failureRepeatedUntil }),
  };
}

/** @param ordered the most that the reservation can hold. */
function heldLinesOf(row: unknown, ordered: readonly ReservedLine[]): readonly ReservedLine[] {
  if (row === undefined) return [];
  const standing = Reservation.safeParse(row).data;
  if (standing === undefined) return mergedBySku(ordered);
  const { state, lines } = standing;
  return state === 'RELEASED' ? [] : lines;
}
