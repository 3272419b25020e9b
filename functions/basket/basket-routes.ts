import * as z from 'zod';
import { AmountMinor, Currency, MAX_LINES, OrderId, PaymentMethodId, Quantity, Sku } from '../../events/vocabulary.ts';
import { IfMatch } from '../platform/http/entity-tag.ts';
import { IdempotencyKey } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { EmailAddress } from './email-address.ts';
import { ShippingAddress } from './shipping-address.ts';

/** Whether a line could be ordered now. Nothing is reserved for a basket, so a moment later it may be otherwise. */
const Availability = z.enum(['AVAILABLE', 'TOO_FEW', 'SOLD_OUT', 'NOT_FOR_SALE']).meta({
  description:
    '`TOO_FEW`: fewer units are left than you want. `SOLD_OUT`: none are left. An order of either would be cancelled. ' +
    '`NOT_FOR_SALE`: the product is gone. It is not in the total and cannot be ordered: leave the line out, or remove it',
});
export type Availability = z.infer<typeof Availability>;

/** A line as a problem tells it. */
const BasketLineFacts = z.strictObject({
  sku: Sku,
  name: z.string(),
  quantity: Quantity,
  unitPriceMinor: AmountMinor,
  lineTotalMinor: z.int(),
});

/** A customer's basket as its owner sees it. */
export const BasketView = z
  .strictObject({
    version: z.int().nonnegative().meta({
      description: 'Counts your changes. It is the ETag too: send it in If-Match, or as `basketVersion` at checkout',
    }),
    lines: z.array(BasketLineFacts.extend({ availability: Availability })).max(MAX_LINES),
    currency: Currency.optional().meta({ description: 'Not present while the basket is empty' }),
    totalMinor: z.int().meta({
      description: 'Of what is for sale, in minor units. Send it as `acceptedTotal` when you check out',
    }),
  })
  .meta({ id: 'Basket' });
export type BasketView = z.infer<typeof BasketView>;

/** What a customer says at checkout. Prices are not among it. */
export const CheckoutRequest = z
  .strictObject({
    acceptedTotal: AmountMinor.meta({ description: 'The total that the customer saw and accepted, in minor units' }),
    currency: Currency.optional().meta({
      description: 'Of `acceptedTotal`. Optional; it must be the currency of the basket',
    }),
    basketVersion: z.int().nonnegative().optional().meta({
      description: 'The version of the basket that the customer saw. If it has changed by now, nothing is ordered',
    }),
    leaveOut: z
      .array(Sku)
      .min(1)
      .max(MAX_LINES)
      .refine((skus) => new Set(skus).size === skus.length, 'expected each SKU once')
      .optional()
      .meta({ description: 'Lines that are not ordered and stay in the basket, such as those that are sold out' }),
    email: EmailAddress.meta({
      description: 'Where the carrier reaches the customer. Mails go to the verified address of the account',
    }),
    shippingAddress: ShippingAddress,
    paymentMethod: PaymentMethodId.meta({
      description: 'Id of the payment method at the payment provider, such as pm_card_visa. Never a card number',
    }),
    allowPaymentRetry: z
      .boolean()
      .optional()
      .meta({
        description:
          'Whether the order waits for another payment method when this one is declined, for what is left of 15 minutes. ' +
          'If not, a declined order is cancelled at once, and its lines are put back into the basket',
      }),
  })
  .meta({ id: 'CheckoutRequest' });
export type CheckoutRequest = z.infer<typeof CheckoutRequest>;

const CheckoutAccepted = z
  .strictObject({ orderId: OrderId, statusUrl: z.string().meta({ description: 'Where to follow the order' }) })
  .meta({ id: 'CheckoutAccepted' });

const item = z.strictObject({ sku: Sku });

const basketFacts = {
  version: z.int().nonnegative(),
  lines: z.array(BasketLineFacts),
  currency: Currency.optional(),
  totalMinor: z.int(),
};

/** Of a basket that is another one than the customer saw: both. */
const changedBasket = { BASKET_CHANGED: { expectedVersions: z.array(z.int().nonnegative()), ...basketFacts } };

const unchargeableTotal = { totalMinor: z.int() };

/** Two tabs of one customer: the second change is made only if the first one was seen. */
const ifMatch = { 'if-match': IfMatch.optional() };

export const basketRoutes = {
  getBasket: {
    method: 'GET',
    path: '/basket',
    access: 'customer',
    summary: 'Get your basket',
    success: {
      status: 200,
      description: 'Your basket, at current prices. Its ETag is its version',
      body: BasketView,
      headers: ['etag'],
    },
    problems: ['ACCOUNT_ERASED'],
  },
  clearBasket: {
    method: 'DELETE',
    path: '/basket',
    access: 'customer',
    summary: 'Empty your basket',
    headers: z.strictObject(ifMatch),
    success: { status: 204, description: 'Your basket is empty', headers: ['etag'] },
    problems: ['ACCOUNT_ERASED', 'BASKET_CHANGED'],
    problemFacts: changedBasket,
  },
  putItem: {
    method: 'PUT',
    path: '/basket/items/{sku}',
    access: 'customer',
    summary: 'Set a product’s quantity',
    details: 'Adds the product to your basket if it is not in there yet.',
    params: item,
    headers: z.strictObject(ifMatch),
    identifiers: { 'path.sku': 'barcode' },
    body: z.strictObject({ quantity: Quantity }).meta({ id: 'BasketItem' }),
    success: { status: 200, description: 'Your basket after the change', body: BasketView, headers: ['etag'] },
    problems: ['ACCOUNT_ERASED', 'PRODUCT_NOT_FOUND', 'BASKET_CHANGED', 'BASKET_FULL', 'CURRENCY_MISMATCH'],
    problemFacts: { ...changedBasket, CURRENCY_MISMATCH: { skus: z.array(Sku) } },
  },
  deleteItem: {
    method: 'DELETE',
    path: '/basket/items/{sku}',
    access: 'customer',
    summary: 'Remove a product from your basket',
    params: item,
    headers: z.strictObject(ifMatch),
    identifiers: { 'path.sku': 'barcode' },
    success: { status: 204, description: 'The product is not in your basket', headers: ['etag'] },
    problems: ['ACCOUNT_ERASED', 'BASKET_CHANGED'],
    problemFacts: changedBasket,
  },
  checkOut: {
    method: 'POST',
    path: '/basket/checkout',
    access: 'customer',
    summary: 'Check out',
    details:
      'Orders everything in your basket, but what you leave out, at the total that you accepted. ' +
      'If you repeat the request with the same Idempotency-Key, you get the same order. ' +
      'Stock is not looked at here: it is reserved a moment later, first come first served, and an order of more than ' +
      'there is ends as OUT_OF_STOCK before anything is charged.',
    headers: z.strictObject({ 'idempotency-key': IdempotencyKey, ...ifMatch }),
    identifiers: { 'header.idempotency-key': 'opaque', 'body.leaveOut': 'barcode' },
    body: CheckoutRequest,
    success: {
      status: 202,
      description: 'The order is accepted. Follow it at `statusUrl`',
      body: CheckoutAccepted,
      headers: ['location'],
    },
    problems: [
      'ACCOUNT_ERASED',
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
      'CHECKOUT_LIMIT',
    ],
    problemFacts: {
      ...changedBasket,
      PRICE_CHANGED: basketFacts,
      ITEM_UNAVAILABLE: { skus: z.array(Sku), restTotalMinor: z.int() },
      CURRENCY_UNSUPPORTED: unchargeableTotal,
      AMOUNT_STEP: unchargeableTotal,
      TOTAL_TOO_SMALL: unchargeableTotal,
      TOTAL_TOO_LARGE: unchargeableTotal,
    },
  },
} as const satisfies RouteTable;
