import { OrderCancelled } from '../../events/order-cancelled.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { BasketRestoration } from './basket-restoration.ts';
import { BasketTable } from './basket-table.ts';

const documents = documentClient;
const basketsTable = envVar('BASKETS_TABLE');
const restoration = new BasketRestoration({
  documents,
  basketsTable,
  orderContactsTable: envVar('ORDER_CONTACTS_TABLE'),
  baskets: new BasketTable({ documents, tableName: basketsTable }),
  productsTable: envVar('PRODUCTS_TABLE'),
  clock: systemClock,
});

/** A payment that came to nothing does not cost the customer their basket. */
export const handler = eachEvent(
  [
    on(OrderCancelled, async (event) => {
      const { orderId, correlationId } = event;
      logger.info('Basket after a cancelled order', {
        orderId,
        correlationId,
        outcome: await restoration.restore(event),
      });
    }),
  ],
  { setAside: inDeadLetters() },
);
