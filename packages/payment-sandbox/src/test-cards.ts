/** What happens to a charge, and afterwards, when a payment method is used. */
export interface CardBehaviour {
  /** The customer must authenticate before anything else is decided. */
  readonly needsAuthentication?: true;
  readonly decline?: Decline;
  /** How a refund ends that is made at once as `pending` or `succeeded`. */
  readonly refund?: 'pending' | 'failsLater';
  /** What comes right after the charge. */
  readonly aftermath?: 'dispute' | 'inquiry' | 'notReceived' | 'fraudWarning';
}

/** A refusal of the card, in the provider's words. */
export interface Decline {
  readonly code: string;
  readonly declineCode?: string;
  readonly message: string;
  readonly param?: string;
  readonly adviceCode?: string;
}

/** docs.stripe.com/declines/codes, as the list in stripe-go's error.go has it. */
export const DECLINE_CODES = [
  'approve_with_id',
  'authentication_not_handled',
  'authentication_required',
  'call_issuer',
  'card_not_supported',
  'card_velocity_exceeded',
  'currency_not_supported',
  'do_not_honor',
  'do_not_try_again',
  'duplicate_transaction',
  'expired_card',
  'fraudulent',
  'generic_decline',
  'incorrect_address',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_pin',
  'incorrect_zip',
  'insufficient_funds',
  'invalid_account',
  'invalid_amount',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'invalid_number',
  'invalid_pin',
  'issuer_not_available',
  'lost_card',
  'merchant_blacklist',
  'new_account_information_available',
  'no_action_taken',
  'not_permitted',
  'offline_pin_required',
  'online_or_offline_pin_required',
  'pickup_card',
  'pin_try_exceeded',
  'processing_error',
  'reenter_transaction',
  'restricted_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'security_violation',
  'service_not_allowed',
  'stolen_card',
  'stop_payment_order',
  'testmode_decline',
  'transaction_not_allowed',
  'try_again_later',
  'withdrawal_count_limit_exceeded',
] as const;
export type DeclineCode = (typeof DECLINE_CODES)[number];

/** Decline codes whose error has a code of the same name; all others are `card_declined`. */
const CODES_OF_THEIR_OWN: Readonly<Partial<Record<DeclineCode, Partial<Decline>>>> = {
  authentication_required: { message: 'Your card was declined. This transaction requires authentication.' },
  expired_card: { message: 'Your card has expired.', param: 'exp_month', adviceCode: 'confirm_card_data' },
  incorrect_cvc: {
    message: "Your card's security code is incorrect.",
    param: 'cvc',
    adviceCode: 'confirm_card_data',
  },
  incorrect_number: { message: 'Your card number is incorrect.', param: 'number' },
  incorrect_zip: { message: "Your card's zip code failed validation.", param: 'address_zip' },
  invalid_cvc: { message: "Your card's security code is invalid.", param: 'cvc' },
  invalid_expiry_month: { message: "Your card's expiration month is invalid.", param: 'exp_month' },
  invalid_expiry_year: { message: "Your card's expiration year is invalid.", param: 'exp_year' },
  invalid_number: { message: 'Your card number is invalid.', param: 'number' },
  processing_error: {
    message: 'An error occurred while processing your card. Try again in a little bit.',
    adviceCode: 'try_again_later',
  },
};

const APPROVED: CardBehaviour = {};

/** Test payment methods (docs.stripe.com/testing), without the `pm_card_` in front. */
const CARDS: Readonly<Record<string, CardBehaviour>> = {
  visa: APPROVED,
  visa_debit: APPROVED,
  mastercard: APPROVED,
  mastercard_debit: APPROVED,
  mastercard_prepaid: APPROVED,
  amex: APPROVED,
  discover: APPROVED,
  diners: APPROVED,
  jcb: APPROVED,
  unionpay: APPROVED,
  bypassPending: APPROVED,
  chargeDeclined: declined('generic_decline'),
  visa_chargeDeclined: declined('generic_decline'),
  chargeCustomerFail: declined('generic_decline'),
  chargeDeclinedInsufficientFunds: declined('insufficient_funds'),
  visa_chargeDeclinedInsufficientFunds: declined('insufficient_funds'),
  visa_chargeDeclinedLostCard: declined('lost_card'),
  visa_chargeDeclinedStolenCard: declined('stolen_card'),
  visa_chargeDeclinedVelocityLimitExceeded: declined('card_velocity_exceeded'),
  chargeDeclinedExpiredCard: declined('expired_card'),
  chargeDeclinedIncorrectCvc: declined('incorrect_cvc'),
  chargeDeclinedProcessingError: declined('processing_error'),
  visa_chargeDeclinedProcessingError: declined('processing_error'),
  chargeDeclinedFraudulent: declined('fraudulent'),
  radarBlock: declined('fraudulent'),
  authenticationRequired: { needsAuthentication: true },
  threeDSecure2Required: { needsAuthentication: true },
  threeDSecureRequired: { needsAuthentication: true },
  threeDSecureRequiredChargeDeclined: { needsAuthentication: true, ...declined('generic_decline') },
  pendingRefund: { refund: 'pending' },
  refundFail: { refund: 'failsLater' },
  createDispute: { aftermath: 'dispute' },
  createDisputeProductNotReceived: { aftermath: 'notReceived' },
  createDisputeInquiry: { aftermath: 'inquiry' },
  createIssuerFraudRecord: { aftermath: 'fraudWarning' },
};

/**
 * The behaviour of a test card, by the part of its name after `pm_card_` or `tok_`. The provider has test cards for
 * some decline codes only; for the others `declined_<code>` is this sandbox's own.
 */
export function findCard(name: string): CardBehaviour | undefined {
  if (Object.hasOwn(CARDS, name)) return CARDS[name];
  const code = DECLINE_CODES.find((candidate) => name === `declined_${candidate}`);
  return code && declined(code);
}

function declined(declineCode: DeclineCode): { readonly decline: Decline } {
  const own = CODES_OF_THEIR_OWN[declineCode];
  const message =
    declineCode === 'insufficient_funds' ? 'Your card has insufficient funds.' : 'Your card was declined.';
  return { decline: { code: own ? declineCode : 'card_declined', declineCode, message, ...own } };
}

/** What the customer who fails 3-D Secure leaves behind: the provider gives no decline code for it. */
export const AUTHENTICATION_FAILED: Decline = {
  code: 'payment_intent_authentication_failure',
  message:
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
};
