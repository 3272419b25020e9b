import { ProductPriceChanged } from '../../events/product-price-changed.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { BasketTable } from './basket-table.ts';
import { BasketRepricing } from './basket-repricing.ts';

const repricing = new BasketRepricing(
  new BasketTable({ documents: documentClient, tableName: envVar('BASKETS_TABLE') }),
);

/** Lets baskets follow the catalogue. Late copies and older prices change nothing. */
export const handler = eachEvent(
  [
    on(ProductPriceChanged, async ({ sku, priceMinor, version, correlationId }) => {
      const repriced = await repricing.follow({ sku, priceMinor, productVersion: version });
      logger.info('Baskets follow a price', { sku, version, repriced, correlationId });
    }),
  ],
  { setAside: inDeadLetters() },
);
