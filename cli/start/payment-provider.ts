import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UserError } from '../user-error.ts';

/** Who takes the money, in the place of the sandbox. */
export interface PaymentProvider {
  /** Base URL of its API. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** None: outcomes are asked for every minute, and no webhook is believed. */
  readonly webhookSecrets: readonly string[];
}

/** docs.stripe.com/api. */
const API_URL = 'https://api.stripe.com';

/** A key that may charge: a secret or a restricted one, in test mode or live (docs.stripe.com/keys). */
const ApiKey = z.string().regex(/^(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{8,}$/);
const WebhookSecret = z.string().regex(/^whsec_[A-Za-z0-9+/=]{8,}$/);

/** As the secret of a deployed shop. */
const SecretFile = z.strictObject({ apiKey: ApiKey, webhookSecrets: z.array(WebhookSecret).default([]) });

/**
 * The provider by a file, or by `STRIPE_API_KEY` and `STRIPE_WEBHOOK_SECRET`, which are taken out of the environment, so
 * that no process of ours inherits them. Undefined: nobody gave a key. @throws UserError, which never tells the key.
 */
export function paymentProvider(file: string | undefined, environment: NodeJS.ProcessEnv): PaymentProvider | undefined {
  const { STRIPE_API_KEY: apiKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = environment;
  delete environment['STRIPE_API_KEY'];
  delete environment['STRIPE_WEBHOOK_SECRET'];
  if (file !== undefined) return { apiUrl: API_URL, ...secretIn(file) };
  if (apiKey === undefined || apiKey === '') {
    if (webhookSecret)
      throw new UserError('STRIPE_WEBHOOK_SECRET is set, and STRIPE_API_KEY is not: set both, or none.');
    return undefined;
  }
  const secret = SecretFile.safeParse({ apiKey, webhookSecrets: webhookSecret ? [webhookSecret] : [] });
  if (secret.success) return { apiUrl: API_URL, ...secret.data };
  throw new UserError('STRIPE_API_KEY must be a key such as sk_live_…, and STRIPE_WEBHOOK_SECRET one such as whsec_….');
}

function secretIn(file: string): z.infer<typeof SecretFile> {
  try {
    return SecretFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code !== undefined;
    const why = isMissing ? (error as Error).message : 'expected {"apiKey":"sk_…","webhookSecrets":["whsec_…"]}';
    throw new UserError(`${file}: ${why}`); // without the cause: it quotes what is in the file
  }
}
