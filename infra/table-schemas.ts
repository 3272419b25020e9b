/** A global secondary index; rows without its keys are not in it. */
export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** KEYS costs a write only when a key changes; ALL one for every change of the row. */
  readonly projection: 'KEYS' | 'ALL';
}

/** How a table is laid out. All keys are strings. */
export interface TableSchema {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Attribute with epoch seconds. Garbage collection only: deletion may be days late. */
  readonly timeToLiveAttribute?: string;
  readonly stream?: 'NEW_IMAGE';
  readonly indexes?: readonly TableIndex[];
}

/**
 * Every table of the shop, as plain data: the stack deploys them and tests create them from here. Indexes are sparse
 * and hold keys only, where not said otherwise: each attribute in an index is written, and paid, twice, while readers
 * fetch few rows.
 */
export const TABLE_SCHEMAS = {
  /** Sort key `item`: ORDER, HISTORY#<version>, PARKED#<step>. */
  Orders: {
    partitionKey: 'orderId',
    sortKey: 'item',
    indexes: [
      { name: 'CustomerIndex', partitionKey: 'customerId', sortKey: 'placedAt', projection: 'KEYS' },
      { name: 'LifecycleIndex', partitionKey: 'lifecycle', sortKey: 'placedAt', projection: 'KEYS' },
      { name: 'ParkedIndex', partitionKey: 'parkedState', sortKey: 'since', projection: 'KEYS' },
    ],
  },
  /** Events that are true and not necessarily published yet. */
  Outbox: {
    partitionKey: 'eventId',
    timeToLiveAttribute: 'expiresAtEpochSeconds',
    stream: 'NEW_IMAGE',
    // Whole rows: the sweeper publishes what it reads here. A row is in the index once, until it is published.
    indexes: [{ name: 'PendingIndex', partitionKey: 'pendingShard', sortKey: 'createdAt', projection: 'ALL' }],
  },
  Stock: { partitionKey: 'sku' },
  Reservations: { partitionKey: 'orderId' },
  Payments: {
    partitionKey: 'orderId',
    indexes: [{ name: 'OpenIndex', partitionKey: 'openState', sortKey: 'openSince', projection: 'KEYS' }],
  },
  WebhookInbox: { partitionKey: 'providerEventId', timeToLiveAttribute: 'expiresAtEpochSeconds' },
  Idempotency: { partitionKey: 'id', timeToLiveAttribute: 'expiration' },
  /** A deleted product stays, without `listedCategory`. */
  Products: {
    partitionKey: 'sku',
    // Whole rows: a listing is read far more often than a product changes.
    indexes: [{ name: 'CategoryIndex', partitionKey: 'listedCategory', sortKey: 'sku', projection: 'ALL' }],
  },
  /** Sort key `item`: BASKET, LINE#<sku>, CHECKOUT#<hash of the Idempotency-Key>. Only lines have a `sku`. */
  Baskets: {
    partitionKey: 'customerId',
    sortKey: 'item',
    timeToLiveAttribute: 'expiresAtEpochSeconds',
    indexes: [{ name: 'SkuIndex', partitionKey: 'sku', sortKey: 'customerId', projection: 'KEYS' }],
  },
  /** Where to write and ship to: the only rows with personal data. */
  OrderContacts: { partitionKey: 'orderId', timeToLiveAttribute: 'expiresAtEpochSeconds' },
  /** Sort key `change`: the stock row's version after it, padded. Beside the stock, whose rows must stay small. */
  StockChanges: { partitionKey: 'sku', sortKey: 'change' },
  /** Who was forgotten, by the id of the user pool, which names nobody any more. */
  Erasures: {
    partitionKey: 'customerId',
    indexes: [{ name: 'OpenIndex', partitionKey: 'openState', sortKey: 'requestedAt', projection: 'KEYS' }],
  },
  /** One row for each mail, so that there is one mail for each event. */
  Mails: { partitionKey: 'eventId', timeToLiveAttribute: 'expiresAtEpochSeconds' },
} as const satisfies Readonly<Record<string, TableSchema>>;

export type TableName = keyof typeof TABLE_SCHEMAS;
