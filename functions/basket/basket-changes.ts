import { MAX_LINES, type Sku } from '../../events/vocabulary.ts';
import { ProblemError } from '../platform/http/problem.ts';
import type { ProductRecord } from '../catalog/product.ts';
import { isExpected, type ExpectedVersions } from '../platform/http/entity-tag.ts';
import type { BasketEdit } from './basket-table.ts';
import { currencyOf, factsOf, type Basket } from './basket.ts';

/**
 * Has `quantity` units of the product in the basket, at its price of now.
 * @throws ProblemError BASKET_FULL or CURRENCY_MISMATCH.
 */
export function withItem(product: ProductRecord, quantity: number): (basket: Basket) => BasketEdit {
  const { sku, name, priceMinor: unitPriceMinor, currency, version: productVersion } = product;
  return (basket) => {
    const others = { ...basket, lines: basket.lines.filter((line) => line.sku !== sku) };
    if (others.lines.length >= MAX_LINES) throw new ProblemError('BASKET_FULL');
    if ((currencyOf(others) ?? currency) !== currency) {
      const skus = others.lines.map((line) => line.sku);
      throw new ProblemError('CURRENCY_MISMATCH', {
        detail: `The basket is in ${currencyOf(others)}, also by lines that are not for sale any more: they may come back. Remove them, or order them first`,
        facts: { skus },
      });
    }
    return { put: [{ sku, name, quantity, unitPriceMinor, currency, productVersion }] };
  };
}

/** Nothing changes when it is not in the basket. */
export function withoutItem(sku: Sku): (basket: Basket) => BasketEdit | undefined {
  return ({ lines }) => (lines.some((line) => line.sku === sku) ? { remove: [sku] } : undefined);
}

export function emptied({ lines }: Basket): BasketEdit | undefined {
  return lines.length === 0 ? undefined : { remove: lines.map(({ sku }) => sku) };
}

/**
 * The same change, to a basket of an expected version only.
 * @throws ProblemError BASKET_CHANGED
 */
export function ifExpected<Edit>(
  expected: ExpectedVersions = 'any',
  decide: (basket: Basket) => Edit,
): (basket: Basket) => Edit {
  return (basket) => {
    if (!isExpected(basket.version, expected)) throw basketChanged(basket, expected);
    return decide(basket);
  };
}

/** Shows both: the versions that the customer had in mind, and the basket as it is. */
export function basketChanged(basket: Basket, expected: ExpectedVersions): ProblemError {
  const expectedVersions = expected === 'any' ? [] : expected;
  return new ProblemError('BASKET_CHANGED', {
    detail: `The basket is at version ${basket.version} now`,
    facts: { expectedVersions, ...factsOf(basket) },
  });
}
