import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Platform } from './platform.ts';
import { ShopTable } from './shop-table.ts';

/**
 * Every table of the shop: they stand together because one transaction may span several. Indexes are sparse and hold
 * keys only: each attribute in an index is written, and paid, twice, while readers fetch few rows.
 */
export class ShopTables extends Construct {
  /** Sort key `item`: ORDER, HISTORY#<version>, PARKED#<step>. */
  readonly orders: ShopTable;
  /** Events that are true and not necessarily published yet. */
  readonly outbox: ShopTable;
  readonly stock: ShopTable;
  readonly reservations: ShopTable;
  readonly payments: ShopTable;
  readonly webhookInbox: ShopTable;
  readonly idempotency: ShopTable;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    this.orders = new ShopTable(this, 'Orders', {
      platform,
      partitionKey: 'orderId',
      sortKey: 'item',
      indexes: [
        { name: 'CustomerIndex', partitionKey: 'customerId', sortKey: 'placedAt', projection: 'KEYS' },
        { name: 'ParkedIndex', partitionKey: 'parkedState', sortKey: 'since', projection: 'KEYS' },
      ],
    });
    this.outbox = new ShopTable(this, 'Outbox', {
      platform,
      partitionKey: 'eventId',
      timeToLiveAttribute: 'expiresAtEpochSeconds',
      stream: StreamViewType.NEW_IMAGE,
      // Whole rows: the sweeper publishes what it reads here. A row is in the index once, until it is published.
      indexes: [{ name: 'PendingIndex', partitionKey: 'pendingShard', sortKey: 'createdAt', projection: 'ALL' }],
    });
    this.stock = new ShopTable(this, 'Stock', { platform, partitionKey: 'sku' });
    this.reservations = new ShopTable(this, 'Reservations', { platform, partitionKey: 'orderId' });
    this.payments = new ShopTable(this, 'Payments', {
      platform,
      partitionKey: 'orderId',
      indexes: [{ name: 'OpenIndex', partitionKey: 'openState', sortKey: 'openSince', projection: 'KEYS' }],
    });
    this.webhookInbox = new ShopTable(this, 'WebhookInbox', { platform, partitionKey: 'providerEventId' });
    this.idempotency = new ShopTable(this, 'Idempotency', {
      platform,
      partitionKey: 'id',
      timeToLiveAttribute: 'expiration',
    });
  }
}
