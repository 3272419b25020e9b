import type { Mutant } from './mutant.ts';

const ANSWERS = 'functions/payments/provider/stripe-answers.ts';
const REFUNDS = 'functions/payments/provider/stripe-refunds.ts';
const MATCHER = 'functions/payments/webhook/webhook-matcher.ts';
const REVIEW = 'functions/payments/payment-review.ts';

/** Bugs in what follows a charge: refunds that fail, and what banks and other people do to a payment. */
export const AFTERMATH_MUTANTS: readonly Mutant[] = [
  {
    name: 'a disputed order is shown and not held',
    file: REVIEW,
    search: 'if (!(await this.#ledger.hold(orderId, hold))) return;',
    replace: 'if (hold.length === 0) return;',
  },
  {
    name: 'a disputed order is held and not shown',
    file: REVIEW,
    search: 'await this.#raise({ orderId, kind: hold,',
    replace: 'if (hold.length === 0) await this.#raise({ orderId, kind: hold,',
  },
  {
    name: 'what follows a charge is not looked at',
    file: MATCHER,
    search: 'if (event.followsCharge) await',
    replace: "if (event.type === 'nothing') await",
  },
  {
    name: 'a settled payment is taken for the end of it',
    file: MATCHER,
    search: 'if (claimed && !followsCharge && isOver(claimed))',
    replace: 'if (claimed && (followsCharge || isOver(claimed)))',
  },
  {
    name: 'the whole amount is given back, whatever others gave back before',
    file: REFUNDS,
    search: 'const openMinor = terms.amountMinor - refundedMinor(before);',
    replace: 'const openMinor = terms.amountMinor + 0 * refundedMinor(before);',
  },
  {
    name: 'a refund that failed counts as made',
    file: 'functions/payments/provider/payment-gateway.ts',
    search: ".filter(({ standing }) => standing !== 'failed')",
    replace: '.filter(({ standing }) => standing.length > 0)',
  },
  {
    name: 'a failed refund is listed one cent short',
    file: REVIEW,
    search: 'exposureMinor: Math.max(0, amountMinor - given),',
    replace: 'exposureMinor: Math.max(0, amountMinor - given - 1),',
  },
  {
    name: 'a refund that came to nothing is read as made',
    file: ANSWERS,
    search: "return 'failed';",
    replace: "return 'made';",
  },
  {
    name: 'an open dispute is read as settled for us',
    file: ANSWERS,
    search: "return 'open';",
    replace: "return 'settledForUs';",
  },
  {
    name: 'a failed refund is shown as a payment to look at',
    file: 'functions/parking/payment-concern.ts',
    search: "step: kind === 'REFUND_FAILED' ? FAILED_REFUND_STEP : PAYMENT_REVIEW_STEP,",
    replace: "step: kind === 'REFUND_FAILED' && orderId.length === 0 ? FAILED_REFUND_STEP : PAYMENT_REVIEW_STEP,",
  },
  {
    name: 'a full refund in the dashboard holds nothing',
    file: REVIEW,
    search: "return isGivenBack ? 'REFUNDED_BY_OTHERS' : undefined;",
    replace: "return isGivenBack && disputes.length > 0 ? 'REFUNDED_BY_OTHERS' : undefined;",
  },
  {
    name: 'our own refund is taken for somebody else’s',
    file: REVIEW,
    search: 'aftermath.refunds.filter((refund) => refund.orderId !== orderId)',
    replace: 'aftermath.refunds.filter((refund) => refund.orderId !== correlationId)',
  },
  {
    name: 'a payment that was cancelled at the provider is blamed on us',
    file: 'functions/orders/stop-reason.ts',
    search: "['PaymentCancelled', 'PAYMENT_CANCELLED'],",
    replace: "['PaymentCancelled', 'INTERNAL_ERROR'],",
  },
  {
    name: 'a cancellation at the provider is not noticed',
    file: 'functions/payments/payment-settlement.ts',
    search: "return ledger.settle(row, 'CANCELLED');",
    replace: 'return undefined;',
  },
];
