import type { CancellationReason, OrderStatus } from '../../events/vocabulary.ts';
import type { OutcomeError, SagaStep, TransientError } from '../../workflows/workflow-names.ts';

/** Errors that say by themselves why an order ends. */
const REASON_OF_ERROR = new Map<string, CancellationReason>([
  ['OutOfStock', 'OUT_OF_STOCK'],
  ['PaymentDeclined', 'PAYMENT_DECLINED'],
  ['PaymentUnavailable', 'PAYMENT_UNAVAILABLE'],
  ['PaymentOutcomeUnknown', 'PAYMENT_UNAVAILABLE'],
] satisfies [OutcomeError | TransientError, CancellationReason][]);

type ReasonOfTimeout = (status: OrderStatus | undefined) => CancellationReason;

/** Why an order ends when a step runs out of time. */
const REASON_OF_TIMEOUT = {
  'Create order': () => 'INTERNAL_ERROR',
  'Reserve inventory': () => 'INTERNAL_ERROR',
  // The customer did not confirm only if the order waited for the customer; otherwise the provider did not answer.
  'Charge payment': (status) => (status === 'AWAITING_CUSTOMER' ? 'CONFIRMATION_EXPIRED' : 'PAYMENT_UNAVAILABLE'),
  'Confirm order': () => 'INTERNAL_ERROR',
} satisfies Record<SagaStep, ReasonOfTimeout>;
const reasonsOfTimeout = new Map<string, ReasonOfTimeout>(Object.entries(REASON_OF_TIMEOUT));

/**
 * Why the order is cancelled, from the step that failed and how.
 * @param failedStep a step of the saga; one of an older definition too, whose execution still runs.
 */
export function cancellationReason(
  failedStep: string,
  errorName: string,
  status: OrderStatus | undefined,
): CancellationReason {
  const timedOut = errorName === 'States.Timeout' || errorName === 'States.HeartbeatTimeout';
  const reasonOfTimeout = timedOut ? reasonsOfTimeout.get(failedStep) : undefined;
  return reasonOfTimeout?.(status) ?? REASON_OF_ERROR.get(errorName) ?? 'INTERNAL_ERROR';
}
