import * as z from 'zod';
import type { RouteTable } from '../platform/http/route.ts';

export const paymentRoutes = {
  receivePaymentWebhook: {
    method: 'POST',
    path: '/webhooks/payments',
    access: 'provider',
    summary: 'Take an event of the payment provider, signed over its raw body',
    headers: z.strictObject({
      'stripe-signature': z.string().meta({ description: 'The provider’s signature of time and raw body' }),
    }),
    body: z.looseObject({ id: z.string(), type: z.string() }).meta({ id: 'ProviderEvent' }),
    success: {
      status: 200,
      description: 'Stored, and worked through or found to be known already',
      body: z.strictObject({ outcome: z.string() }).meta({ id: 'WebhookOutcome' }),
    },
    problems: ['SIGNATURE_INVALID', 'EVENT_UNREADABLE', 'PROVIDER_UNAVAILABLE'],
  },
} as const satisfies RouteTable;
