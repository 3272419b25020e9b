import type { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod';
import { parseJson } from '../../platform/parse-json.ts';

const PaymentSecret = z.object({
  apiKey: z.string().min(1),
  /** Several are valid side by side while one is being rotated. */
  webhookSecrets: z.array(z.string().min(1)),
});
export type PaymentSecret = z.infer<typeof PaymentSecret>;

/** Whether a person has put anything into it since it was deployed: it is born with random letters and no webhook secret. */
export function isFilledIn({ apiKey, webhookSecrets }: PaymentSecret): boolean {
  return webhookSecrets.length > 0 || apiKey.includes('_'); // as every key of the provider does
}

/** How long a rotated secret may go unnoticed. */
const MAX_AGE_SECONDS = 300;

/** How the provider knows us and we know the provider. */
export interface PaymentSecretSource {
  get(): Promise<PaymentSecret>;
  /** Fetches the secret anew: the provider did not accept the one that we hold. */
  refresh(): Promise<PaymentSecret>;
}

/** @param secretId name or ARN in Secrets Manager. Nothing is fetched before the first `get`. */
export function secretsManagerSource(secretId: string): PaymentSecretSource {
  let provider: Promise<SecretsProvider> | undefined;
  const fetchSecret = async (forceFetch: boolean): Promise<PaymentSecret> => {
    provider ??= makeProvider();
    const text = await (await provider).get(secretId, { maxAge: MAX_AGE_SECONDS, forceFetch });
    return parseSecret(typeof text === 'string' ? text : '');
  };
  return { get: () => fetchSecret(false), refresh: () => fetchSecret(true) };
}

/** Loaded with the first use: most of what a cold start would otherwise import for it. */
async function makeProvider(): Promise<SecretsProvider> {
  const secrets = await import('@aws-lambda-powertools/parameters/secrets');
  return new secrets.SecretsProvider();
}

/** @throws Error that says what is wrong with the secret without showing any of it. */
function parseSecret(text: string): PaymentSecret {
  const parsed = PaymentSecret.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ');
  throw new Error(`The payment secret must be JSON {"apiKey", "webhookSecrets": [...]}; wrong: ${fields}`);
}
