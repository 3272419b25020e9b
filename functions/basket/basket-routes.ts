import * as z from 'zod';
import { AmountMinor, Currency, MAX_LINES, OrderId, PaymentMethodId, Quantity, Sku } from '../../events/vocabulary.ts';
import { IdempotencyKey, line } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';

const BasketLineView = z.strictObject({
  sku: Sku,
  name: z.string(),
  quantity: Quantity,
  unitPriceMinor: AmountMinor,
  lineTotalMinor: z.int(),
});

/** A customer's basket as its owner sees it. */
export const BasketView = z
  .strictObject({
    lines: z.array(BasketLineView).max(MAX_LINES),
    currency: Currency.optional().meta({ description: 'Absent while the basket is empty' }),
    totalMinor: z.int().meta({ description: 'In minor units: what to send as `acceptedTotal`' }),
  })
  .meta({ id: 'Basket' });
export type BasketView = z.infer<typeof BasketView>;

/** Where the parcel goes. */
const ShippingAddress = z
  .strictObject({
    name: line(1, 100),
    line1: line(1, 100),
    line2: line(1, 100).optional(),
    postalCode: line(1, 20),
    city: line(1, 100),
    country: z.string().regex(/^[A-Z]{2}$/, 'expected an ISO 3166-1 alpha-2 country code'),
  })
  .meta({ id: 'ShippingAddress' });

/** What a customer says at checkout. Prices are not among it. */
export const CheckoutRequest = z
  .strictObject({
    acceptedTotal: AmountMinor.meta({ description: 'The total that the customer saw, in minor units' }),
    currency: Currency.optional().meta({ description: 'Of `acceptedTotal`; when given it must be the basket’s' }),
    email: z.email().max(254),
    shippingAddress: ShippingAddress,
    paymentMethod: PaymentMethodId.meta({
      description: 'Id at the payment provider, e.g. pm_card_visa; no card number',
    }),
  })
  .meta({ id: 'CheckoutRequest' });
export type CheckoutRequest = z.infer<typeof CheckoutRequest>;

const CheckoutAccepted = z
  .strictObject({ orderId: OrderId, statusUrl: z.string().meta({ description: 'Where the order can be followed' }) })
  .meta({ id: 'CheckoutAccepted' });

const item = z.strictObject({ sku: Sku });

export const basketRoutes = {
  getBasket: {
    method: 'GET',
    path: '/basket',
    access: 'customer',
    summary: 'Look at the own basket with current prices and total',
    success: { status: 200, description: 'The basket', body: BasketView },
  },
  clearBasket: {
    method: 'DELETE',
    path: '/basket',
    access: 'customer',
    summary: 'Empty the own basket',
    success: { status: 204, description: 'It is empty' },
  },
  putItem: {
    method: 'PUT',
    path: '/basket/items/{sku}',
    access: 'customer',
    summary: 'Have so many units of a product in the basket',
    params: item,
    body: z.strictObject({ quantity: Quantity }).meta({ id: 'BasketItem' }),
    success: { status: 200, description: 'The basket', body: BasketView },
    problems: ['PRODUCT_NOT_FOUND', 'BASKET_FULL', 'CURRENCY_MISMATCH'],
  },
  deleteItem: {
    method: 'DELETE',
    path: '/basket/items/{sku}',
    access: 'customer',
    summary: 'Take a product out of the basket',
    params: item,
    success: { status: 204, description: 'It is not in the basket, now or already before' },
  },
  checkOut: {
    method: 'POST',
    path: '/basket/checkout',
    access: 'customer',
    summary: 'Order what is in the basket, once for each Idempotency-Key',
    headers: z.strictObject({ 'idempotency-key': IdempotencyKey }),
    body: CheckoutRequest,
    success: { status: 202, description: 'The order is accepted and on its way', body: CheckoutAccepted },
    problems: [
      'BASKET_EMPTY',
      'BASKET_CHANGED',
      'PRICE_CHANGED',
      'ITEM_UNAVAILABLE',
      'CURRENCY_MISMATCH',
      'IDEMPOTENCY_MISMATCH',
      'CURRENCY_UNSUPPORTED',
      'AMOUNT_STEP',
      'TOTAL_TOO_SMALL',
      'TOTAL_TOO_LARGE',
    ],
  },
} as const satisfies RouteTable;
