import type { Basket } from '../basket.ts';
import type { Catalog } from '../catalog.ts';
import type { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { EventBusWithArchive } from '../event-bus-with-archive.ts';
import type { Inventory } from '../inventory.ts';
import type { MailDelivery } from '../mail-delivery.ts';
import type { OrderMonitor } from '../order-monitor.ts';
import type { OrderService } from '../order-service.ts';
import type { Ordering } from '../ordering.ts';
import type { Outbox } from '../outbox.ts';
import type { Payments } from '../payments.ts';
import type { ShopHttpApi } from '../shop-http-api.ts';
import type { SubscribedQueue } from '../subscribed-queue.ts';
import type { ShopTables } from '../shop-tables.ts';

/** What is watched. */
export interface ObservedParts {
  readonly tables: ShopTables;
  readonly events: EventBusWithArchive;
  readonly outbox: Outbox;
  readonly payments: Payments;
  readonly ordering: Ordering;
  readonly monitor: OrderMonitor;
  readonly api: ShopHttpApi;
  readonly catalog: Catalog;
  readonly inventory: Inventory;
  readonly basket: Basket;
  readonly orders: OrderService;
  readonly delivery: MailDelivery;
  readonly undeliveredRuns: DeadLetterQueue;
  /** Queues of services that follow events, beside the checkout queue. */
  readonly subscribers: readonly SubscribedQueue[];
  /** On the default bus, where SES tells of mails. */
  readonly mailFeedback: SubscribedQueue;
}
