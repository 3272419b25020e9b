import { callAs, callAsAnyone } from '../../platform/session.ts';
import type { Product } from '../shop/shop-api.ts';

export interface StockLevel {
  readonly sku: string;
  readonly stock: number;
  readonly onHold: number;
  readonly available: number;
  /** Units that were sold and have left. */
  readonly shipped: number;
}

export interface StockRow {
  readonly sku: string;
  readonly product: Product | undefined;
  readonly level: StockLevel | undefined;
}

/** At most so many products and stock rows are shown together. */
const MAX_ROWS = 100;

/** Catalogue and stock, side by side: either may know a product that the other does not. @throws Problem */
export async function readStock(): Promise<StockRow[]> {
  const [products, levels] = await Promise.all([
    callAsAnyone<{ products: Product[] }>(`/products?limit=${MAX_ROWS}`),
    callAs<{ stock: StockLevel[] }>('operator', `/inventory?limit=${MAX_ROWS}`),
  ]);
  const bySku = new Map(products.body.products.map((product) => [product.sku, product]));
  const levelBySku = new Map(levels.body.stock.map((level) => [level.sku, level]));
  const skus = [...new Set([...bySku.keys(), ...levelBySku.keys()])].toSorted();
  return skus.map((sku) => ({ sku, product: bySku.get(sku), level: levelBySku.get(sku) }));
}

export interface StockChange {
  readonly at: string;
  readonly actor: string;
  readonly by: number;
  readonly stock: number;
  readonly reason?: string;
}

export interface StockDetails {
  /** Rows that its units are spread over. */
  readonly shards: number;
  /** By people, newest first. */
  readonly changes: readonly StockChange[];
}

export async function readDetails(sku: string): Promise<StockDetails> {
  return (await callAs<StockDetails>('operator', `/inventory/${encodeURIComponent(sku)}`)).body;
}

/** Sent again, it goes on where it was interrupted. @throws Problem */
export async function spreadStock(sku: string, shards: number): Promise<void> {
  await callAs('operator', `/inventory/${encodeURIComponent(sku)}/shards`, { method: 'PUT', body: { shards } });
}

/** @param key of this one change: sent again, it does not happen twice. @throws Problem */
export async function adjustStock(
  sku: string,
  { by, reason, key }: { by: number; reason: string; key: string },
): Promise<void> {
  await callAs('operator', `/inventory/${encodeURIComponent(sku)}`, {
    method: 'PUT',
    headers: { 'idempotency-key': key },
    body: { adjustBy: by, ...(reason !== '' && { reason }) },
  });
}

/** All units in the warehouse, those for orders too. @throws Problem */
export async function countStock(sku: string, stock: number): Promise<void> {
  await callAs('operator', `/inventory/${encodeURIComponent(sku)}`, { method: 'PUT', body: { stock } });
}

/** @throws Problem PRODUCT_EXISTS, among others. */
export async function addProduct(draft: Omit<Product, 'version' | 'isAvailable'>): Promise<void> {
  await callAs('operator', '/products', { method: 'POST', body: draft });
}

/** @throws Problem VERSION_MISMATCH when somebody changed it since `product` was read. */
export async function setPrice(product: Product, priceMinor: number): Promise<void> {
  const { sku, name, description, category, version } = product;
  await callAs('operator', `/products/${encodeURIComponent(sku)}`, {
    method: 'PUT',
    headers: { 'if-match': `"${version}"` },
    body: { name, description, category, priceMinor },
  });
}
