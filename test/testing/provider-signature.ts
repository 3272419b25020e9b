import { createHmac } from 'node:crypto';

/** Of the payment sandbox, as `npm start` and whole-system tests run it. */
export const SANDBOX_WEBHOOK_SECRET = 'whsec_sandbox';

/** The header `stripe-signature` as the payment provider makes it, at this moment unless told otherwise. */
export function providerSignature(
  body: string,
  { secret = SANDBOX_WEBHOOK_SECRET, atEpochSeconds = Math.floor(Date.now() / 1000) } = {},
): string {
  const signature = createHmac('sha256', secret).update(`${atEpochSeconds}.${body}`).digest('hex');
  return `t=${atEpochSeconds},v1=${signature}`;
}
