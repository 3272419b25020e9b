import { BasketCheckedOut, basketCheckedOutSample } from './basket-checked-out.ts';
import { OrderCancelled, orderCancelledSample } from './order-cancelled.ts';
import { OrderConfirmed, orderConfirmedSample } from './order-confirmed.ts';
import { OrderDelivered, orderDeliveredSample } from './order-delivered.ts';
import { OrderParked, orderParkedSample } from './order-parked.ts';
import { OrderPlaced, orderPlacedSample } from './order-placed.ts';
import { OrderShipped, orderShippedSample } from './order-shipped.ts';
import { PaymentActionRequired, paymentActionRequiredSample } from './payment-action-required.ts';
import { ProductPriceChanged, productPriceChangedSample } from './product-price-changed.ts';

/** Every event of the shop with one sample: what the schemas on disk, the docs and the tests walk through. */
export const EVENT_CATALOG = [
  { name: 'ProductPriceChanged', event: ProductPriceChanged, sample: productPriceChangedSample },
  { name: 'BasketCheckedOut', event: BasketCheckedOut, sample: basketCheckedOutSample },
  { name: 'OrderPlaced', event: OrderPlaced, sample: orderPlacedSample },
  { name: 'PaymentActionRequired', event: PaymentActionRequired, sample: paymentActionRequiredSample },
  { name: 'OrderConfirmed', event: OrderConfirmed, sample: orderConfirmedSample },
  { name: 'OrderShipped', event: OrderShipped, sample: orderShippedSample },
  { name: 'OrderDelivered', event: OrderDelivered, sample: orderDeliveredSample },
  { name: 'OrderCancelled', event: OrderCancelled, sample: orderCancelledSample },
  { name: 'OrderParked', event: OrderParked, sample: orderParkedSample },
] as const;
