import * as z from 'zod';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { parsePayload } from '../platform/parse-payload.ts';
import { PaymentUnavailable } from './payment-errors.ts';
import { secretsManagerSource } from './provider/payment-secret.ts';
import { refuseIfTooFast } from './provider/rate-limit.ts';
import { causeOf } from './provider/stripe-answers.ts';
import { StripeClient } from './provider/stripe-client.ts';
import { checkWebhook, type WebhookCheck } from './webhook/webhook-settings.ts';

const secret = secretsManagerSource(envVar('PAYMENT_SECRET_ID'));
const client = new StripeClient({ apiUrl: envVar('PAYMENT_API_URL'), secret });

const CheckRequest = z.object({ url: z.url() });

/** Secret and restricted keys say in their prefix whether they move real money (docs.stripe.com/keys). */
const LIVE_KEY = /^[sr]k_live_/;

/** An account has at most 16 endpoints (docs.stripe.com/webhooks). */
const EVERY_ENDPOINT = { limit: 100 };

/**
 * Compares the settings of the provider's webhook endpoint with what this version reads: `{url}` is where the endpoint
 * should point. It runs where the provider's key is, so that no operator needs to hold it.
 * @throws PaymentUnavailable, PaymentRateLimited (transient) when the provider cannot be asked, or does not let our key
 * ask.
 */
export async function handler(request: unknown): Promise<WebhookCheck> {
  const { url } = parsePayload(CheckRequest, request);
  const { apiKey } = await secret.get();
  const stripe = await client.get();
  try {
    const { data } = await stripe.webhookEndpoints.list(EVERY_ENDPOINT, { timeout: 5_000 });
    const check = checkWebhook(data, { url, livemode: LIVE_KEY.test(apiKey) });
    logger.info('Webhook endpoint compared', { ...check });
    return check;
  } catch (error) {
    refuseIfTooFast(error);
    const cause = causeOf(error);
    throw new PaymentUnavailable(`The payment provider does not list its webhook endpoints: ${cause.message}`, {
      cause,
    });
  }
}
