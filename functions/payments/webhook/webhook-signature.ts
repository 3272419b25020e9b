import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';

/** How far the sender's clock may be from ours, in either direction. */
const TOLERANCE_SECONDS = 300;

const SIGNATURE = /^[0-9a-f]{64}$/;

/**
 * Whether the header signs these raw bytes with one of our secrets, now (docs.stripe.com/webhooks/signature).
 * Own code and not the SDK's, which accepts any timestamp of the future and one secret only, and costs a cold start.
 * Compares in constant time and tries every secret, so that the time taken tells nothing.
 */
export function isSignedByProvider(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly string[],
  clock: Clock,
): boolean {
  const { timestamp, signatures } = parseHeader(header ?? '');
  const nowSeconds = Math.floor(clock.now().getTime() / 1000);
  if (timestamp === undefined || Math.abs(nowSeconds - timestamp) > TOLERANCE_SECONDS) return false;
  const expected = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest(),
  );
  const matches = signatures.flatMap((signature) => expected.filter((digest) => timingSafeEqual(digest, signature)));
  return matches.length > 0;
}

/** `t=<epoch seconds>,v1=<hex>[,v1=<hex>…]`; anything that does not fit is left out. */
function parseHeader(header: string): { timestamp: number | undefined; signatures: Buffer[] } {
  const fields = header
    .slice(0, 4096)
    .split(',')
    .map((field) => field.trim().split('=', 2));
  const time = fields.find(([name]) => name === 't')?.[1] ?? '';
  const signatures = fields
    .filter(([name, value = '']) => name === 'v1' && SIGNATURE.test(value))
    .map(([, value = '']) => Buffer.from(value, 'hex'));
  return { timestamp: /^\d{1,12}$/.test(time) ? Number(time) : undefined, signatures };
}
