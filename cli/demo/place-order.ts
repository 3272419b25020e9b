import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { OrderId } from '../../events/vocabulary.ts';
import type { ShopClient, ShopRequest } from '../shop-client.ts';
import { UserError } from '../user-error.ts';

const Basket = z.object({
  totalMinor: z.number(),
  currency: z.string(),
  lines: z.array(z.object({ sku: z.string() })),
});

/** What an order took that came to nothing comes back into the basket a moment after its end. */
const MAX_FILLINGS = 5;
const Accepted = z.object({ orderId: OrderId });

/** An order that the shop accepted. */
export interface PlacedOrder {
  readonly orderId: OrderId;
  readonly totalMinor: number;
  readonly currency: string;
  /** The request that made it: sent again, it must answer with the same order. */
  readonly checkout: ShopRequest;
}

export interface SampleOrder {
  readonly customerId: string;
  readonly lines: readonly (readonly [sku: string, quantity: number])[];
  readonly paymentMethodId: string;
}

/** Fills the customer's basket, which is emptied first, and checks out at the total that the shop shows. */
export async function placeOrder(customer: ShopClient, sample: SampleOrder): Promise<PlacedOrder> {
  const { totalMinor, currency } = await filledBasket(customer, sample);
  const checkout: ShopRequest = {
    method: 'POST',
    path: '/basket/checkout',
    headers: { 'idempotency-key': randomUUID() },
    body: {
      acceptedTotal: totalMinor,
      email: `${sample.customerId}@example.com`,
      shippingAddress: {
        name: sample.customerId,
        line1: '1 Tea Lane',
        postalCode: '10115',
        city: 'Berlin',
        country: 'DE',
      },
      paymentMethod: sample.paymentMethodId,
    },
  };
  const { orderId } = await customer.call(checkout, Accepted);
  return { orderId, totalMinor, currency, checkout };
}

/** @throws UserError when something else keeps coming into the basket. */
async function filledBasket(customer: ShopClient, { lines }: SampleOrder): Promise<z.infer<typeof Basket>> {
  for (let filling = 1; filling <= MAX_FILLINGS; filling += 1) {
    await customer.call({ method: 'DELETE', path: '/basket' }, z.undefined());
    for (const [sku, quantity] of lines) {
      await customer.call({ method: 'PUT', path: `/basket/items/${sku}`, body: { quantity } }, z.unknown());
    }
    const basket = await customer.call({ method: 'GET', path: '/basket' }, Basket);
    if (basket.lines.length === lines.length) return basket;
  }
  throw new UserError('Somebody else fills the basket of this customer.');
}

/** Sends the checkout once more, as a client whose answer was lost. @throws UserError when it makes another order. */
export async function placeAgain(customer: ShopClient, placed: PlacedOrder): Promise<void> {
  const { orderId } = await customer.call(placed.checkout, Accepted);
  if (orderId !== placed.orderId) throw new UserError(`The same checkout made ${placed.orderId} and ${orderId}.`);
}
