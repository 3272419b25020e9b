import * as z from 'zod';
import { OpaqueId } from '../../events/vocabulary.ts';
import { OrderView } from '../orders/order-view.ts';
import { Cursor, Limit } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';

const Erasure = z
  .strictObject({
    customerId: z.string().meta({ description: 'It names nobody any more' }),
    requestedAt: z.string(),
    requestedBy: z.string().meta({ description: 'Who asked first: the subject of the token' }),
    erasedAt: z.string(),
    orders: z.int().meta({ description: 'Of which names and addresses were deleted; the orders stay' }),
  })
  .meta({ id: 'Erasure' });

/** Stored as it was given, by whatever version: nothing of it is left out. */
const Contact = z
  .looseObject({ email: z.string().optional() })
  .meta({ description: 'Who the order was for and where it went. Not present for an order of another system' });

const CustomerDataView = z
  .strictObject({
    customerId: z.string(),
    account: z
      .strictObject({
        username: z.string(),
        createdAt: z.string(),
        attributes: z.record(z.string(), z.string()),
      })
      .optional()
      .meta({ description: 'Not present for a customer without an account' }),
    basket: z.array(z.strictObject({ sku: z.string(), name: z.string(), quantity: z.int(), unitPriceMinor: z.int() })),
    checkouts: z
      .array(z.string())
      .meta({ description: 'Orders that were checked out lately; one may not be among `orders` yet' }),
    orders: z.array(
      z.strictObject({
        order: OrderView,
        paymentMethodId: z.string().meta({ description: 'Names a payment method at the payment provider' }),
        contact: Contact.optional(),
      }),
    ),
    nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
  })
  .meta({ id: 'CustomerData' });
export type CustomerDataView = z.infer<typeof CustomerDataView>;

const page = z.strictObject({ limit: Limit, cursor: Cursor.optional() });
const customer = z.strictObject({ customerId: OpaqueId });

const Confirmation = z
  .strictObject({
    confirm: z.string().min(1).max(254).meta({
      description: 'The e-mail address of the account, or the id of the customer: that nobody else is meant',
    }),
  })
  .meta({ id: 'ErasureConfirmation' });

const ordersUnderWay = {
  ORDERS_UNDER_WAY: {
    orderIds: z.array(z.string()).meta({ description: 'Some of them' }),
    count: z.int().positive(),
  },
};

const WHAT_IS_ERASED =
  'The account, the basket, and the names and addresses of all orders are deleted; the orders themselves stay, because ' +
  'the books need them, under an id that names nobody any more. It cannot be undone. Refused while orders are under ' +
  'way. You can repeat the request safely: one that was interrupted goes on.';

/** What a person may ask of what is known of them. */
export const customerRoutes = {
  exportOwnData: {
    method: 'GET',
    path: '/account/data',
    access: 'customer',
    summary: 'Get everything that the shop knows of you',
    details: 'Account and basket on every page, and a page of your orders, newest first, with their addresses.',
    query: page,
    success: { status: 200, description: 'A page of your data', body: CustomerDataView },
    problems: ['CURSOR_INVALID'],
  },
  eraseOwnAccount: {
    method: 'POST',
    path: '/account/erasure',
    access: 'customer',
    summary: 'Erase your account and your personal data',
    details: WHAT_IS_ERASED,
    body: Confirmation,
    success: { status: 200, description: 'It is erased', body: Erasure },
    problems: ['CUSTOMER_NOT_FOUND', 'ERASURE_UNCONFIRMED', 'ORDERS_UNDER_WAY'],
    problemFacts: ordersUnderWay,
  },
  exportCustomerData: {
    method: 'GET',
    path: '/admin/customers/{customerId}/data',
    access: 'admin',
    summary: 'Get everything that the shop knows of a customer',
    details: 'Account and basket on every page, and a page of the orders, newest first, with their addresses.',
    params: customer,
    query: page,
    success: { status: 200, description: 'A page of the data', body: CustomerDataView },
    problems: ['CUSTOMER_NOT_FOUND', 'CURSOR_INVALID'],
  },
  eraseCustomer: {
    method: 'POST',
    path: '/admin/customers/{customerId}/erasure',
    access: 'admin',
    summary: 'Erase a customer’s account and personal data',
    details: `${WHAT_IS_ERASED} The answer names who asked first.`,
    params: customer,
    body: Confirmation,
    success: { status: 200, description: 'It is erased', body: Erasure },
    problems: ['CUSTOMER_NOT_FOUND', 'ERASURE_UNCONFIRMED', 'ORDERS_UNDER_WAY'],
    problemFacts: ordersUnderWay,
  },
} as const satisfies RouteTable;
