import type { Mutant } from './mutant.ts';

const JOURNAL = 'functions/orders/order-journal.ts';
const STEPS = 'functions/orders/order-steps.ts';

/** Bugs in how an order moves from one status to the next. */
export const ORDERS_MUTANTS: readonly Mutant[] = [
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
    name: 'an order that ends at once and is announced to nobody',
    file: STEPS,
    search: "return cancelled(advanced(current, 'CANCELLED', at, causeOf(current)));",
    replace:
      "return { ...cancelled(advanced(current, 'CANCELLED', at, causeOf(current))), event: undefined as never };",
  },
  {
    name: 'an order that ends at once and leaves the door of its stock open',
    file: 'functions/orders/stop-order.ts',
    search: '{ Put: { TableName: reservationsTable, Item: releasedWithoutHold(order.orderId, at), ...where } },',
    replace: '',
  },
  {
    name: 'an order that ends at once and leaves the door of its payment open',
    file: 'functions/orders/stop-order.ts',
    search: '{ Put: { TableName: paymentsTable, Item: cancelledWithoutCharge(order, at), ...where } },',
    replace: '',
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
    search:
      "    refuseStopped(present);\n    if (isSold(present.status)) return settled(present);\n    const next = advanced(present, 'CONFIRMED', at);",
    replace:
      "    if (isSold(present.status) || isStopped(present.status)) return settled(present);\n    const next = advanced(present, 'CONFIRMED', at);",
  },
  {
    name: 'a customer is asked to confirm the payment of an order that was stopped',
    file: STEPS,
    search:
      "    refuseStopped(present);\n    if (isSold(present.status)) return settled(present);\n    if (attempt === 1 && present.status !== 'PENDING')",
    replace: "    if (attempt === 1 && present.status !== 'PENDING')",
  },
  {
    name: 'stop an order that is sold',
    file: STEPS,
    search: 'if (current !== undefined && (isSold(current.status) || current.wasSold)) {',
    replace: "if (current !== undefined && (current.status === 'DELIVERED' || current.wasSold)) {",
  },
  {
    name: 'an order that is taken back is undone by its saga as well',
    file: STEPS,
    search: '(isSold(current.status) || current.wasSold)',
    replace: 'isSold(current.status)',
  },
  {
    name: 'another command under the same id taken for a copy',
    file: 'functions/orders/saga-starter.ts',
    search: "if (hash === firstHash) return 'duplicate';",
    replace: "if (hash !== '') return 'duplicate';",
  },
  {
    name: 'an unknown cancellation reason',
    file: 'functions/orders/stop-cause.ts',
    search: "REASON_OF_ERROR.get(error) ?? 'INTERNAL_ERROR'",
    replace: "REASON_OF_ERROR.get('nothing') ?? 'INTERNAL_ERROR'",
  },
];
