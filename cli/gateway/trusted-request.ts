import type { IncomingMessage } from 'node:http';

/** What the gateway says to a request that it does not take. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly detail: string;
}

/**
 * The gateway hands requests on to parts that trust every caller on this machine, so no other web page may drive it: not
 * through a name that somebody points at 127.0.0.1 (DNS rebinding), and not by a script or a form. A page is told by
 * `Origin`; where a browser sends none, by `Sec-Fetch-Site`, which no script can set (w3.org/TR/fetch-metadata).
 * @param mayBeLinkedTo whether a link on another page, or the payment provider's way back, may lead a browser there.
 */
export function refusalOf(
  { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
  { mayBeLinkedTo }: { readonly mayBeLinkedTo: boolean },
): Refusal | undefined {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (!isLoopbackName(host.replace(/:\d+$/, '').toLowerCase())) {
    return { status: 421, detail: `The shop's page does not answer for the host "${host}".` };
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return { status: 403, detail: `The shop's page does not answer pages of ${origin}.` };
  }
  const isForeign = site === 'cross-site' || site === 'same-site';
  if (isForeign && !(mayBeLinkedTo && method === 'GET' && mode === 'navigate')) {
    return { status: 403, detail: 'The shop’s page does not answer pages of other sites.' };
  }
  return undefined;
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
}
