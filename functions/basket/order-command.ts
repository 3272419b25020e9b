import { BasketCheckedOut, totalOf } from '../../events/basket-checked-out.ts';
import { expectedInstead, totalProblem } from '../../events/money.ts';
import { eventIdOf } from '../../events/define-event.ts';
import { type OrderId, type Sku } from '../../events/vocabulary.ts';
import type { ProductRecord } from '../catalog/product.ts';
import { ProblemError } from '../platform/http/problem.ts';
import type { CheckoutRequest } from './basket-routes.ts';
import { currencyOf, factsOf, type Basket } from './basket.ts';

/** What makes an order of a basket. */
export interface OrderingFacts {
  readonly basket: Basket;
  /** What of it is for sale now. */
  readonly products: ReadonlyMap<Sku, ProductRecord>;
  readonly request: CheckoutRequest;
  readonly orderId: OrderId;
  readonly correlationId: string;
  readonly placedAt: string;
}

/**
 * The order command with the prices and names of this moment. They come from the catalogue alone: not from the client, and not
 * from the basket's lines, which follow the catalogue a moment later.
 * @throws ProblemError for a basket that cannot be ordered like this, saying what changed.
 */
export function orderCommand(facts: OrderingFacts): BasketCheckedOut {
  const { request, orderId, correlationId, placedAt } = facts;
  const basket = atCurrentPrices(facts);
  const currency = currencyOf(basket);
  if (currency === undefined) throw new ProblemError('BASKET_EMPTY');
  if (request.currency !== undefined && request.currency !== currency) {
    throw new ProblemError('CURRENCY_MISMATCH', { detail: `The basket is in ${currency}` });
  }
  const totalMinor = totalOf(basket.lines);
  const problem = totalProblem(totalMinor, currency);
  if (problem !== undefined) {
    throw new ProblemError(problem, { detail: expectedInstead(problem, currency), facts: { totalMinor } });
  }
  if (totalMinor !== request.acceptedTotal) throw new ProblemError('PRICE_CHANGED', { facts: factsOf(basket) });
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `${basket.customerId}.${basket.version}`,
    customerId: basket.customerId,
    correlationId,
    placedAt,
    currency,
    lines: basket.lines.map(({ sku, quantity, unitPriceMinor, name }) => ({ sku, quantity, unitPriceMinor, name })),
    totalMinor,
    paymentMethodId: request.paymentMethod,
    ...(request.allowPaymentRetry === true && { allowPaymentRetry: true as const }),
  } satisfies Required<Omit<BasketCheckedOut, 'allowPaymentRetry'>>;
}

/** @throws ProblemError ITEM_UNAVAILABLE naming what is not for sale any more, and what the rest costs. */
function atCurrentPrices({ basket, products }: OrderingFacts): Basket {
  const lines = basket.lines.flatMap((line) => {
    const product = products.get(line.sku);
    if (product === undefined) return [];
    const { priceMinor: unitPriceMinor, version: productVersion, name } = product;
    return [{ ...line, unitPriceMinor, productVersion, name }];
  });
  const skus = basket.lines.map(({ sku }) => sku).filter((sku) => !products.has(sku));
  if (skus.length > 0) {
    throw new ProblemError('ITEM_UNAVAILABLE', {
      detail: 'Send them in `leaveOut` to order the rest, or take them out of the basket',
      facts: { skus, restTotalMinor: totalOf(lines) },
    });
  }
  return { ...basket, lines };
}
