import { Construct } from 'constructs';
import type { RestoredTables } from '../restored-tables.ts';
import { TABLE_SCHEMAS, type TableName } from '../table-schemas.ts';
import type { Platform } from './platform.ts';
import { ShopTable } from './shop-table.ts';

/** Every table of the shop: they stand together because one transaction may span several. */
export class ShopTables extends Construct {
  readonly orders: ShopTable;
  readonly outbox: ShopTable;
  readonly stock: ShopTable;
  readonly reservations: ShopTable;
  readonly payments: ShopTable;
  readonly webhookInbox: ShopTable;
  readonly idempotency: ShopTable;
  readonly products: ShopTable;
  readonly baskets: ShopTable;
  readonly orderContacts: ShopTable;
  readonly mails: ShopTable;
  readonly stockChanges: ShopTable;
  readonly erasures: ShopTable;

  constructor(scope: Construct, id: string, platform: Platform, restored?: RestoredTables) {
    super(scope, id);
    const table = (name: TableName) => new ShopTable(this, name, { platform, restored, ...TABLE_SCHEMAS[name] });
    this.orders = table('Orders');
    this.outbox = table('Outbox');
    this.stock = table('Stock');
    this.reservations = table('Reservations');
    this.payments = table('Payments');
    this.webhookInbox = table('WebhookInbox');
    this.idempotency = table('Idempotency');
    this.products = table('Products');
    this.baskets = table('Baskets');
    this.orderContacts = table('OrderContacts');
    this.mails = table('Mails');
    this.stockChanges = table('StockChanges');
    this.erasures = table('Erasures');
  }
}
