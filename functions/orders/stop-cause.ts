import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { DeclineCode, type CancellationReason } from '../../events/vocabulary.ts';
import type { SagaState } from '../../workflows/state-names.ts';
import type { OutcomeError, TransientError } from '../../workflows/workflow-names.ts';
import { shortSkusIn } from '../inventory/inventory-errors.ts';
import { readFailedInvocation } from '../platform/failed-invocation.ts';
import type { OrderRecord } from './order-record.ts';
import type { StopCause } from './order-steps.ts';

/** Errors that say by themselves why an order ends. */
const REASON_OF_ERROR = new Map<string, CancellationReason>([
  ['OutOfStock', 'OUT_OF_STOCK'],
  ['PaymentDeclined', 'PAYMENT_DECLINED'],
  ['PaymentUnavailable', 'PAYMENT_UNAVAILABLE'],
  ['PaymentRateLimited', 'PAYMENT_UNAVAILABLE'],
  ['PaymentOutcomeUnknown', 'PAYMENT_UNAVAILABLE'],
  ['ProviderRepeatsFailure', 'PAYMENT_UNAVAILABLE'],
  ['PaymentCancelled', 'PAYMENT_CANCELLED'],
  ['PaymentRefused', 'PAYMENT_REFUSED'],
  // The provider does not do what we ask for: nobody is charged, and its log line says what it refuses.
  ['PaymentRequestRefused', 'PAYMENT_UNAVAILABLE'],
] satisfies [OutcomeError | TransientError, CancellationReason][]);

type ReasonOfTimeout = (present: OrderRecord | undefined) => CancellationReason;

/** Steps whose running out of time says why an order ends. */
const REASON_OF_TIMEOUT = {
  'Charge payment': unpaidInTime,
} satisfies Partial<Record<SagaState, ReasonOfTimeout>>;
const reasonsOfTimeout = new Map<string, ReasonOfTimeout>(Object.entries(REASON_OF_TIMEOUT));

/** The customer is to blame only if the order waited for the customer; otherwise the provider did not answer. */
function unpaidInTime(present: OrderRecord | undefined): CancellationReason {
  if (present?.status !== 'AWAITING_CUSTOMER') return 'PAYMENT_UNAVAILABLE';
  return present.customerAction === 'PAY_AGAIN' ? 'PAYMENT_DECLINED' : 'CONFIRMATION_EXPIRED';
}

/** How a step of the saga failed. */
export interface FailedStep {
  /** One of an older definition too, whose execution still runs. */
  readonly failedStep: string;
  /** The name of its error. */
  readonly error: string;
  /** What Step Functions says of it; not known of executions of an older definition. */
  readonly cause?: string | undefined;
}

/** Why the order is cancelled, and which line or payment was the matter. */
export function stopCause(
  failure: FailedStep,
  order: Pick<BasketCheckedOut, 'lines'>,
  present: OrderRecord | undefined,
): StopCause {
  const reason = reasonOf(failure, present);
  return { reason, ...(reason === 'OUT_OF_STOCK' && shortLinesOf(failure, order)), ...declineOf(failure) };
}

function reasonOf({ failedStep, error }: FailedStep, present: OrderRecord | undefined): CancellationReason {
  const timedOut = error === 'States.Timeout' || error === 'States.HeartbeatTimeout';
  const reasonOfTimeout = timedOut ? reasonsOfTimeout.get(failedStep) : undefined;
  return reasonOfTimeout?.(present) ?? REASON_OF_ERROR.get(error) ?? 'INTERNAL_ERROR';
}

function shortLinesOf({ cause }: FailedStep, { lines }: Pick<BasketCheckedOut, 'lines'>): Partial<StopCause> {
  const message = readFailedInvocation(cause)?.errorMessage;
  const skus = message === undefined ? new Set() : shortSkusIn(message);
  const shortLines = lines.flatMap(({ sku, name }) =>
    skus.has(sku) ? [{ sku, ...(name !== undefined && { name }) }] : [],
  );
  return shortLines.length === 0 ? {} : { shortLines };
}

/** Whoever settled the payment said why. */
function declineOf({ error, cause }: FailedStep): Partial<StopCause> {
  const declineCode = DeclineCode.safeParse(error === 'PaymentDeclined' ? cause : undefined);
  return declineCode.success ? { declineCode: declineCode.data } : {};
}
