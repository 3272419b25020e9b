import type Stripe from 'stripe';
import { PROVIDER_API_VERSION } from '../../../events/provider-events.ts';
import { PaymentUnavailable } from '../payment-errors.ts';
import { refuseIfTooFast } from './rate-limit.ts';
import type { PaymentSecret, PaymentSecretSource } from './payment-secret.ts';
import { causeOf, type ApiError } from './stripe-answers.ts';
import { ProviderHttpClient } from './provider-http-client.ts';

export interface StripeClientOptions {
  /** e.g. `https://api.stripe.com`. */
  readonly apiUrl: string;
  readonly secret: PaymentSecretSource;
}

/** The official SDK, loaded with the first call (28 ms, 240 KB) and made anew when the key changes. */
export class StripeClient {
  readonly #options: StripeClientOptions;
  #current: { readonly apiKey: string; readonly stripe: Stripe } | undefined;

  constructor(options: StripeClientOptions) {
    this.#options = options;
  }

  /** @throws PaymentUnavailable (transient) when our key cannot be read. */
  async get(): Promise<Stripe> {
    const { apiKey } = await this.#options.secret.get().catch(unreadable);
    if (this.#current?.apiKey !== apiKey) this.#current = { apiKey, stripe: await this.#make(apiKey) };
    return this.#current.stripe;
  }

  /** Takes up a rotated key after the provider refused the present one. */
  async renew(): Promise<void> {
    await this.#options.secret.refresh().catch(unreadable);
  }

  /**
   * @throws PaymentUnavailable, PaymentRateLimited (transient) when the answer itself says that the request was not
   * executed.
   */
  async refuseUnexecuted(error: unknown, answer: ApiError | undefined): Promise<void> {
    refuseIfTooFast(error);
    if (answer?.statusCode === 401) await this.renew();
    if (answer && [401, 403, 429].includes(answer.statusCode)) {
      throw new PaymentUnavailable(`The payment provider answers ${answer.statusCode}`, { cause: causeOf(error) });
    }
  }

  async #make(apiKey: string): Promise<Stripe> {
    const { default: StripeSdk } = await import('stripe');
    const { protocol, hostname, port } = new URL(this.#options.apiUrl);
    const isPlain = protocol === 'http:';
    return new StripeSdk(apiKey, {
      apiVersion: PROVIDER_API_VERSION,
      host: hostname,
      port: port || (isPlain ? 80 : 443),
      protocol: isPlain ? 'http' : 'https',
      httpClient: new ProviderHttpClient(),
      // What failed is looked up first and tried again by the workflow, which waits longer and shows it. The SDK
      // itself sends once more, with the same key, what met a connection that the provider had closed while idle.
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }
}

function unreadable(error: unknown): Promise<PaymentSecret> {
  throw new PaymentUnavailable('The key to the payment provider cannot be read', { cause: error });
}
