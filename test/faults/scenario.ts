import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { OrderStatus, ParkReason } from '../../events/vocabulary.ts';
import type { Actor } from './actors.ts';

/** A story of one order. */
export interface Scenario {
  readonly name: string;
  readonly paymentMethodId: string;
  /** Whether the order waits for another method after a decline. */
  readonly allowPaymentRetry?: true;
  readonly stock: Readonly<Record<string, number>>;
  /** That the units of each product are spread over. */
  readonly shards?: number;
  /** No webhook of the provider ever arrives; the provider believes that each did. */
  readonly losesWebhooks?: true;
  /** The shop's webhook endpoint refuses every event, until the provider gives up. */
  readonly refusesWebhooks?: true;
  /** What people do, beside the shop and the provider. */
  readonly people: (order: BasketCheckedOut) => Actor;
  /** How it ends when nothing goes wrong. */
  readonly ending: Ending;
  /** What may wait for a person when a fault has the order undone: what a bank took, and when, decides. */
  readonly parkedWhenUndone?: readonly (readonly ParkReason[])[];
}

export interface Ending {
  readonly status: OrderStatus;
  readonly reason?: string;
  /** What an operator is shown besides. */
  readonly parked?: ParkReason | readonly ParkReason[];
}

/** An ending as a run tells it. */
export function toldEnding({ status, reason, parked }: Ending): string {
  if (parked !== undefined) return toldParkings([parked].flat());
  return reason === undefined ? status : `${status} (${reason})`;
}

/** The endings of an order that was undone as far as it can be, as a run tells them. */
export function toldUndone({ parkedWhenUndone = [] }: Scenario): string[] {
  return parkedWhenUndone.map(toldParkings);
}

function toldParkings(reasons: readonly ParkReason[]): string {
  return reasons.map((reason) => `parked ${reason}`).join(' + ');
}

/** Stock for whatever one customer wants. */
export const ENOUGH = { CUP: 10, POT: 5 };
export const NO_FUNDS = 'pm_card_chargeDeclinedInsufficientFunds';
/** For an order of two cups and a pot: the cups lie in two rows, and the pot may not be where it is looked for first. */
export const SCATTERED = { stock: { CUP: 3, POT: 1 }, shards: 3 };
