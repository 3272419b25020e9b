import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { findOrder } from '../orders/order-record.ts';
import { deployedParkingLot } from '../parking/deployed-parking-lot.ts';
import { parkConcern } from '../parking/payment-concern.ts';
import { deployedPayments } from '../payments/deployed-payments.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { parsePayload } from '../platform/parse-payload.ts';
import { comparePayment, type Comparison } from './compared-payment.ts';

const ordersTable = envVar('ORDERS_TABLE');
const parkingLot = deployedParkingLot();
const parts = {
  ...deployedPayments(),
  findOrder: (orderId: Parameters<typeof findOrder>[2]) => findOrder(documentClient, ordersTable, orderId),
  raise: (concern: Parameters<typeof parkConcern>[1]) => parkConcern(parkingLot, concern),
};

const Compared = z.object({ order: BasketCheckedOut.received, chargeAttempted: z.boolean() });

/**
 * For `orders restore settle`: holds one order against the provider's books, and parks it where they do not agree. It
 * runs where the provider's key is, so that no operator needs to hold it. Repeating it is harmless.
 */
export async function handler(request: unknown): Promise<Comparison> {
  const { order, chargeAttempted } = parsePayload(Compared, request);
  const comparison = await comparePayment(parts, order, chargeAttempted);
  logger.info('Order held against the provider', { ...comparison, correlationId: order.correlationId });
  return comparison;
}
