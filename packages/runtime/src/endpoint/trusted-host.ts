import type { IncomingMessage } from 'node:http';
import { AwsError } from '../services/shared/aws-error.ts';

type Asked = Pick<IncomingMessage, 'headers' | 'method' | 'url'>;

/** A browser that is led on from one of them to another still comes from the page that led it there first. */
const SIGN_IN_PAGE = /^\/(?:oauth2\/authorize|login|logout|error)(?:\?|$)/;

/**
 * The endpoint trusts every caller on this machine, so it must not be reachable by a web page: not through a name
 * that somebody points at 127.0.0.1 (DNS rebinding), and not by a script or a form of another site. Another port of
 * this machine is another site too. A page is told by its `Origin`; where a browser sends none (an image, a link, a
 * GET without CORS), by `Sec-Fetch-Site`, which no script can set (w3.org/TR/fetch-metadata).
 * A page may lead its browser to a user pool's sign-in and sign-out, which is what they are for.
 * @throws AwsError with status 421 or 403.
 */
export function requireTrustedHost({ headers, method, url = '/' }: Asked): void {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!isLoopbackName(hostName(host))) {
    throw new AwsError('MisdirectedRequest', `The embedded runtime does not answer for the host "${host}".`, 421);
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    throw new AwsError('AccessDeniedException', `The embedded runtime does not answer pages of ${origin}.`, 403);
  }
  const isLed = method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && SIGN_IN_PAGE.test(url);
  if ((site === 'cross-site' || site === 'same-site') && !isLed) {
    throw new AwsError('AccessDeniedException', 'The embedded runtime does not answer pages of other sites.', 403);
  }
}

/** `sync-localhost` is what SDKs make of `localhost` for StartSyncExecution and TestState. */
function isLoopbackName(name: string): boolean {
  return (
    name === 'localhost' ||
    name === '127.0.0.1' ||
    name === '[::1]' ||
    name === 'sync-localhost' ||
    name === 'sync-127.0.0.1' ||
    name.endsWith('.localhost')
  );
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
