import type { Sku } from '../../events/vocabulary.ts';
import { isListed } from '../catalog/product.ts';
import type { Availability, BasketView } from './basket-routes.ts';
import { currencyOf, shownLine, type Basket, type BasketLine } from './basket.ts';
import type { Offer } from './current-products.ts';

/** The basket as its owner sees it: each line by its name and its price of now, and whether it can be had. */
export function viewOf(basket: Basket, offers: ReadonlyMap<Sku, Offer>): BasketView {
  const currency = currencyOf(basket);
  const lines = basket.lines.map((line) => {
    const offer = offers.get(line.sku);
    return { ...shownLine(asOffered(line, offer)), availability: availabilityOf(line, offer) };
  });
  const forSale = lines.filter(({ availability }) => availability !== 'NOT_FOR_SALE');
  return {
    version: basket.version,
    lines,
    ...(currency === undefined ? {} : { currency }),
    totalMinor: forSale.reduce((total, { lineTotalMinor }) => total + lineTotalMinor, 0),
  };
}

/** The row follows the catalogue a moment later. A product that is not for sale keeps its last name and price. */
function asOffered(line: BasketLine, offer: Offer | undefined): BasketLine {
  const product = offer?.product;
  return product === undefined ? line : { ...line, name: product.name, unitPriceMinor: product.priceMinor };
}

function availabilityOf({ quantity }: BasketLine, offer: Offer | undefined): Availability {
  if (offer?.product === undefined || !isListed(offer.product)) return 'NOT_FOR_SALE';
  if (offer.availableUnits <= 0) return 'SOLD_OUT';
  return offer.availableUnits < quantity ? 'TOO_FEW' : 'AVAILABLE';
}
