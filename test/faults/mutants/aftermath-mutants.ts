import type { Mutant } from './mutant.ts';

const ANSWERS = 'functions/payments/provider/stripe-answers.ts';
const REFUNDS = 'functions/payments/provider/stripe-refunds.ts';
const MATCHER = 'functions/payments/webhook/webhook-matcher.ts';
const FOLLOWED = 'functions/payments/followed-events.ts';
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
    search: 'await this.#raise({\n      orderId,\n      currency,\n      kind: hold,',
    replace: 'if (hold.length === 0) await this.#raise({\n      orderId,\n      currency,\n      kind: hold,',
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
    search: 'if (claimed && !followsCharge && isOver(claimed, event.type))',
    replace: 'if (claimed && (followsCharge || isOver(claimed, event.type)))',
  },
  {
    name: 'the whole amount is given back, whatever others gave back before',
    file: 'functions/payments/provider/refund-plan.ts',
    search: 'amountMinor: (refunds) => amountMinor - refundedMinor(refunds),',
    replace: 'amountMinor: (refunds) => amountMinor + 0 * refundedMinor(refunds),',
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
    search: '  REFUND_FAILED: FAILED_REFUND_STEP,',
    replace: '  REFUND_FAILED: PAYMENT_REVIEW_STEP,',
  },
  {
    name: 'a full refund in the dashboard holds nothing',
    file: REVIEW,
    search: "return isGivenBack ? 'REFUNDED_BY_OTHERS' : undefined;",
    replace: "return isGivenBack && aftermath.disputes.length > 0 ? 'REFUNDED_BY_OTHERS' : undefined;",
  },
  {
    name: 'our own refund is taken for somebody else’s',
    file: REVIEW,
    search: 'aftermath.refunds.filter((refund) => refund.orderId !== orderId)',
    replace: 'aftermath.refunds.filter((refund) => refund.orderId !== correlationId)',
  },
  {
    name: 'a payment that was cancelled at the provider is blamed on us',
    file: 'functions/orders/stop-cause.ts',
    search: "['PaymentCancelled', 'PAYMENT_CANCELLED'],",
    replace: "['PaymentCancelled', 'INTERNAL_ERROR'],",
  },
  {
    name: 'a cancellation at the provider is not noticed',
    file: 'functions/payments/payment-settlement.ts',
    search: "return ledger.settle(row, 'CANCELLED');",
    replace: 'return undefined;',
  },
  {
    name: 'what no webhook told is not looked for',
    file: FOLLOWED,
    search: 'if (await isTaken(parts, event)) found += 1;',
    replace: 'if (event.id.length === 0 && (await isTaken(parts, event))) found += 1;',
  },
  {
    name: 'the list of events is followed by the time of the round, and not of the events',
    file: FOLLOWED,
    search: 'const fromMs = (followedUntil?.getTime() ?? nowMs - FIRST_LOOK_MS) - OVERLAP_MS;',
    replace: 'const fromMs = nowMs - 1_000 + 0 * ((followedUntil?.getTime() ?? FIRST_LOOK_MS) - OVERLAP_MS);',
  },
  {
    name: 'disputes are not among the events that are followed',
    file: FOLLOWED,
    search: 'selection: { types: AFTERMATH_EVENTS },',
    replace: "selection: { types: AFTERMATH_EVENTS.filter((type) => !type.startsWith('charge.dispute')) },",
  },
  {
    name: 'ends of payments that could not be delivered are looked for among those that were',
    file: 'functions/payments/provider/stripe-events.ts',
    search: 'isUndelivered === true && { delivery_success: false }',
    replace: 'isUndelivered === true && { delivery_success: true }',
  },
  {
    name: 'a dispute after our refund is shown to nobody',
    file: REVIEW,
    search: 'if (!isDisputed(aftermath)) return;',
    replace: 'if (!isDisputed(aftermath) || orderId.length > 0) return;',
  },
  {
    name: 'a fraud warning is not read',
    file: REVIEW,
    search: "if (aftermath.isFraudSuspected) return 'FRAUD_SUSPECTED';",
    replace: "if (aftermath.isFraudSuspected && isGivenBack) return 'FRAUD_SUSPECTED';",
  },
  {
    name: 'a refund that came to nothing before anybody knew is made again, and again',
    file: 'functions/payments/provider/refund-plan.ts',
    search: 'return done ?? (latest && !plan.isKnownFailure(latest.refundId) ? latest : undefined);',
    replace: 'return done;',
  },
  {
    name: 'what others gave back since we looked is asked for again',
    file: REFUNDS,
    search: "if (refundedMinor(standing) !== refundedMinor(before)) return 'keySpent';",
    replace: "if (refundedMinor(standing) < refundedMinor(before)) return 'keySpent';",
  },
  {
    name: 'the next attempt at a refund asks for what was open before',
    file: REFUNDS,
    search: '        standing = await this.of(paymentIntentId);\n        return lookedUp(',
    replace: '        await this.of(paymentIntentId);\n        return lookedUp(',
  },
  {
    name: 'a charge that others made is not noticed',
    file: 'functions/payments/payment-settlement.ts',
    search: "return ledger.settle(row, 'CHARGED');",
    replace: "return row.state === 'AWAITING_CUSTOMER' ? undefined : ledger.settle(row, 'CHARGED');",
  },
];
