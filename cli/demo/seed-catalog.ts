import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import type { ShopClient } from '../shop-client.ts';
import { SAMPLE_PRODUCTS, type SampleProduct } from '../../events/sample-checkouts.ts';
import { readAvailable } from './snapshot.ts';

const Listed = z.object({
  name: z.string(),
  description: z.string(),
  category: z.string(),
  priceMinor: z.number(),
  version: z.number(),
});

/** Puts the sample products on sale at their prices and takes deliveries until their stock is there, as an admin. */
export async function seedCatalog(admin: ShopClient, deployment: Deployment): Promise<void> {
  const available = await readAvailable(
    deployment,
    SAMPLE_PRODUCTS.map(({ sku }) => sku),
  );
  for (const product of SAMPLE_PRODUCTS) {
    await putOnSale(admin, product);
    await deliver(admin, product, available.get(product.sku));
  }
}

async function putOnSale(admin: ShopClient, { stock: _stock, ...product }: SampleProduct): Promise<void> {
  const { sku, currency: _currency, ...change } = product;
  const { status, body } = await admin.send({ method: 'GET', path: `/products/${sku}` });
  if (status === 404) {
    await admin.call({ method: 'POST', path: '/products', body: product }, Listed);
    return;
  }
  const { version, ...listed } = Listed.parse(body);
  if (isSame(listed, change)) return;
  const headers = { 'if-match': `"${version}"` };
  await admin.call({ method: 'PUT', path: `/products/${sku}`, headers, body: change }, Listed);
}

/** @param available undefined when the warehouse has never heard of the product. */
async function deliver(admin: ShopClient, { sku, stock }: SampleProduct, available: number | undefined): Promise<void> {
  const missing = stock - (available ?? 0);
  if (available !== undefined && missing <= 0) return;
  await admin.call(
    {
      method: 'PUT',
      path: `/inventory/${sku}`,
      headers: { 'idempotency-key': randomUUID() },
      body: available === undefined ? { stock } : { adjustBy: missing },
    },
    z.object({ available: z.number() }),
  );
}

function isSame(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(other).every((name) => one[name] === other[name]);
}
