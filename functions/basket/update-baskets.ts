import { OrderCancelled } from '../../events/order-cancelled.ts';
import { ProductPriceChanged } from '../../events/product-price-changed.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { BasketRepricing } from './basket-repricing.ts';
import { BasketRestoration } from './basket-restoration.ts';
import { BasketTable } from './basket-table.ts';

const documents = documentClient;
const basketsTable = envVar('BASKETS_TABLE');
const baskets = new BasketTable({ documents, tableName: basketsTable });
const repricing = new BasketRepricing(baskets);
const restoration = new BasketRestoration({
  documents,
  basketsTable,
  orderContactsTable: envVar('ORDER_CONTACTS_TABLE'),
  productsTable: envVar('PRODUCTS_TABLE'),
  baskets,
});

/**
 * Lets baskets follow the catalogue, and gives them back what an order took that came to nothing. Late copies and older
 * prices change nothing.
 */
export const handler = eachEvent(
  [
    on(ProductPriceChanged, async ({ sku, priceMinor, version, correlationId }) => {
      const repriced = await repricing.follow({ sku, priceMinor, productVersion: version });
      logger.info('Baskets follow a price', { sku, version, repriced, correlationId });
    }),
    on(OrderCancelled, async (event) => {
      const { orderId, correlationId } = event;
      const outcome = await restoration.restore(event);
      logger.info('Basket after a cancelled order', { orderId, correlationId, outcome });
    }),
  ],
  { setAside: inDeadLetters() },
);
