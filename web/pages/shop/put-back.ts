import { getBasket, setQuantity } from './shop-api.ts';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** Puts lines into the basket, beside what is there: a customer whose payment failed wants them still. */
export async function putBack(lines: readonly Line[]): Promise<void> {
  for (const { sku, quantity } of lines) {
    const basket = await getBasket();
    const known = basket.lines.find((line) => line.sku === sku)?.quantity ?? 0;
    await setQuantity(sku, Math.min(100, Math.max(known, quantity)), basket.version);
  }
}
