import type { PageOf } from '../../platform/page-of.ts';
import { callAs, callAsAnyone } from '../../platform/session.ts';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly priceMinor: number;
  readonly currency: string;
  readonly version: number;
  /** Whether a unit could be sold a moment ago. Listings say it. */
  readonly isAvailable?: boolean;
}

export interface Basket {
  readonly version: number;
  readonly lines: readonly BasketLine[];
  readonly currency?: string;
  readonly totalMinor: number;
}

export interface BasketLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly lineTotalMinor: number;
}

export interface MyOrderSummary {
  readonly orderId: string;
  readonly status: string;
  readonly placedAt: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly reason?: string;
}

export interface MyOrder extends MyOrderSummary {
  readonly updatedAt: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor: number }[];
  readonly journey: readonly { readonly status: string; readonly at: string; readonly reason?: string }[];
  readonly waitsFor?: 'PROCESSING' | 'CUSTOMER' | 'SHIPMENT' | 'DELIVERY' | 'REFUND' | 'SHOP';
  readonly confirmationUrl?: string;
  readonly declineCode?: string;
  /** Not present unless the customer may pay with another method now. */
  readonly paymentRetry?: { readonly until: string; readonly methodsLeft: number };
  readonly parcel?: { readonly carrier?: string; readonly trackingNumber?: string };
}

export async function listProducts(cursor?: string): Promise<PageOf<Product>> {
  const { body } = await callAsAnyone<{ products: Product[]; nextCursor?: string }>(`/products${pageQuery(cursor)}`);
  return { items: body.products, nextCursor: body.nextCursor };
}

export async function getBasket(): Promise<Basket> {
  return (await callAs<Basket>('customer', '/basket')).body;
}

/** @param version the basket that the customer saw: another tab may have changed it since. */
export async function setQuantity(sku: string, quantity: number, version: number): Promise<void> {
  const path = `/basket/items/${encodeURIComponent(sku)}`;
  const headers = { 'if-match': `"${version}"` };
  if (quantity === 0) await callAs('customer', path, { method: 'DELETE', headers });
  else await callAs('customer', path, { method: 'PUT', body: { quantity }, headers });
}

export interface Checkout {
  readonly acceptedTotal: number;
  readonly basketVersion: number;
  readonly email: string;
  readonly shippingAddress: Readonly<Record<string, string>>;
  readonly paymentMethod: string;
  /** The order waits for another method when this one is declined. */
  readonly allowPaymentRetry: boolean;
}

/** @param key of this attempt to buy: sent again, the same order comes back. @returns the order's id. */
export async function checkOut(checkout: Checkout, key: string): Promise<string> {
  const headers = { 'idempotency-key': key };
  const { body } = await callAs<{ orderId: string }>('customer', '/basket/checkout', {
    method: 'POST',
    body: checkout,
    headers,
  });
  return body.orderId;
}

export async function listMyOrders(cursor?: string): Promise<PageOf<MyOrderSummary>> {
  const { body } = await callAs<{ orders: MyOrderSummary[]; nextCursor?: string }>(
    'customer',
    `/orders${pageQuery(cursor)}`,
  );
  return { items: body.orders, nextCursor: body.nextCursor };
}

export async function getMyOrder(orderId: string): Promise<MyOrder> {
  return (await callAs<MyOrder>('customer', `/orders/${encodeURIComponent(orderId)}`)).body;
}

/** @throws a problem when this method is declined too. */
export async function payAgain(orderId: string, paymentMethod: string): Promise<'PAID' | 'CONFIRMATION_REQUIRED'> {
  const { body } = await callAs<{ outcome: 'PAID' | 'CONFIRMATION_REQUIRED' }>(
    'customer',
    `/orders/${encodeURIComponent(orderId)}/payment`,
    { method: 'POST', body: { paymentMethod } },
  );
  return body.outcome;
}

export async function cancelMyOrder(orderId: string): Promise<void> {
  await callAs('customer', `/orders/${encodeURIComponent(orderId)}/cancel`, { method: 'POST' });
}

function pageQuery(cursor: string | undefined): string {
  return cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
}
