import * as z from 'zod';
import { orNewer } from '../../events/newer-word.ts';
import { OrderId, ParkReason, ReturnId } from '../../events/vocabulary.ts';
import { ReservedLine } from '../inventory/reservation.ts';

/** What an operator may decide about a parked order. */
export const ParkDecision = z.enum(['retry', 'resolved']);
export type ParkDecision = z.infer<typeof ParkDecision>;

interface Decided {
  readonly decision: ParkDecision;
  readonly evidence?: string | undefined;
  readonly anyway?: boolean | undefined;
}

/** For `refine` of a decision. */
export const isProven = [
  ({ decision, evidence }: Decided): boolean => decision === 'retry' || evidence !== undefined,
  { path: ['evidence'], error: 'expected evidence, because the decision is "resolved"' },
] satisfies [unknown, unknown];

/** For `refine` of a decision: what is not read must not look as if it was. */
export const isAboutRetry = [
  ({ decision, anyway }: Decided): boolean => decision === 'retry' || anyway === undefined,
  { path: ['anyway'], error: 'expected it with the decision "retry" only' },
] satisfies [unknown, unknown];

const TakenDecision = z.object({
  /** Which parking of the step it ended. */
  parking: z.int().positive(),
  decision: ParkDecision,
  actor: z.string(),
  evidence: z.string().optional(),
  decidedAt: z.string(),
});

/** The row that says that a step of an order waits for an operator. It stays as a record when the wait is over. */
export const ParkedOrder = z.object({
  orderId: OrderId,
  step: z.string(),
  /** Present while the order is parked: it puts the row into ParkedIndex. */
  parkedState: z.literal('OPEN').optional(),
  /** How often this step parked the order so far. */
  parkings: z.int().positive(),
  reason: orNewer(ParkReason),
  since: z.string(),
  /** When the parking was last announced; it is announced again while nobody decides. */
  announcedAt: z.string().optional(),
  errorName: z.string(),
  exposureMinor: z.int().nonnegative(),
  exposureCertain: z.boolean(),
  currency: z.string(),
  heldLines: z.array(ReservedLine),
  nextAction: z.string(),
  executionArn: z.string().optional(),
  /** A secret: whoever has it can answer for the operator. Removed with the answer. */
  taskToken: z.string().optional(),
  /** Tokens of other attempts at the same wait. They come in any order, and one of them is the one that waits. */
  otherTokens: z.array(z.string()).optional(),
  /** Returns of the order that it is about. */
  returnIds: z.array(ReturnId).optional(),
  /** Facts for the operator that only some reasons have. */
  particulars: z.record(z.string(), z.string()).optional(),
  /** Set between the decision and its delivery to the workflow. */
  decision: ParkDecision.optional(),
  decisions: z.array(TakenDecision).default([]),
});
export type ParkedOrder = z.infer<typeof ParkedOrder>;

/** A month less a day: a wait of the workflow ends after 30 days and begins anew. */
const ANNOUNCE_AGAIN_AFTER_MS = 29 * 24 * 60 * 60 * 1000;

/** Whether the parking was announced so long ago that it must be again, because nobody looked. */
export function isForgotten({ announcedAt, since }: ParkedOrder, now: Date): boolean {
  return now.getTime() - Date.parse(announcedAt ?? since) > ANNOUNCE_AGAIN_AFTER_MS;
}

/** Every token that may be waited on, the newest known first. */
export function tokensOf({ taskToken, otherTokens = [] }: Pick<ParkedOrder, 'taskToken' | 'otherTokens'>): string[] {
  return taskToken === undefined ? [] : [taskToken, ...otherTokens];
}

/** Sort key of the row among the rows of one order. */
export function parkedItem(step: string): string {
  return `PARKED#${step}`;
}

/** Parked, and nobody has decided yet. */
export function isUndecided(row: ParkedOrder): boolean {
  return row.parkedState === 'OPEN' && row.decision === undefined;
}

/** Whether the order of the row waits. A second command under its id waits for an operator too, but the order goes on. */
export function holdsUpOrder(row: Readonly<Record<string, unknown>>): boolean {
  const { parkedState, reason } = row; // also of one that cannot be read whole
  return parkedState === 'OPEN' && reason !== 'IDENTITY_CONFLICT';
}

/** The step under which a broken execution parks its order: no single state of it can be answered. */
export const EXECUTION_STEP = 'Order saga';

/** The same for the workflow that cancels a confirmed order. */
export const CANCELLATION_STEP = 'Order cancellation';

/** The same for the workflow that refunds a return. */
export const RETURN_STEP = 'Order return';

/** What others did to the payment of an order that is paid: nothing waits, and the order does not leave. */
export const PAYMENT_REVIEW_STEP = 'Review payment';
