import type { Mutant } from './mutant.ts';

const STOCK = 'functions/inventory/stock-ledger.ts';

/** Bugs in what holds and gives back the stock. */
export const INVENTORY_MUTANTS: readonly Mutant[] = [
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
    search:
      "'#state = :standing AND #lines = :lines AND attribute_not_exists(shippedAt) AND attribute_not_exists(shippedLines)'",
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
];
