import { OrderIndex } from '../orders/order-index.ts';
import { OrderReader } from '../orders/order-rows.ts';
import { holdsUpOrder } from '../parking/parked-order.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { cursorSecret } from '../platform/http/cursor-secret.ts';
import { Cursors } from '../platform/http/cursor.ts';
import { serve } from '../platform/http/serve.ts';
import { logger } from '../platform/logger.ts';
import { CustomerData } from './customer-data.ts';
import { customerRoutes } from './customer-routes.ts';
import { deployedCustomers } from './deployed-customers.ts';
import type { ErasureRecord } from './erasure-record.ts';

const documents = documentClient;
const ordersTable = envVar('ORDERS_TABLE');
const customers = deployedCustomers();
const data = new CustomerData({
  ...customers,
  index: new OrderIndex({ documents, ordersTable, cursors: new Cursors(cursorSecret(envVar('CURSOR_SECRET_ID'))) }),
  reader: new OrderReader({ documents, ordersTable, outboxTable: envVar('OUTBOX_TABLE'), holdsUp: holdsUpOrder }),
});

/** What is known of a person: to the person, and to operators. */
export const handler = serve(customerRoutes, {
  async exportOwnData({ caller: { customerId }, query }) {
    return { body: await data.page(customerId, query) };
  },

  async eraseOwnAccount({ caller: { customerId }, body: { confirm } }) {
    return { body: erasureView(await customers.erasure.erase(customerId, { confirm, requestedBy: customerId })) };
  },

  async exportCustomerData({ params: { customerId }, query, caller }) {
    logger.info('Personal data exported', { customer: customerId, actor: caller.customerId });
    return { body: await data.page(customerId, query) };
  },

  async eraseCustomer({ params: { customerId }, caller, body: { confirm } }) {
    const request = { confirm, requestedBy: caller.customerId };
    return { body: erasureView(await customers.erasure.erase(customerId, request)) };
  },
});

function erasureView({ customerId, requestedAt, requestedBy, erasedAt, orders = 0 }: ErasureRecord) {
  return { customerId, requestedAt, requestedBy, erasedAt, orders };
}
