import * as z from 'zod';
import { WEBHOOK_PATH } from '../../events/provider-events.ts';
import type { RouteTable } from '../platform/http/route.ts';

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
