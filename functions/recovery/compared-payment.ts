import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { isSold, type OrderRecord } from '../orders/order-record.ts';
import type { PaymentLedger } from '../payments/ledger/payment-ledger.ts';
import { termsOf } from '../payments/ledger/payment-record.ts';
import type { RaiseConcern } from '../payments/payment-review.ts';
import { refundedMinor, type PaymentGateway } from '../payments/provider/payment-gateway.ts';
import { isErrorNamed } from '../platform/errors.ts';

/** How the provider's books and the order agree. Amounts in the currency's minor unit. */
export type Comparison = {
  readonly orderId: OrderId;
  readonly status: string;
  /** What the provider has of the customer's money: received and not given back. */
  readonly heldMinor: number;
  readonly kind: 'agrees' | 'open' | 'parked';
};

export interface ComparedPaymentParts {
  readonly ledger: Pick<PaymentLedger, 'find'>;
  readonly gateway: PaymentGateway;
  readonly findOrder: (orderId: OrderId) => Promise<OrderRecord | undefined>;
  /** Shows an operator what does not agree. Showing it again is harmless. */
  readonly raise: RaiseConcern;
}

/**
 * Holds an order against the provider's books. Only executions make payments, and Step Functions remembers them: who
 * compares the orders of all executions compares every payment.
 * @param isChargeAttempted whether a workflow ever came to charge: then an intent may exist that no row names.
 * @throws PaymentUnavailable, PaymentRateLimited, PaymentOutcomeUnknown (transient).
 */
export async function comparePayment(
  parts: ComparedPaymentParts,
  order: BasketCheckedOut,
  isChargeAttempted: boolean,
): Promise<Comparison> {
  const { orderId, currency } = order;
  const standing = await parts.findOrder(orderId);
  const { heldMinor, isDisputed } = await moneyOf(parts, order, isChargeAttempted);
  const status = standing?.status ?? 'unknown';
  const told = { orderId, status, heldMinor };
  if (isDisputed) return { ...told, kind: 'agrees' }; // the review of payments shows disputes
  if (status === 'CANCELLED' && heldMinor > 0) {
    const particulars = { foundBy: 'orders restore', heldMinor: String(heldMinor) };
    await parts.raise({ orderId, kind: 'REFUND_FAILED', exposureMinor: heldMinor, currency, particulars });
    return { ...told, kind: 'parked' };
  }
  if (standing !== undefined && isSold(standing.status)) {
    const dueMinor = order.totalMinor - (standing.returns?.refundMinor ?? 0);
    if (heldMinor >= dueMinor) return { ...told, kind: 'agrees' };
    const particulars = { foundBy: 'orders restore', heldMinor: String(heldMinor), dueMinor: String(dueMinor) };
    await parts.raise({ orderId, kind: 'REFUNDED_BY_OTHERS', exposureMinor: 0, currency, particulars });
    return { ...told, kind: 'parked' };
  }
  return { ...told, kind: status === 'CANCELLED' ? 'agrees' : 'open' };
}

/** Also of a payment that no row names any more: its key finds it. */
async function moneyOf({ ledger, gateway }: ComparedPaymentParts, order: BasketCheckedOut, isChargeAttempted: boolean) {
  const nothing = { heldMinor: 0, isDisputed: false };
  try {
    const row = await ledger.find(order.orderId);
    if (row?.paymentIntentId === undefined && !isChargeAttempted) return nothing;
    const found =
      row?.paymentIntentId === undefined
        ? await gateway.createIntent({ ...termsOf(order), paymentMethodId: order.paymentMethodId })
        : await gateway.find(row.paymentIntentId);
    if (found === undefined) return nothing;
    const { refunds, disputes } = await gateway.aftermath(found.paymentIntentId);
    const isDisputed = disputes.some(({ standing }) => standing !== 'settledForUs');
    return { heldMinor: found.receivedMinor - refundedMinor(refunds), isDisputed };
  } catch (error) {
    if (isErrorNamed(error, 'PaymentRequestRefused', 'PaymentRefused')) return nothing; // none could ever be made
    throw error;
  }
}
