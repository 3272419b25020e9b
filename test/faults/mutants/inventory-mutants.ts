import type { Mutant } from './mutant.ts';

const STOCK = 'functions/inventory/stock-ledger.ts';
const TAKING = 'functions/inventory/taking.ts';

/** Bugs in what holds and gives back the stock. */
export const INVENTORY_MUTANTS: readonly Mutant[] = [
  {
    name: 'reserve without asking whether there is enough',
    file: TAKING,
    search: "ConditionExpression: 'available >= :units',",
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
    file: TAKING,
    search: 'SET available = available - :units, onHold = onHold + :quantity',
    replace: 'SET available = available - :units, onHold = if_not_exists(onHold, :quantity)',
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
    search: '`#state = :standing AND #lines = :lines AND ${isHeldIn(shards)} AND attribute_not_exists(shippedAt)',
    replace: '`:standing <> :released AND #lines = :lines AND ${isHeldIn(shards)} AND attribute_not_exists(shippedAt)',
  },
  {
    name: 'release that leaves no tombstone',
    file: STOCK,
    search: '? [this.#insert(releasedWithoutHold(orderId, releasedAt))]',
    replace:
      "? [{ ConditionCheck: { TableName: this.#reservationsTable, Key: { orderId }, ConditionExpression: 'attribute_not_exists(orderId)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } }]",
  },
  {
    name: 'release that only pretends',
    file: 'functions/inventory/release-inventory.ts',
    search: 'await ledger.release(order.orderId, order.lines, releasable);',
    replace: 'void releasable;',
  },
  {
    name: 'reserve the first line only',
    file: 'functions/inventory/reserve-inventory.ts',
    search: 'await ledger.reserve(order.orderId, order.lines);',
    replace: 'await ledger.reserve(order.orderId, order.lines.slice(0, 1));',
  },
  {
    name: 'look into one shard, and believe it',
    file: 'functions/inventory/shards/stock-search.ts',
    search: 'if (knownShards > 0) return this.#anywhere(orderId, taking);',
    replace: 'if (knownShards > 0) return { sku: line.sku, wanted: line.quantity, available: 0 };',
  },
  {
    name: 'release to another shard than the units came from',
    file: STOCK,
    search: 'Key: stockKeyOf(sku, shards?.[sku]),',
    replace: 'Key: stockKeyOf(sku, shards?.[sku] && 1 + (shards[sku] % 3)),',
  },
  {
    name: 'release to the shard and to the own row as well',
    file: STOCK,
    search: '...standing.lines.map((line) => this.#giveBack(line, standing))]',
    replace:
      "...standing.lines.map((line) => this.#giveBack(line, standing)), ...standing.lines.filter(({ sku }) => standing.shards?.[sku] !== undefined).map(({ sku, quantity }) => ({ Update: { TableName: this.#stockTable, Key: { sku }, UpdateExpression: 'SET available = available + :quantity', ExpressionAttributeValues: { ':quantity': quantity } } }))]",
  },
  {
    name: 'believe that units lie in the own row, where the reservation names a shard',
    file: STOCK,
    search: 'AND ${isHeldIn(shards)} AND',
    replace: 'AND (attribute_exists(orderId) OR ${isHeldIn(shards)}) AND',
  },
  {
    name: 'take units of several shards and move none of them',
    file: 'functions/inventory/shards/stock-move.ts',
    search: 'SET available = available - :units, moved = moved - :units, version = version + :one',
    replace:
      'SET available = if_not_exists(available, :units), moved = if_not_exists(moved, :units), version = version + :one',
  },
  {
    name: 'ship from the own row what a shard holds',
    file: 'functions/inventory/reservation.ts',
    search: 'takeOut(stockTable, line, shards?.[line.sku])',
    replace: 'takeOut(stockTable, line)',
  },
];
