import { getBasket, setQuantity } from './shop-api.ts';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** Orders that this window placed, with what they took out of the basket. */
const placed = new Map<string, readonly Line[]>();

export function notePlaced(orderId: string, lines: readonly Line[]): void {
  placed.set(orderId, lines);
}

export function wasPlacedHere(orderId: string): boolean {
  return placed.has(orderId);
}

/** Puts lines into the basket, beside what is there: a customer whose payment failed wants them still. */
export async function putBack(lines: readonly Line[]): Promise<void> {
  for (const { sku, quantity } of lines) {
    const basket = await getBasket();
    const known = basket.lines.find((line) => line.sku === sku)?.quantity ?? 0;
    await setQuantity(sku, Math.min(100, Math.max(known, quantity)), basket.version);
  }
}
