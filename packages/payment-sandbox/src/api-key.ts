import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiFailure } from './api-answer.ts';

/** Of a key that was refused so much is shown, and as many stars as letters are not. */
const SHOWN_FIRST = 8;
const SHOWN_LAST = 4;

const NONE =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
  "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we " +
  'can help at https://support.stripe.com/.';

/** The one key that requests must carry. */
export class ApiKey {
  readonly #digest: Buffer;

  constructor(key: string) {
    this.#digest = digest(key);
  }

  /** @throws ApiFailure 401 when the header brings another key or none. */
  authorize(authorization: string | undefined): void {
    const presented = presentedKey(authorization);
    if (timingSafeEqual(digest(presented), this.#digest)) return;
    const message = presented === '' ? NONE : `Invalid API Key provided: ${masked(presented)}`;
    throw new ApiFailure(401, { type: 'invalid_request_error', message });
  }
}

/**
 * `sk_test_****************lfQ2`, and `*alse` of a short one: seen in stripe/stripe-node#361, OCA/OCB#649 and
 * withspectrum/spectrum#2716.
 */
export function masked(key: string): string {
  const first = key.length > SHOWN_FIRST + SHOWN_LAST ? SHOWN_FIRST : 0;
  const hidden = Math.max(0, key.length - first - SHOWN_LAST);
  return key.slice(0, first) + '*'.repeat(hidden) + key.slice(first + hidden);
}

/** `Bearer KEY`, or the key as user name of Basic, as `curl -u KEY:` sends it. Empty when there is none. */
function presentedKey(authorization = ''): string {
  const [scheme, credentials = ''] = authorization.split(' ');
  if (scheme === 'Bearer') return credentials;
  if (scheme === 'Basic') return Buffer.from(credentials, 'base64').toString().split(':')[0] ?? '';
  return '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
