import * as z from 'zod';
import type { BasketTable } from '../basket/basket-table.ts';
import { shownLine } from '../basket/basket.ts';
import type { OrderIndex, PageRequest } from '../orders/order-index.ts';
import { ordersOf } from '../orders/order-listing.ts';
import type { OrderRecord } from '../orders/order-record.ts';
import type { OrderReader } from '../orders/order-rows.ts';
import { viewOf } from '../orders/order-view.ts';
import type { Row } from '../platform/batch-get.ts';
import { ProblemError } from '../platform/http/problem.ts';
import type { CustomerAccounts } from './customer-account.ts';
import type { CustomerOrders } from './customer-orders.ts';
import type { CustomerDataView } from './customer-routes.ts';

export interface CustomerDataOptions {
  readonly accounts: CustomerAccounts;
  readonly baskets: BasketTable;
  readonly orders: CustomerOrders;
  readonly index: OrderIndex;
  readonly reader: OrderReader;
}

/** Everything that is known of a customer, for the customer. */
export class CustomerData {
  readonly #options: CustomerDataOptions;

  constructor(options: CustomerDataOptions) {
    this.#options = options;
  }

  /**
   * A page of the orders, with all the rest.
   * @throws ProblemError CUSTOMER_NOT_FOUND for one of whom there is nothing; CURSOR_INVALID.
   */
  async page(customerId: string, page: PageRequest): Promise<CustomerDataView> {
    const { accounts, baskets, orders, index } = this.#options;
    const [account, basket, checkouts, listing] = await Promise.all([
      accounts.find(customerId),
      this.#basketOf(customerId),
      baskets.checkoutsOf(customerId),
      ordersOf(index, customerId, { period: {}, page }),
    ]);
    const isKnown = account !== undefined || checkouts.length > 0 || basket.length > 0 || listing.items.length > 0;
    if (!isKnown) throw new ProblemError('CUSTOMER_NOT_FOUND');
    const contacts = await orders.contactsOf(listing.items.map(({ orderId }) => orderId));
    const byOrder = new Map(contacts.map((row) => [String(row['orderId']), row]));
    const { nextCursor } = listing;
    return {
      customerId,
      ...(account && { account }),
      basket,
      checkouts,
      orders: await Promise.all(listing.items.map((order) => this.#exported(order, byOrder.get(order.orderId)))),
      ...(nextCursor !== undefined && { nextCursor }),
    };
  }

  /** A closed basket has nothing in it. */
  async #basketOf(customerId: string): Promise<CustomerDataView['basket']> {
    try {
      const { lines } = await this.#options.baskets.read(customerId);
      return lines.map((line) => {
        const { lineTotalMinor: _derived, ...shown } = shownLine(line);
        return shown;
      });
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'ACCOUNT_ERASED') return [];
      throw error;
    }
  }

  async #exported(order: OrderRecord, contact: Row | undefined): Promise<CustomerDataView['orders'][number]> {
    const rows = await this.#options.reader.find(order.orderId);
    if (rows === undefined) throw new Error(`Order ${order.orderId} is in the index, and has no row`);
    return {
      order: viewOf(rows, undefined),
      paymentMethodId: order.paymentMethodId,
      ...(contact && { contact: personalOf(contact) }),
    };
  }
}

/** Without the keys of the row, and without when it ends. */
function personalOf(contact: Row) {
  const { orderId: _order, customerId: _customer, expiresAtEpochSeconds: _end, ...personal } = contact;
  return z.looseObject({ email: z.string().optional() }).parse(personal);
}
