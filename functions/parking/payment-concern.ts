import { FAILED_REFUND_STEP, FAILED_RETURN_STEP } from '../../events/order-parked.ts';
import type { ParkReason } from '../../events/vocabulary.ts';
import type { PaymentConcern } from '../payments/payment-review.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { OF_DISPUTE_AFTER_REFUND } from './next-action.ts';
import { NO_POSITIONS } from './open-positions.ts';
import { PAYMENT_REVIEW_STEP } from './parked-order.ts';
import type { Parking, ParkingLot } from './parking-lot.ts';

const REASON_OF_CONCERN = {
  DISPUTED: 'PAYMENT_DISPUTED',
  FRAUD_SUSPECTED: 'FRAUD_SUSPECTED',
  REFUNDED_BY_OTHERS: 'REFUNDED_BY_OTHERS',
  REFUND_FAILED: 'REFUND_FAILED',
  RETURN_REFUND_FAILED: 'REFUND_FAILED',
} satisfies Record<PaymentConcern['kind'], ParkReason>;

/** Under which step each is parked. */
const STEP_OF_CONCERN = {
  DISPUTED: PAYMENT_REVIEW_STEP,
  FRAUD_SUSPECTED: PAYMENT_REVIEW_STEP,
  REFUNDED_BY_OTHERS: PAYMENT_REVIEW_STEP,
  REFUND_FAILED: FAILED_REFUND_STEP,
  RETURN_REFUND_FAILED: FAILED_RETURN_STEP,
} satisfies Record<PaymentConcern['kind'], string>;

/** Shows an operator what became of a payment after its order had gone on. Nothing waits for the answer. */
export async function parkConcern(parkingLot: ParkingLot, concern: PaymentConcern): Promise<void> {
  const { orderId, currency, kind, exposureMinor, particulars } = concern;
  const reason = REASON_OF_CONCERN[kind];
  const parking: Parking = {
    orderId,
    currency,
    step: STEP_OF_CONCERN[kind],
    reason,
    errorName: 'PaymentConcern',
    positions: { ...NO_POSITIONS, exposureMinor },
    particulars,
    ...(concern.returnIds !== undefined && { returnIds: concern.returnIds }),
    ...(concern.isGivenBack === true && { nextAction: OF_DISPUTE_AFTER_REFUND }),
  };
  try {
    if (!(await parkingLot.park(parking))) return;
  } catch (error) {
    if (!isErrorNamed(error, 'OrderNotFound')) throw error;
    // A charge that was made before its order exists: its row is held, and the order finds it so when it comes.
    logger.error('A payment without an order is for a person to look at', { orderId, reason, ...particulars });
    return;
  }
  count('OrdersParked', { Reason: reason });
  logger.error('Order parked', { orderId, step: parking.step, reason, exposureMinor });
}
