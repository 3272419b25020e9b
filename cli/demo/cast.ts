import type { SampleBasket } from '../../events/sample-checkouts.ts';
import type { DemoUsername } from '../demo-users.ts';

/** Whose products and customers the sample orders' stories are told with. */
export interface Cast {
  /** Of the product that a sample calls `sku`. */
  skuOf(sku: string): string;
  customerOf(name: SampleBasket['customerId']): DemoUsername;
  /** Whether the stock may be set to what the samples expect: it is nobody else's. */
  readonly ownsItsStock: boolean;
}

/** A shop that has just been made: its catalogue is the samples'. */
export const NEW_SHOP: Cast = { skuOf: (sku) => sku, customerOf: (name) => name, ownsItsStock: false };

/** A shop that somebody uses: no basket, price or unit of it is touched. */
export const GUESTS: Cast = {
  skuOf: (sku) => `SAMPLE-${sku}`,
  customerOf: (name) => `sample-${name}`,
  ownsItsStock: true,
};
