import http from 'node:http';
import https from 'node:https';

/** How a webhook gets to the merchant. */
export interface WebhookTransport {
  /** @returns the merchant's status code. @throws Error when it was unreachable, cut off or too slow. */
  post(body: string, headers: Readonly<Record<string, string>>): Promise<number>;
  /** Cuts off what is under way. */
  close(): void;
}

const ANSWER_TIMEOUT_MS = 10_000;

/** Webhooks over connections that stay open; redirects are not followed. `fetch` takes twice the processor time. */
export class HttpWebhookTransport implements WebhookTransport {
  readonly #url: URL;
  readonly #agent: http.Agent;
  readonly #answerTimeoutMs: number;

  /** @param answerTimeoutMs by when the whole answer must be here. */
  constructor(url: string, answerTimeoutMs = ANSWER_TIMEOUT_MS) {
    this.#url = new URL(url);
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#agent = new (this.#isSecure ? https : http).Agent({ keepAlive: true });
  }

  post(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const { request } = this.#isSecure ? https : http;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const outgoing = request(this.#url, { ...options, agent: this.#agent }, (incoming) => {
      incoming.once('end', () => resolve(incoming.statusCode ?? 0)).once('error', reject);
      incoming.resume(); // Read in any case: an answer that is left unread keeps its connection.
    });
    const timeoutMs = this.#answerTimeoutMs;
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    outgoing.once('error', reject).once('close', () => clearTimeout(timer));
    outgoing.end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }

  get #isSecure(): boolean {
    return this.#url.protocol === 'https:';
  }
}
