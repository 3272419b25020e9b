import { demoPasswordOf } from '../../cli/demo-users.ts';
import type { Deployment } from '../../cli/deployment.ts';
import { ShopClient } from '../../cli/shop-client.ts';
import { restock } from '../../test/testing/restock.ts';

const PRODUCTS = 20;

export const PRICE_MINOR = 1000;

/** Products of one price, of which more are in stock than any bench sells. @returns their SKUs. */
export async function seedProducts(deployment: Deployment): Promise<string[]> {
  const skus = Array.from({ length: PRODUCTS }, (_, index) => `BENCH-${String(index).padStart(2, '0')}`);
  const admin = await ShopClient.signedIn(deployment, 'admin', demoPasswordOf('admin'));
  for (const sku of skus) {
    const product = { sku, name: `Bench ${sku}`, description: 'Oak, for two.', category: 'furniture' };
    const body = { ...product, priceMinor: PRICE_MINOR, currency: 'EUR' };
    const answer = await admin.send({ method: 'POST', path: '/products', body });
    if (answer.status !== 201) throw new Error(`${sku}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  await restock(deployment, Object.fromEntries(skus.map((sku) => [sku, 1_000_000])));
  return skus;
}
