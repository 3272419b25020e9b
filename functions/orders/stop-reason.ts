import type { CancellationReason, OrderStatus } from '../../events/vocabulary.ts';
import type { SagaState } from '../../workflows/state-names.ts';
import type { OutcomeError, TransientError } from '../../workflows/workflow-names.ts';

/** Errors that say by themselves why an order ends. */
const REASON_OF_ERROR = new Map<string, CancellationReason>([
  ['OutOfStock', 'OUT_OF_STOCK'],
  ['PaymentDeclined', 'PAYMENT_DECLINED'],
  ['PaymentUnavailable', 'PAYMENT_UNAVAILABLE'],
  ['PaymentOutcomeUnknown', 'PAYMENT_UNAVAILABLE'],
  ['ProviderRepeatsFailure', 'PAYMENT_UNAVAILABLE'],
  ['PaymentCancelled', 'PAYMENT_CANCELLED'],
  ['PaymentRefused', 'PAYMENT_REFUSED'],
  // The provider does not do what we ask for: nobody is charged, and its log line says what it refuses.
  ['PaymentRequestRefused', 'PAYMENT_UNAVAILABLE'],
] satisfies [OutcomeError | TransientError, CancellationReason][]);

type ReasonOfTimeout = (status: OrderStatus | undefined) => CancellationReason;

/** Steps whose running out of time says why an order ends. */
const REASON_OF_TIMEOUT = {
  // The customer did not confirm only if the order waited for the customer; otherwise the provider did not answer.
  'Charge payment': (status) => (status === 'AWAITING_CUSTOMER' ? 'CONFIRMATION_EXPIRED' : 'PAYMENT_UNAVAILABLE'),
} satisfies Partial<Record<SagaState, ReasonOfTimeout>>;
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
