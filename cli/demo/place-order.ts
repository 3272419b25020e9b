import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { OrderId } from '../../events/vocabulary.ts';
import type { ShopClient, ShopRequest } from '../shop-client.ts';
import { UserError } from '../user-error.ts';

const Basket = z.object({ totalMinor: z.number(), currency: z.string() });
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
  await customer.call({ method: 'DELETE', path: '/basket' }, z.undefined());
  for (const [sku, quantity] of sample.lines) {
    await customer.call({ method: 'PUT', path: `/basket/items/${sku}`, body: { quantity } }, Basket);
  }
  const { totalMinor, currency } = await customer.call({ method: 'GET', path: '/basket' }, Basket);
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

/** Sends the checkout once more, as a client whose answer was lost. @throws UserError when it makes another order. */
export async function placeAgain(customer: ShopClient, placed: PlacedOrder): Promise<void> {
  const { orderId } = await customer.call(placed.checkout, Accepted);
  if (orderId !== placed.orderId) throw new UserError(`The same checkout made ${placed.orderId} and ${orderId}.`);
}
