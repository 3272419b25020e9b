import * as z from 'zod';
import { WEBHOOK_PATH } from '../../events/provider-events.ts';
import { DeclineCode, OrderId, PaymentMethodId } from '../../events/vocabulary.ts';
import type { RouteTable } from '../platform/http/route.ts';

const PaymentAttemptView = z
  .strictObject({
    orderId: OrderId,
    outcome: z.enum(['PAID', 'CONFIRMATION_REQUIRED']).meta({
      description: '`PAID`: the order is confirmed a moment later. `CONFIRMATION_REQUIRED`: see `confirmationUrl`',
    }),
    confirmationUrl: z.string().optional().meta({ description: 'The page on which the customer confirms the payment' }),
    statusUrl: z.string().meta({ description: 'Where to follow the order' }),
  })
  .meta({ id: 'PaymentAttempt' });
export type PaymentAttemptView = z.infer<typeof PaymentAttemptView>;

/** What a customer may do about the payment of an order. */
export const orderPaymentRoutes = {
  payOrder: {
    method: 'POST',
    path: '/orders/{orderId}/payment',
    access: 'ownerOrAdmin',
    summary: 'Pay an order with another method',
    details:
      'For an order that was checked out with `allowPaymentRetry` and whose payment was declined, while `paymentRetry` ' +
      'stands in the order. It is paid once, whatever is tried. You can repeat the request safely with the same method: ' +
      'it is the same attempt.',
    params: z.strictObject({ orderId: OrderId }),
    body: z
      .strictObject({
        paymentMethod: PaymentMethodId.meta({
          description: 'Id of another payment method at the payment provider. Never a card number',
        }),
      })
      .meta({ id: 'OtherPaymentMethod' }),
    success: { status: 200, description: 'It is paid, or waits for its confirmation', body: PaymentAttemptView },
    problems: [
      'ORDER_NOT_FOUND',
      'PAYMENT_NOT_AWAITED',
      'PAYMENT_UNDER_WAY',
      'PAYMENT_DECLINED',
      'PAYMENT_UNKNOWN',
      'PROVIDER_BUSY',
      'WORKFLOW_BUSY',
    ],
    problemFacts: {
      PAYMENT_DECLINED: {
        declineCode: DeclineCode.meta({ description: 'Of the payment provider, such as `insufficient_funds`' }),
        methodsLeft: z
          .int()
          .nonnegative()
          .meta({ description: 'How many more may be tried. 0: the order is cancelled' }),
      },
    },
  },
} as const satisfies RouteTable;

export const paymentRoutes = {
  receivePaymentWebhook: {
    method: 'POST',
    path: WEBHOOK_PATH,
    access: 'provider',
    summary: 'Receive a payment event',
    details: 'The signature covers the raw body.',
    headers: z.strictObject({
      'stripe-signature': z.string().meta({ description: 'The provider’s signature of the time and the raw body' }),
    }),
    body: z
      .looseObject({ id: z.string().regex(/^[A-Za-z0-9_]{1,255}$/), type: z.string().min(1).max(255) })
      .meta({ id: 'ProviderEvent' }),
    success: {
      status: 200,
      description: 'The event is stored and processed, now or before',
      body: z.strictObject({ outcome: z.string() }).meta({ id: 'WebhookOutcome' }),
    },
    problems: ['SIGNATURE_INVALID', 'EVENT_UNREADABLE', 'PROVIDER_UNAVAILABLE'],
  },
} as const satisfies RouteTable;
