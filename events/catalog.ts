import { BasketCheckedOut, basketCheckedOutSample } from './basket-checked-out.ts';
import { FailedRefundSettled, failedRefundSettledSample } from './failed-refund-settled.ts';
import { OrderCancelled, orderCancelledSample } from './order-cancelled.ts';
import { OrderConfirmed, orderConfirmedSample } from './order-confirmed.ts';
import { OrderDelivered, orderDeliveredSample } from './order-delivered.ts';
import { OrderParked, orderParkedSample } from './order-parked.ts';
import { OrderPlaced, orderPlacedSample } from './order-placed.ts';
import { OrderRefunded, orderRefundedSample } from './order-refunded.ts';
import { OrderReturned, orderReturnedSample } from './order-returned.ts';
import { OrderShipped, orderShippedSample } from './order-shipped.ts';
import { ParcelCorrected, parcelCorrectedSample } from './parcel-corrected.ts';
import { ParcelDelivered, parcelDeliveredSample } from './parcel-delivered.ts';
import { ParcelShipped, parcelShippedSample } from './parcel-shipped.ts';
import { PaymentActionRequired, paymentActionRequiredSample } from './payment-action-required.ts';
import { PaymentMethodRequired, paymentMethodRequiredSample } from './payment-method-required.ts';
import { ProductPriceChanged, productPriceChangedSample } from './product-price-changed.ts';

/** Every event of the shop with one sample: what the schemas on disk, the docs and the tests walk through. */
export const EVENT_CATALOG = [
  { event: ProductPriceChanged, sample: productPriceChangedSample },
  { event: BasketCheckedOut, sample: basketCheckedOutSample },
  { event: OrderPlaced, sample: orderPlacedSample },
  { event: PaymentActionRequired, sample: paymentActionRequiredSample },
  { event: PaymentMethodRequired, sample: paymentMethodRequiredSample },
  { event: OrderConfirmed, sample: orderConfirmedSample },
  { event: ParcelShipped, sample: parcelShippedSample },
  { event: ParcelCorrected, sample: parcelCorrectedSample },
  { event: OrderShipped, sample: orderShippedSample },
  { event: ParcelDelivered, sample: parcelDeliveredSample },
  { event: OrderDelivered, sample: orderDeliveredSample },
  { event: OrderReturned, sample: orderReturnedSample },
  { event: OrderRefunded, sample: orderRefundedSample },
  { event: OrderCancelled, sample: orderCancelledSample },
  { event: OrderParked, sample: orderParkedSample },
  { event: FailedRefundSettled, sample: failedRefundSettledSample },
] as const;
