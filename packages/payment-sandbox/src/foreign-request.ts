import type { IncomingMessage } from 'node:http';
import { errorAnswer, type ApiAnswer } from './api-answer.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Host names by which the sandbox is called: loopback, the address it listens on, its public URL's. */
export function ownHostNames(host: string, publicUrl: string): ReadonlySet<string> {
  return new Set([...LOOPBACK_NAMES, host, new URL(publicUrl).hostname].map((name) => name.toLowerCase()));
}

/**
 * The answer to a request that a web page of another site made, or that came under a name which is not ours (DNS
 * rebinding): whoever reaches the control plane can arm faults and read the ledger. The one thing that other sites may
 * do is to send a customer's browser here, to the confirmation page.
 */
export function foreignRefusal(
  { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
  ownNames: ReadonlySet<string>,
): ApiAnswer | undefined {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (!ownNames.has(host.replace(/:\d+$/, '').toLowerCase())) {
    return refusal(421, `The payment sandbox does not answer for the host "${host}": name it with --public-url.`);
  }
  if (origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== host.toLowerCase()) {
    return refusal(403, `The payment sandbox does not answer pages of ${origin}.`);
  }
  const isForeignPage = site === 'cross-site' || site === 'same-site';
  if (isForeignPage && !(method === 'GET' && mode === 'navigate')) {
    return refusal(403, 'The payment sandbox does not answer pages of other sites.');
  }
  return undefined;
}

function refusal(statusCode: number, message: string): ApiAnswer {
  return { ...errorAnswer(statusCode, { type: 'invalid_request_error', message }), headers: { connection: 'close' } };
}
