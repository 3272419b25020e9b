import { BasketTable } from '../basket/basket-table.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { accountsOfPool } from './customer-account.ts';
import { CustomerErasure } from './customer-erasure.ts';
import { CustomerOrders } from './customer-orders.ts';
import { ErasureRecords } from './erasure-record.ts';

/** What forgets customers, on what this function was deployed with. Nothing is called before the first use. */
export function deployedCustomers() {
  const documents = documentClient;
  const accounts = accountsOfPool(envVar('USER_POOL_ID'));
  const baskets = new BasketTable({ documents, tableName: envVar('BASKETS_TABLE') });
  const orders = new CustomerOrders({
    documents,
    ordersTable: envVar('ORDERS_TABLE'),
    orderContactsTable: envVar('ORDER_CONTACTS_TABLE'),
    stockChangesTable: envVar('STOCK_CHANGES_TABLE'),
  });
  const records = new ErasureRecords({ documents, erasuresTable: envVar('ERASURES_TABLE') });
  const erasure = new CustomerErasure({ documents, baskets, orders, accounts, records, clock: systemClock });
  return { accounts, baskets, orders, records, erasure };
}
