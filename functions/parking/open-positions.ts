import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { OrderId } from '../../events/vocabulary.ts';
import { Reservation, type ReservedLine } from '../inventory/reservation.ts';
import type { OrderReturn } from '../orders/returns/order-return.ts';

/** What an order still has in its hands: money of the customer, units of the stock. */
export interface OpenPositions {
  /** Money taken and not known to be given back, in minor units; an upper bound while it is not certain. */
  readonly exposureMinor: number;
  /** False while the outcome of the payment, of its refund or of a dispute is open: the provider has to be asked. */
  readonly exposureCertain: boolean;
  readonly heldLines: readonly ReservedLine[];
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

/** Reads the payment and the reservation of an order; strongly consistent. */
export async function openPositions(
  documents: DynamoDBDocumentClient,
  tables: { readonly paymentsTable: string; readonly reservationsTable: string },
  orderId: OrderId,
): Promise<OpenPositions> {
  const read = (TableName: string) =>
    documents.send(new GetCommand({ TableName, Key: { orderId }, ConsistentRead: true }));
  const [payment, reservation] = await Promise.all([read(tables.paymentsTable), read(tables.reservationsTable)]);
  return { ...exposureOf(payment.Item), heldLines: heldLinesOf(reservation.Item) };
}

/** The positions once a refund, or a dispute, may have given the money back already without a record of ours. */
export function sinceRefundBegan(positions: OpenPositions): OpenPositions {
  return positions.exposureMinor === 0 ? positions : { ...positions, exposureCertain: false };
}

/** What a return still owes its customer. */
export function owedByReturn({ state, refundMinor }: OrderReturn): OpenPositions {
  return { ...NO_POSITIONS, exposureMinor: state === 'OPEN' ? refundMinor : 0 };
}

function exposureOf(row: unknown): Omit<OpenPositions, 'heldLines'> {
  if (row === undefined) return { exposureMinor: 0, exposureCertain: true };
  const { state, amountMinor, refundedMinor, failureRepeatedUntil } = PaymentStanding.parse(row);
  const outcomeOpen = OUTCOME_OPEN.has(state);
  const openMinor = Math.max(0, amountMinor - refundedMinor);
  return {
    exposureMinor: outcomeOpen || TAKEN.has(state) ? openMinor : 0,
    exposureCertain: !outcomeOpen,
    ...(failureRepeatedUntil !== undefined && { failureRepeatedUntil }),
  };
}

function heldLinesOf(row: unknown): readonly ReservedLine[] {
  if (row === undefined) return [];
  const { state, lines } = Reservation.parse(row);
  return state === 'RELEASED' ? [] : lines;
}
