import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { ParkReason, ReturnId } from '../../events/vocabulary.ts';
import { CancellationInput } from '../orders/cancellation-request.ts';
import { ReturnInput } from '../orders/returns/return-workflow.ts';
import { CANCELLATION_STEP, EXECUTION_STEP, RETURN_STEP } from './parked-order.ts';

/** The endings of an execution that mean that something of ours broke. */
const REASON_OF_STATUS = {
  FAILED: 'EXECUTION_FAILED',
  TIMED_OUT: 'EXECUTION_TIMED_OUT',
  ABORTED: 'EXECUTION_ABORTED',
} as const satisfies Record<string, ParkReason>;

/** The part that we need of EventBridge's "Step Functions Execution Status Change". */
const StatusChange = z.object({
  detail: z.object({
    executionArn: z.string().min(1),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    /** The execution's input; null when it was too large for the event, which ours never is. */
    input: z.string(),
    error: z.string().nullish(),
  }),
});

/** An execution that ended without an outcome for its order. */
export interface FailedExecution {
  readonly order: BasketCheckedOut;
  /** Which of the order's workflows broke, as the parking names it. */
  readonly step: typeof EXECUTION_STEP | typeof CANCELLATION_STEP | typeof RETURN_STEP;
  /** The return that a broken `order-return` was about. */
  readonly returnId?: ReturnId;
  readonly executionArn: string;
  readonly reason: ParkReason;
  readonly errorName: string;
}

/** @throws ZodError or SyntaxError when the event is not a failure of an order's execution. */
export function failedExecutionOf(event: unknown): FailedExecution {
  const { executionArn, status, input, error } = StatusChange.parse(event).detail;
  return { ...workOf(JSON.parse(input)), executionArn, reason: REASON_OF_STATUS[status], errorName: error ?? status };
}

/** A saga's input is the order command; a cancellation's says besides who cancels, a return's which return it is. */
function workOf(input: unknown): Pick<FailedExecution, 'order' | 'step' | 'returnId'> {
  const cancellation = CancellationInput.safeParse(input);
  if (cancellation.success) return { order: cancellation.data.order, step: CANCELLATION_STEP };
  const refunded = ReturnInput.safeParse(input);
  if (refunded.success) return { ...refunded.data, step: RETURN_STEP };
  return { order: BasketCheckedOut.received.parse(input), step: EXECUTION_STEP };
}
