import type { OrderId } from '../../events/vocabulary.ts';
import { findOrder } from '../orders/order-record.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import type { Caller } from '../platform/http/caller.ts';
import { orProblem } from '../platform/http/named-problems.ts';
import type { ProblemCode } from '../platform/http/problem-codes.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { logger } from '../platform/logger.ts';
import { shownDecline } from './decline-codes.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import type { PaymentRecord } from './ledger/payment-record.ts';
import { attemptOf, MAX_METHODS } from './ledger/retry-window.ts';
import { PaymentRetry } from './payment-retry.ts';
import { orderPaymentRoutes, type PaymentAttemptView } from './payment-routes.ts';

const ordersTable = envVar('ORDERS_TABLE');
const retry = new PaymentRetry({
  ...deployedSettlement(deployedPayments()),
  documents: documentClient,
  clock: systemClock,
});

const PROBLEM_OF_ERROR: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['PaymentNotAwaited', 'PAYMENT_NOT_AWAITED'],
  ['OrderStopped', 'PAYMENT_NOT_AWAITED'],
  ['PaymentUnderWay', 'PAYMENT_UNDER_WAY'],
  ['PaymentRefused', 'PAYMENT_NOT_AWAITED'],
  ['PaymentUnavailable', 'PAYMENT_UNKNOWN'],
]);

/** Lets a customer pay an order with another method after a decline. */
export const handler = serve(orderPaymentRoutes, {
  async payOrder({ caller, params: { orderId }, body: { paymentMethod } }) {
    await requireVisible(orderId, caller);
    const payment = await orProblem(retry.pay(orderId, paymentMethod), PROBLEM_OF_ERROR);
    const { correlationId, state, waitsFor } = payment;
    logger.info('Payment tried again', { orderId, correlationId, state, waitsFor, attempt: attemptOf(payment) });
    return { body: viewOf(payment) };
  },
});

/** @throws ProblemError ORDER_NOT_FOUND also for an order of somebody else. */
async function requireVisible(orderId: OrderId, caller: Caller): Promise<void> {
  const order = await findOrder(documentClient, ordersTable, orderId);
  if (order === undefined || !(caller.isAdmin || order.customerId === caller.customerId)) {
    throw new ProblemError('ORDER_NOT_FOUND');
  }
}

/** @throws ProblemError PAYMENT_DECLINED. */
function viewOf(payment: PaymentRecord): PaymentAttemptView {
  const { orderId, state, waitsFor, confirmationUrl, declineCode = '' } = payment;
  const statusUrl = `/orders/${orderId}`;
  if (state === 'CHARGED') return { orderId, outcome: 'PAID', statusUrl };
  if (state === 'AWAITING_CUSTOMER' && waitsFor === 'CONFIRMATION' && confirmationUrl !== undefined) {
    return { orderId, outcome: 'CONFIRMATION_REQUIRED', confirmationUrl, statusUrl };
  }
  const isDeclined = state === 'DECLINED' || (state === 'AWAITING_CUSTOMER' && waitsFor === 'ANOTHER_METHOD');
  if (!isDeclined) throw new ProblemError(state === 'AWAITING_CUSTOMER' ? 'PAYMENT_UNKNOWN' : 'PAYMENT_NOT_AWAITED');
  const methodsLeft = state === 'DECLINED' ? 0 : MAX_METHODS - attemptOf(payment);
  throw new ProblemError('PAYMENT_DECLINED', { facts: { declineCode: shownDecline(declineCode), methodsLeft } });
}
