import type { Mutant } from './mutant.ts';

const REFUND = 'functions/payments/payment-refund.ts';
const SETTLEMENT = 'functions/payments/payment-settlement.ts';
const RECORD = 'functions/payments/ledger/payment-record.ts';
const LEDGER = 'functions/payments/ledger/payment-ledger.ts';

/** Bugs in our own rows about money, and in what follows from them. */
export const PAYMENTS_MUTANTS: readonly Mutant[] = [
  {
    name: 'charge an amount that is one minor unit off',
    file: RECORD,
    search: 'amountMinor: totalMinor, currency, correlationId };',
    replace: 'amountMinor: totalMinor + 1, currency, correlationId };',
  },
  // Without the charge's own look at the state nothing differs: whoever comes to a settled row is answered, and with
  // the same error. The condition of the insert is what stops a charge that did not look.
  {
    name: 'ask for the money again although a tombstone stands',
    file: 'functions/payments/ledger/payment-rows.ts',
    search: "ConditionExpression: 'attribute_not_exists(orderId)',",
    replace: "ConditionExpression: 'attribute_not_exists(orderId) OR attribute_not_exists(paymentIntentId)',",
  },
  {
    name: 'compensation that forgets money already taken',
    file: REFUND,
    search: "if (kind === 'cancelled') {",
    replace: "if (kind === 'cancelled' || kind === 'alreadyCharged') {",
  },
  {
    name: 'nothing to undo when no row stands, whatever was attempted',
    file: REFUND,
    search: "if (!isChargeAttempted || row.state === 'DECLINED') return undone('nothingToUndo', row);",
    replace: "if (isChargeAttempted || row.state === 'DECLINED') return undone('nothingToUndo', row);",
  },
  {
    name: 'refund that leaves no tombstone',
    file: REFUND,
    search: '?? (await this.#ledger.bury(terms)).row;',
    replace: "?? ({ ...terms, state: 'CANCELLED', updatedAt: '' } as PaymentRecord);",
  },
  {
    name: 'money that arrives late is kept',
    file: SETTLEMENT,
    search: "const isTakenInVain = !transition.written && intent.outcome.kind === 'charged';",
    replace: 'const isTakenInVain = !transition.written && intent.outcome.kind === undefined;',
  },
  {
    name: 'the workflow is told before the row is written',
    file: SETTLEMENT,
    search: '    const transition = await this.#write(row, intent);',
    replace:
      "    if (intent.outcome.kind === 'charged') await this.answer({ ...row, state: 'CHARGED' });\n    const transition = await this.#write(row, intent);",
  },
  {
    name: 'the workflow is not told of a decline',
    file: SETTLEMENT,
    search:
      "answers.fail(token, 'PaymentDeclined' satisfies OutcomeError, shownDecline(row.declineCode ?? 'unknown'));",
    replace: "Promise.resolve('late');",
  },
  {
    name: 'an order that waits for another method is told of its decline',
    file: SETTLEMENT,
    search: 'return isOffered ? undefined : ledger.decline(row, declineCode);',
    replace:
      "return isOffered === undefined ? undefined : ledger.decline({ ...row, waitsFor: isOffered ? 'ANOTHER_METHOD' : row.waitsFor }, declineCode);",
  },
  {
    name: 'the decline of the first method taken for that of the second',
    file: SETTLEMENT,
    search: "if (row.waitsFor === 'PROVIDER' && declinedMethodId !== row.triedMethodId) return undefined;",
    replace: '',
  },
  {
    name: 'another method is asked for under the key of the first',
    file: 'functions/payments/provider/stripe-gateway.ts',
    search: '`confirm-${method.attempt}`',
    replace: "'confirm'",
  },
  {
    name: 'whoever tries no other method is blamed for not confirming',
    file: 'functions/orders/stop-cause.ts',
    search: "present.customerAction === 'PAY_AGAIN' ? 'PAYMENT_DECLINED'",
    replace: "present.customerAction === undefined ? 'PAYMENT_DECLINED'",
  },
  {
    name: 'a payment row settles as often as somebody likes',
    file: LEDGER,
    search: "const OPEN_STATES: readonly PaymentState[] = ['REQUESTED', 'AWAITING_CUSTOMER'];",
    replace: "const OPEN_STATES: readonly PaymentState[] = ['REQUESTED', 'AWAITING_CUSTOMER', 'CANCELLED', 'CHARGED'];",
  },
  {
    name: 'the token of a further attempt is not kept',
    file: LEDGER,
    search: 'add: { attempt: 1, otherTokens: new Set([taskToken]) },',
    replace: 'add: { attempt: 1 },',
  },
  {
    name: 'the token that came last takes the place of the others',
    file: LEDGER,
    search: ': {},\n      add: { attempt: 1, otherTokens: new Set([taskToken]) },',
    replace: ': { taskToken },\n      add: { attempt: 1 },',
  },
  {
    name: 'a charge that is tried again asks for money though its customer has cancelled',
    file: 'functions/payments/payment-charge.ts',
    search: 'if (hasWaited(attempt) && isNothingSettled(known)) await',
    replace: 'if (hasWaited(attempt) && known?.state === "CHARGED") await',
  },
];
