import type { OutcomeError } from '../../workflows/workflow-names.ts';
import { BusinessOutcome } from '../platform/errors.ts';

/** Business outcomes of a step on the order row. All terminal: retrying cannot change them. */

/** The order ended, or is being cancelled: this execution has nothing to do. */
export class OrderAlreadySettled extends BusinessOutcome {
  override readonly name = 'OrderAlreadySettled' satisfies OutcomeError;
}

/** Another command has the same order id. The first one wins. */
export class IdentityConflict extends Error {
  override readonly name = 'IdentityConflict' satisfies OutcomeError;
}

/** The order is being cancelled or is: it must not move towards its confirmation any more. */
export class OrderStopped extends BusinessOutcome {
  override readonly name = 'OrderStopped';
}

/** The order is sold: it cannot be stopped by the saga any more. */
export class OrderAlreadyConfirmed extends BusinessOutcome {
  override readonly name = 'OrderAlreadyConfirmed' satisfies OutcomeError;
}

/** The order cannot end at once: somebody stopped it, or its stock or its payment was taken. Undoing it step by step is safe. */
export class SomethingToUndo extends BusinessOutcome {
  override readonly name = 'SomethingToUndo' satisfies OutcomeError;
}

/** The order has left the warehouse: a cancellation comes too late. */
export class OrderAlreadyShipped extends Error {
  override readonly name = 'OrderAlreadyShipped' satisfies OutcomeError;
}

/** The order is not confirmed (yet, or any more), so there is no sale to stop and nothing to ship. */
export class OrderNotConfirmed extends Error {
  override readonly name = 'OrderNotConfirmed' satisfies OutcomeError;
}

/** A person must look at the order's payment before it leaves: a dispute, a warning, or its money was given back. */
export class OrderHeld extends Error {
  override readonly name = 'OrderHeld';
}

/** The order left in a parcel of another carrier or number: what is said now would be lost. */
export class ParcelMismatch extends Error {
  override readonly name = 'ParcelMismatch';
}

/** Somebody changed the order since it was looked at. */
export class OrderChanged extends Error {
  override readonly name = 'OrderChanged';
  readonly version: number;

  constructor(message: string, version: number) {
    super(message);
    this.version = version;
  }
}

/** A parcel would hold more than is left to ship. */
export class UnitsNotLeft extends Error {
  override readonly name = 'UnitsNotLeft';
  readonly left: readonly { readonly sku: string; readonly quantity: number }[];

  constructor(message: string, left: UnitsNotLeft['left']) {
    super(message);
    this.left = left;
  }
}

/** The order has no parcel of this number. */
export class ParcelNotFound extends Error {
  override readonly name = 'ParcelNotFound';
}

/** The order has not left the warehouse, so it cannot have arrived. */
export class OrderNotShipped extends Error {
  override readonly name = 'OrderNotShipped';
}

/** The stock of an order that was to be confirmed is not held. Something released it; the saga must compensate. */
export class ReservationNotHeld extends Error {
  override readonly name = 'ReservationNotHeld';
}

/** The step needs an order row, and there is none. */
export class OrderNotFound extends Error {
  override readonly name = 'OrderNotFound';
}
