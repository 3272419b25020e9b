import type { SourcePatch } from './source-patches.ts';

/** A deliberate bug: what it breaks, and where. */
export interface Mutant extends SourcePatch {
  readonly name: string;
}

const JOURNAL = 'functions/orders/order-journal.ts';
const STEPS = 'functions/orders/order-steps.ts';
const STOCK = 'functions/inventory/stock-ledger.ts';
const CHARGE = 'functions/payments/payment-charge.ts';
const REFUND = 'functions/payments/payment-refund.ts';
const SETTLEMENT = 'functions/payments/payment-settlement.ts';
const LEDGER = 'functions/payments/payment-ledger.ts';
const GATEWAY = 'functions/payments/stripe-gateway.ts';
const PARKING = 'functions/orders/parking-lot.ts';
const SAGA = 'workflows/order-saga.asl.json';

/** Bugs that somebody could make. Each must break a rule in some run; one that breaks none shows a missing rule. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'reserve without asking whether there is enough',
    file: STOCK,
    search: "ConditionExpression: 'available >= :quantity',",
    replace: "ConditionExpression: 'attribute_exists(sku)',",
  },
  {
    name: 'reserve again although a reservation stands',
    file: STOCK,
    search: "ConditionExpression: 'attribute_not_exists(orderId)',",
    replace: "ConditionExpression: 'attribute_not_exists(nothing)',",
  },
  {
    name: 'hold nothing while taking from what is available',
    file: STOCK,
    search: 'SET available = available - :quantity, onHold = onHold + :quantity',
    replace: 'SET available = available - :quantity, onHold = onHold + :one - :one',
  },
  {
    name: 'give one unit back whatever was held',
    file: STOCK,
    search: 'SET available = available + :quantity, onHold = onHold - :quantity',
    replace: 'SET available = available + :one, onHold = onHold - :one',
  },
  {
    name: 'release without looking at the state of the reservation',
    file: STOCK,
    search: "'#state = :standing AND #lines = :lines AND attribute_not_exists(shippedAt)'",
    replace: "'#lines = :lines AND attribute_not_exists(shippedAt) AND :standing <> :released'",
  },
  {
    name: 'release that leaves no tombstone',
    file: STOCK,
    search: "? [this.#insert({ orderId, state: 'RELEASED', lines: [], releasedAt })]",
    replace:
      "? [{ ConditionCheck: { TableName: this.#reservationsTable, Key: { orderId }, ConditionExpression: 'attribute_not_exists(orderId)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } }]",
  },
  {
    name: 'release that only pretends',
    file: 'functions/inventory/release-inventory.ts',
    search: 'await ledger.release(order.orderId, releasable);',
    replace: 'void releasable;',
  },
  {
    name: 'reserve the first line only',
    file: 'functions/inventory/reserve-inventory.ts',
    search: 'await ledger.reserve(order.orderId, order.lines);',
    replace: 'await ledger.reserve(order.orderId, order.lines.slice(0, 1));',
  },
  {
    name: 'a conflict taken for out of stock',
    file: 'functions/platform/transaction.ts',
    search: "if (codes.some((code) => TRANSIENT_CODES.has(code))) return 'contention';",
    replace:
      'if (codes.some((code) => TRANSIENT_CODES.has(code))) return new ConditionsFailed([{ index: 1, tableName: tableNameOf(items[1]), row: undefined }], { cause: error });',
  },
  {
    name: 'an order row written over whatever stands',
    file: JOURNAL,
    search: "ConditionExpression: 'attribute_not_exists(orderId)',",
    replace: "ConditionExpression: 'attribute_not_exists(nothing)',",
  },
  {
    name: 'a transition that ignores the status before it',
    file: JOURNAL,
    search: 'ConditionExpression: `#status = :from AND version = :version AND eventSeq = :seq${sameReason}`,',
    replace:
      'ConditionExpression: `(#status = :from AND version = :version AND eventSeq = :seq) OR attribute_exists(orderId)`,',
  },
  {
    name: 'a transition without its history',
    file: JOURNAL,
    search: 'this.#historyPut(counted, history),',
    replace: '...(counted.version === 2 ? [] : [this.#historyPut(counted, history)]),',
  },
  {
    name: 'a transition without its event',
    file: JOURNAL,
    search: '...(event === undefined ? [] : [event.toOutbox(counted.eventSeq, this.#outboxTable, at)]),',
    replace:
      '...(event === undefined || counted.version > 1 ? [] : [event.toOutbox(counted.eventSeq, this.#outboxTable, at)]),',
  },
  {
    name: 'events that all have the same number',
    file: JOURNAL,
    search: '[event.toOutbox(counted.eventSeq, this.#outboxTable, at)]',
    replace: '[event.toOutbox(1, this.#outboxTable, at)]',
  },
  {
    name: 'confirm without committing the hold',
    file: 'functions/orders/confirm-order.ts',
    search: '{ executionArn, alongside: [hold] }',
    replace: '{ executionArn, alongside: hold === undefined ? [hold] : [] }',
  },
  {
    name: 'confirm an order that was stopped',
    file: STEPS,
    search: '    refuseStopped(present);\n    if (isSold(present.status)) return settled(present);',
    replace:
      '    if (isSold(present.status)) return settled(present);\n    if (isStopped(present.status)) return settled(present);',
  },
  {
    name: 'stop an order that is sold',
    file: STEPS,
    search: 'if (current !== undefined && isSold(current.status)) {',
    replace: "if (current !== undefined && current.status === 'DELIVERED') {",
  },
  {
    name: 'another command under the same id taken for a copy',
    file: 'functions/orders/saga-starter.ts',
    search: "if (hash === firstHash) return 'duplicate';",
    replace: "if (hash !== '') return 'duplicate';",
  },
  {
    name: 'an unknown cancellation reason',
    file: 'functions/orders/stop-reason.ts',
    search: "return REASON_OF_ERROR.get(errorName) ?? 'INTERNAL_ERROR';",
    replace: "return REASON_OF_ERROR.get('nothing') ?? 'INTERNAL_ERROR';",
  },
  {
    name: 'charge an amount that is one minor unit off',
    file: CHARGE,
    search: 'amountMinor: totalMinor, currency, correlationId };',
    replace: 'amountMinor: totalMinor + 1, currency, correlationId };',
  },
  {
    name: 'ask for the money again although a tombstone stands',
    file: CHARGE,
    search: "if (row.state === 'CANCELLED' || row.state === 'REFUNDED') {",
    replace: "if (row.state === 'REFUNDED') {",
  },
  {
    name: 'a new key for every attempt to make an intent',
    file: GATEWAY,
    search: 'const outcome = await attempt(`${orderId}:${operation}:${n}`);',
    replace: 'const outcome = await attempt(`${orderId}:${operation}:${n}:${Math.random()}`);',
  },
  {
    name: 'an unknown outcome taken for a decline',
    file: GATEWAY,
    search: 'if (declined) return { result: declined };',
    replace:
      "if (declined) return { result: declined };\n        if (answer === undefined) return { result: { paymentIntentId, orderId, amountMinor: 0, currency: 'EUR', outcome: { kind: 'declined', code: 'unknown' } } };",
  },
  {
    name: 'a failed call to cancel taken for a cancellation',
    file: GATEWAY,
    search: 'const cancellation = cancellationOf(await this.find(paymentIntentId));',
    replace: "const cancellation: Cancellation = { kind: 'cancelled' };",
  },
  {
    name: 'refund that is not made when the provider was asked twice',
    file: GATEWAY,
    search:
      'if (isEffective(refund) && refund.amount === terms.amountMinor) return { result: { refundId: refund.id } };',
    replace: "if (isEffective(refund)) return { result: { refundId: 're_none' } };",
  },
  {
    name: 'refund half of the amount',
    file: GATEWAY,
    search:
      "      amount: terms.amountMinor,\n      metadata: { orderId: terms.orderId },\n    };\n    return underKeys(terms.orderId, 'refund'",
    replace:
      "      amount: Math.ceil(terms.amountMinor / 2),\n      metadata: { orderId: terms.orderId },\n    };\n    return underKeys(terms.orderId, 'refund'",
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
    search: "return answers.fail(taskToken, 'PaymentDeclined', row.declineCode ?? 'unknown');",
    replace: 'return undefined;',
  },
  {
    name: 'the provider’s word is not held against the order',
    file: 'functions/payments/payment-gateway.ts',
    search: 'return isFor(terms, intent) ? intent : held(gateway, terms, intent.paymentIntentId);',
    replace:
      'return isFor(terms, intent) || gateway !== undefined ? intent : held(gateway, terms, intent.paymentIntentId);',
  },
  {
    name: 'a payment row settles as often as somebody likes',
    file: LEDGER,
    search: "const OPEN_STATES: readonly PaymentState[] = ['REQUESTED', 'AWAITING_CUSTOMER'];",
    replace: "const OPEN_STATES: readonly PaymentState[] = ['REQUESTED', 'AWAITING_CUSTOMER', 'CANCELLED', 'CHARGED'];",
  },
  {
    name: 'a token of an earlier attempt is kept',
    file: LEDGER,
    search: '      set: { taskToken },\n',
    replace: '      set: taskToken === "" ? { taskToken } : {},\n',
  },
  {
    name: 'a webhook is answered and not worked through',
    file: 'functions/payments/payment-webhook.ts',
    search: 'await matcher.match(event, foresight);',
    replace: "({ state: 'MATCHED', orderId: 'nobody' } as const);",
  },
  {
    name: 'a webhook without a signature is believed',
    file: 'functions/payments/payment-webhook.ts',
    search: "if (!isSignedByProvider(rawBody, headerOf(request, 'stripe-signature'), webhookSecrets, systemClock)) {",
    replace:
      "if (webhookSecrets.length === 0 && !isSignedByProvider(rawBody, headerOf(request, 'stripe-signature'), webhookSecrets, systemClock)) {",
  },
  {
    name: 'the bus’s refusals are not looked at',
    file: 'functions/outbox/event-publisher.ts',
    search: 'return { accepted: [], rejected: rows.map((row) => ({ row, errorName: errorNameOf(error) })) };',
    replace:
      "return { accepted: rows, rejected: errorNameOf(error) === '' ? [{ row: rows[0]!, errorName: '' }] : [] };",
  },
  {
    name: 'the sweeper sweeps nothing',
    file: 'functions/outbox/outbox-sweeper.ts',
    search: 'const rejected = await publishAndMark(sound, this.#publisher, this.#table);',
    replace: 'const rejected = await publishAndMark([], this.#publisher, this.#table);',
  },
  {
    name: 'published before it is true',
    file: 'functions/platform/outbox.ts',
    search: 'detail: canonicalJson(detail),',
    replace: 'detail: canonicalJson({ ...detail, writtenAt: Math.random() }),',
  },
  {
    name: 'all operations share one key prefix',
    file: 'functions/platform/idempotency.ts',
    search: 'keyPrefix: operationName,',
    replace: "keyPrefix: 'shop',",
  },
  {
    name: 'a step parks without a row',
    file: PARKING,
    search: 'this.#parkedPut(row, before),\n',
    replace: '',
  },
  {
    name: 'a parking counts no event',
    file: PARKING,
    search: '        this.#countEvent(order),\n',
    replace: '',
  },
  {
    name: 'a parked order that lists no money',
    file: 'functions/orders/open-positions.ts',
    search: "exposureMinor: outcomeOpen || state === 'CHARGED' ? amountMinor : 0,",
    replace: "exposureMinor: outcomeOpen && state === 'CHARGED' ? amountMinor : 0,",
  },
  {
    name: 'a broken execution is not parked',
    file: 'functions/orders/park-failed-execution.ts',
    search: 'await withOrderLog(failed.order, () => park(failed));',
    replace: "if (failed.errorName === '') await withOrderLog(failed.order, () => park(failed));",
  },
  {
    name: 'workflow: charge without a hold',
    file: SAGA,
    search: '"Output": {},\n      "Next": "Reserve inventory"',
    replace: '"Output": {},\n      "Next": "Charge payment"',
  },
  {
    name: 'workflow: cancel without compensation',
    file: SAGA,
    search: '"Output": {},\n      "Next": "Compensate"',
    replace: '"Output": {},\n      "Next": "Cancel order"',
  },
  {
    name: 'workflow: compensation begins before the order is stopped',
    file: SAGA,
    search:
      '"failedStep": "Confirm order",\n            "chargeAttempted": true\n          },\n          "Next": "Stop order"',
    replace:
      '"failedStep": "Confirm order",\n            "chargeAttempted": true,\n            "reason": "INTERNAL_ERROR"\n          },\n          "Next": "Compensate"',
  },
  {
    name: 'workflow: no charge is believed to have been attempted',
    file: SAGA,
    search:
      '"failedStep": "Charge payment",\n            "chargeAttempted": true\n          },\n          "Next": "Stop order"',
    replace:
      '"failedStep": "Charge payment",\n            "chargeAttempted": false\n          },\n          "Next": "Stop order"',
  },
  {
    name: 'workflow: a refund that fails is given up',
    file: SAGA,
    search:
      '"refundFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Await refund decision"',
    replace:
      '"refundFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Refund resolved"',
  },
  {
    name: 'workflow: a release that fails is given up',
    file: SAGA,
    search:
      '"releaseFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Await release decision"',
    replace:
      '"releaseFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Release resolved"',
  },
];
