/**
 * What the workflows share with the functions which they invoke. Nothing but names and numbers: functions bundle this file.
 *
 * An execution that runs keeps the definition that it began with, so a name that is changed here still comes from
 * older executions. Functions therefore take any step's name, and know what these mean.
 */

/** Steps that wait for an operator when they cannot finish. `park-order` is told which one it is. */
export type ParkingStep =
  | 'Reserve inventory'
  | 'Charge payment'
  | 'Refund payment'
  | 'Release inventory'
  | 'Refund return';

/** How long `Charge payment` waits for its customer, whatever they try meanwhile. */
export const CUSTOMER_WAIT_SECONDS = 15 * 60;

/** Errors of our own that are worth another try; each is the `name` of an error that a function throws. */
export const TRANSIENT_ERRORS = [
  'StoreUnavailable',
  'TransactionConflict',
  'PaymentUnavailable',
  'PaymentRateLimited',
  'PaymentOutcomeUnknown',
] as const;
export type TransientError = (typeof TRANSIENT_ERRORS)[number];

/** Errors that decide where an order goes; each is the `name` of an error that a function throws. */
export type OutcomeError =
  | 'AmountMismatch'
  | 'IdentityConflict'
  | 'OrderAlreadyConfirmed'
  | 'OrderAlreadySettled'
  | 'OrderAlreadyShipped'
  | 'OrderNotConfirmed'
  | 'OutOfStock'
  | 'PaymentCancelled'
  | 'PaymentDeclined'
  | 'PaymentRefused'
  | 'PaymentRequestRefused'
  | 'ProviderRepeatsFailure'
  | 'SomethingToUndo'
  | 'TransactionConflict';
