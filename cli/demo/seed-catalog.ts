import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import type { ShopClient } from '../shop-client.ts';
import { SAMPLE_PRODUCTS, type SampleProduct } from '../../events/sample-checkouts.ts';
import type { Cast } from './cast.ts';
import { readAvailable } from './snapshot.ts';

const Product = z.object({ sku: z.string() });
const StockLevel = z.object({ available: z.number() });

/**
 * Puts the sample products on sale that are not there, with their stock, as an admin. A product that is there keeps its
 * name, its price and its units; only stock that belongs to the samples alone is brought to what they expect.
 */
export async function seedCatalog(admin: ShopClient, deployment: Deployment, cast: Cast): Promise<void> {
  const products = SAMPLE_PRODUCTS.map((product) => ({ ...product, sku: cast.skuOf(product.sku) }));
  const available = await readAvailable(
    deployment,
    products.map(({ sku }) => sku),
  );
  for (const { stock, ...product } of products) {
    await putOnSale(admin, product);
    const units = available.get(product.sku);
    if (units === undefined) await changeStock(admin, product.sku, { stock });
    else if (cast.ownsItsStock && units !== stock) await changeStock(admin, product.sku, { adjustBy: stock - units });
  }
}

async function putOnSale(admin: ShopClient, product: Omit<SampleProduct, 'stock'>): Promise<void> {
  const { status } = await admin.send({ method: 'GET', path: `/products/${product.sku}` });
  if (status === 404) await admin.call({ method: 'POST', path: '/products', body: product }, Product);
}

async function changeStock(
  admin: ShopClient,
  sku: string,
  body: { readonly stock: number } | { readonly adjustBy: number },
): Promise<void> {
  const headers = { 'idempotency-key': randomUUID() };
  await admin.call({ method: 'PUT', path: `/inventory/${sku}`, headers, body }, StockLevel);
}
