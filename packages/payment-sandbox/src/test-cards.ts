/** What happens when a payment method is charged. */
export type CardBehaviour =
  | { readonly kind: 'approved' }
  | { readonly kind: 'declined'; readonly code: string; readonly declineCode: string; readonly message: string }
  | { readonly kind: 'authenticationRequired' };

/** Stripe's test payment methods (docs.stripe.com/testing) that this sandbox knows. */
const CARDS: Readonly<Record<string, CardBehaviour>> = {
  pm_card_visa: { kind: 'approved' },
  pm_card_mastercard: { kind: 'approved' },
  pm_card_chargeDeclined: declined('card_declined', 'generic_decline', 'Your card was declined.'),
  pm_card_visa_chargeDeclined: declined('card_declined', 'generic_decline', 'Your card was declined.'),
  pm_card_chargeDeclinedInsufficientFunds: insufficientFunds(),
  pm_card_visa_chargeDeclinedInsufficientFunds: insufficientFunds(),
  pm_card_chargeDeclinedProcessingError: processingError(),
  pm_card_visa_chargeDeclinedProcessingError: processingError(),
  pm_card_authenticationRequired: { kind: 'authenticationRequired' },
  pm_card_threeDSecure2Required: { kind: 'authenticationRequired' },
};

/** Undefined when no such payment method exists. */
export function findCard(paymentMethod: string): CardBehaviour | undefined {
  return Object.hasOwn(CARDS, paymentMethod) ? CARDS[paymentMethod] : undefined;
}

function insufficientFunds(): CardBehaviour {
  return declined('card_declined', 'insufficient_funds', 'Your card has insufficient funds.');
}

function processingError(): CardBehaviour {
  const message = 'An error occurred while processing your card. Try again in a little bit.';
  return declined('processing_error', 'processing_error', message);
}

function declined(code: string, declineCode: string, message: string): CardBehaviour {
  return { kind: 'declined', code, declineCode, message };
}
