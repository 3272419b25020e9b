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
  readonly reprice: ShopFunction;
  readonly restore: ShopFunction;
  readonly priceChanges: SubscribedQueue;
  readonly cancelledOrders: SubscribedQueue;

  constructor(scope: Construct, id: string, { platform, bus, tables }: BasketProps) {
    super(scope, id);
    this.serve = this.newServe(platform, tables);
    this.reprice = new ShopFunction(this, 'RepriceBaskets', {
      ...BATCH_WORKER,
      platform,
      service: 'basket',
      entry: 'reprice-baskets',
      description: 'Brings a product’s new price into the baskets that hold it',
      environment: { BASKETS_TABLE: tables.baskets.name },
    });
    tables.baskets.grant(this.reprice, 'UpdateItem');
    tables.baskets.grantIndexQuery(this.reprice, 'SkuIndex');
    this.priceChanges = new SubscribedQueue(this, 'PriceChanges', {
      platform,
      bus,
      events: [ProductPriceChanged],
      replays: 'included',
      // A detail of another schema version is not for this function, whatever its name says.
      content: { detail: { schemaVersion: [1] } },
      workerTimeout: this.reprice.timeout,
      maxReceives: 5,
    });
    // Few at once: a price can wait a second, customers who change their baskets cannot.
    this.priceChanges.workedBy(this.reprice, { batchSize: 10, maxConcurrency: 2 });
    this.restore = this.newRestore(platform, tables);
    this.cancelledOrders = new SubscribedQueue(this, 'CancelledOrders', {
      platform,
      bus,
      events: [OrderCancelled],
      replays: 'excluded', // nobody wants last month's basket again
      workerTimeout: this.restore.timeout,
      maxReceives: 5,
    });
    this.cancelledOrders.workedBy(this.restore, { batchSize: 10, maxConcurrency: 2 });
  }

  private newRestore(platform: Platform, { baskets, products, orderContacts }: ShopTables): ShopFunction {
    const restore = new ShopFunction(this, 'RestoreBaskets', {
      ...BATCH_WORKER,
      platform,
      service: 'basket',
      entry: 'restore-baskets',
      description: 'Puts back what an order took out of a basket and came to nothing',
      environment: {
        BASKETS_TABLE: baskets.name,
        PRODUCTS_TABLE: products.name,
        ORDER_CONTACTS_TABLE: orderContacts.name,
      },
    });
    baskets.grant(restore, 'GetItem', 'Query', 'PutItem');
    products.grant(restore, 'BatchGetItem');
    orderContacts.grant(restore, 'GetItem');
    return restore;
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
