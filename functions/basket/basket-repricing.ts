import type { BasketTable, NewPrice } from './basket-table.ts';

/** Lines that are repriced at the same time: enough to hide latency, few enough for other work on the table. */
const CONCURRENCY = 10;

/** Brings a new price into every basket that holds the product. */
export class BasketRepricing {
  readonly #baskets: Pick<BasketTable, 'holdersOf' | 'reprice'>;

  constructor(baskets: Pick<BasketTable, 'holdersOf' | 'reprice'>) {
    this.#baskets = baskets;
  }

  /**
   * How many lines have the new price by this call. Repeating it after a failure goes over all of them again, and
   * skips those that have it.
   */
  async follow(price: NewPrice): Promise<number> {
    let repriced = 0;
    let after: Readonly<Record<string, unknown>> | undefined;
    do {
      const { customerIds, next } = await this.#baskets.holdersOf(price.sku, after);
      for (let start = 0; start < customerIds.length; start += CONCURRENCY) {
        const some = customerIds.slice(start, start + CONCURRENCY);
        const outcomes = await Promise.all(some.map((customerId) => this.#baskets.reprice(customerId, price)));
        repriced += outcomes.filter(Boolean).length;
      }
      after = next;
    } while (after !== undefined);
    return repriced;
  }
}
