import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { ProductPriceChanged } from '../../events/product-price-changed.ts';
import { BATCH_WORKER, ORDER_STEP } from './function-sizes.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';
import { SubscribedQueue } from './subscribed-queue.ts';

export interface BasketProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly tables: ShopTables;
}

/** The baskets, which follow the catalogue's prices, and the checkout that turns one into an order. */
export class Basket extends Construct {
  readonly serve: ShopFunction;
  readonly update: ShopFunction;
  readonly changes: SubscribedQueue;

  constructor(scope: Construct, id: string, { platform, bus, tables }: BasketProps) {
    super(scope, id);
    this.serve = this.newServe(platform, tables);
    this.update = this.newUpdate(platform, tables);
    this.changes = new SubscribedQueue(this, 'Changes', {
      platform,
      bus,
      events: [ProductPriceChanged, OrderCancelled],
      replays: 'included',
      // A detail of another schema version is not for this function, whatever its name says.
      content: { detail: { schemaVersion: [1] } },
      workerTimeout: this.update.timeout,
      maxReceives: 5,
    });
    // Few at once: a price can wait a second, customers who change their baskets cannot.
    this.changes.workedBy(this.update, { batchSize: 10, maxConcurrency: 2 });
  }

  private newUpdate(platform: Platform, { baskets, products, orderContacts }: ShopTables): ShopFunction {
    const update = new ShopFunction(this, 'UpdateBaskets', {
      ...BATCH_WORKER,
      platform,
      service: 'basket',
      entry: 'update-baskets',
      description: 'Brings new prices, and what a failed order took, into baskets',
      environment: {
        BASKETS_TABLE: baskets.name,
        PRODUCTS_TABLE: products.name,
        ORDER_CONTACTS_TABLE: orderContacts.name,
      },
    });
    baskets.grant(update, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
    baskets.grantIndexQuery(update, 'SkuIndex');
    products.grant(update, 'BatchGetItem');
    orderContacts.grant(update, 'GetItem');
    return update;
  }

  private newServe(platform: Platform, { baskets, products, stock, orderContacts, outbox }: ShopTables): ShopFunction {
    const serve = new ShopFunction(this, 'ServeBasket', {
      ...ORDER_STEP,
      platform,
      service: 'basket',
      entry: 'serve-basket',
      description: 'Shows and changes baskets, and checks them out',
      environment: {
        BASKETS_TABLE: baskets.name,
        PRODUCTS_TABLE: products.name,
        STOCK_TABLE: stock.name,
        ORDER_CONTACTS_TABLE: orderContacts.name,
        OUTBOX_TABLE: outbox.name,
        CHECKOUTS_AN_HOUR: String(platform.settings.checkoutsAnHour),
        CONTACTS_KEPT_DAYS: String(platform.settings.contactRetention.toDays()),
      },
    });
    baskets.grant(serve, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
    products.grant(serve, 'BatchGetItem');
    stock.grant(serve, 'BatchGetItem');
    orderContacts.grant(serve, 'PutItem');
    outbox.grant(serve, 'PutItem');
    return serve;
  }
}
