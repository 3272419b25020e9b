import type { OrderId } from '../../events/vocabulary.ts';

/** Refusals of an operator's decision. All but the last one are terminal: the operator has to look again. */

/** No step of that name waits for an operator. */
export class NotParked extends Error {
  override readonly name = 'NotParked';
}

/** Somebody decided otherwise a moment ago. */
export class ParkAlreadyDecided extends Error {
  override readonly name = 'ParkAlreadyDecided';
}

/** The order has not ended, so it cannot be called resolved. */
export class StillOpen extends Error {
  override readonly name = 'StillOpen';
}

/** The provider still repeats its failure: a retry could only fail. */
export class RetryInVain extends Error {
  override readonly name = 'RetryInVain';
  /** What the caller needs to go on. */
  readonly facts: { readonly providerRepeatsFailureUntil: string };

  constructor(orderId: OrderId, until: string) {
    super(
      `The provider repeats the failure of order ${orderId} until ${until} at least. Refund there, then decide "resolved" with its reference; or send "anyway" with the retry`,
    );
    this.facts = { providerRepeatsFailureUntil: until };
  }
}

/** The execution cannot be continued by redriving it. */
export class RedriveRefused extends Error {
  override readonly name = 'RedriveRefused';
}

/** No workflow waits for the decision: its execution was stopped or has gone on. */
export class NothingWaits extends Error {
  override readonly name = 'NothingWaits';
}

/** Nobody knows whether the workflow heard the decision. Transient: the same decision again finishes it. */
export class DecisionUnconfirmed extends Error {
  override readonly name = 'DecisionUnconfirmed';
}
