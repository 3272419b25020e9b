import { DeclineCode } from '../../events/vocabulary.ts';

/**
 * Declines after which the shop asks for no other card: the bank, or the provider, takes the card for stolen or the buyer
 * for a fraud (docs.stripe.com/declines/codes).
 */
const FINAL_DECLINES: ReadonlySet<string> = new Set([
  'fraudulent',
  'lost_card',
  'merchant_blacklist',
  'pickup_card',
  'stolen_card',
]);

const GENERIC_DECLINE = 'generic_decline';

export function isFinalDecline(declineCode: string): boolean {
  return FINAL_DECLINES.has(declineCode);
}

/** The code of a decline as a customer may see it: of those that accuse somebody the provider asks to say no more. */
export function shownDecline(declineCode: string): string {
  const isTold = DeclineCode.safeParse(declineCode).success && !isFinalDecline(declineCode);
  return isTold ? declineCode : GENERIC_DECLINE;
}
