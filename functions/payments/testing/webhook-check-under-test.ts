import { startPaymentSandbox, type PaymentSandboxOptions } from '@order-workflow/payment-sandbox';
import { onTestFinished, vi } from 'vitest';
import { startAwsFake } from './payments-under-test.ts';

type Endpoint = NonNullable<PaymentSandboxOptions['webhook']>;
/** The settings that a merchant makes at the provider; no endpoint when undefined. */
export type EndpointSettings = Partial<Omit<Endpoint, 'secret'>> | undefined;

export const ENDPOINT_URL = 'https://shop.example/webhooks/payments';

/** The function that compares settings, on a provider whose account has them. All of it ends with the test. */
export async function webhookCheckOn(settings: EndpointSettings) {
  const webhook = settings && { url: ENDPOINT_URL, secret: 'whsec_1', ...settings };
  const sandbox = await startPaymentSandbox({ port: 0, ...(webhook && { webhook }) });
  const aws = await startAwsFake();
  onTestFinished(async () => {
    aws.close();
    await sandbox.close();
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    PAYMENT_API_URL: sandbox.url,
    PAYMENT_SECRET_ID: 'payment',
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
  });
  // It reads its environment as it is loaded.
  vi.resetModules();
  const { handler } = await import('../check-webhook.ts');
  return { check: (url: unknown = ENDPOINT_URL) => handler({ url }), sandbox };
}
