import type { OutcomeError, TransientError } from '../../workflows/workflow-names.ts';

/** What a payment step may end with. The workflow matches on `name`; each says whether a retry can help. */

/**
 * Transient: the provider is down, holds the object locked or refuses our key, and has done nothing for this order by
 * this call.
 */
export class PaymentUnavailable extends Error {
  override readonly name = 'PaymentUnavailable' satisfies TransientError;
}

/**
 * Transient: calls come faster than the provider allows, and it did nothing for this one. Whoever sends it again must
 * leave it time: others wait for the same limit. What calls before it did may still be unknown.
 */
export class PaymentRateLimited extends Error {
  override readonly name = 'PaymentRateLimited' satisfies TransientError;
}

/**
 * Transient: the provider may or may not have acted and could not be asked, or the workflow could not be told. Never to
 * be taken for a decline.
 */
export class PaymentOutcomeUnknown extends Error {
  override readonly name = 'PaymentOutcomeUnknown' satisfies TransientError;
}

/** Terminal: the payment was given up before (a tombstone stands in its place); it must not be charged any more. */
export class PaymentCancelled extends Error {
  override readonly name = 'PaymentCancelled';
}

/** Terminal: what the provider holds is not what this order asks for. A person must look. */
export class AmountMismatch extends Error {
  override readonly name = 'AmountMismatch' satisfies OutcomeError;
}

/** Terminal: the provider refuses the refund for good. A person must give the money back. */
export class RefundFailed extends Error {
  override readonly name = 'RefundFailed';
}

/**
 * Terminal while the dispute lasts: the customer's bank has the money of the charge, so the provider refunds nothing. It
 * is ours to give back only if the dispute is won.
 */
export class ChargeDisputed extends Error {
  override readonly name = 'ChargeDisputed';
}

/** Terminal: the provider will never take this amount or this currency. The order ends, and nobody is to blame for it. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused';
}

/**
 * Terminal for a day: the provider holds a failure under each of our keys and repeats it until it forgets them. Nothing
 * can be asked of it for this order by us until then.
 */
export class ProviderRepeatsFailure extends Error {
  override readonly name = 'ProviderRepeatsFailure';
}

/** Terminal: this order is not being cancelled, so its money stays. */
export class RefundNotDue extends Error {
  override readonly name = 'RefundNotDue';
}

/** Terminal: a return is worth more than what is left of the payment. A person must decide what the customer gets. */
export class RefundExceedsPayment extends Error {
  override readonly name = 'RefundExceedsPayment';
}

/** Terminal: the order does not wait for a payment of its customer, or not any more. */
export class PaymentNotAwaited extends Error {
  override readonly name = 'PaymentNotAwaited';
}

/** Terminal for this method: an attempt with another one is under way, or waits for the customer's bank. */
export class PaymentUnderWay extends Error {
  override readonly name = 'PaymentUnderWay';
}

/** What the provider complains about: the customer's payment method, or how we ask. */
export type RefusedPart = 'paymentMethod' | 'request';

/** Terminal: the provider refuses to make an intent, or to charge it, and did nothing. */
export class PaymentRequestRefused extends Error {
  override readonly name = 'PaymentRequestRefused' satisfies OutcomeError;
  /** The provider's error code, e.g. `resource_missing`. */
  readonly code: string;
  readonly part: RefusedPart;

  constructor(code: string, part: RefusedPart, options: ErrorOptions) {
    super(`The payment provider refuses the ${part}: ${code}`, options);
    this.code = code;
    this.part = part;
  }
}
