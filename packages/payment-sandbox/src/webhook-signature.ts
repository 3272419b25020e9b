import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header: HMAC-SHA256 over `<epoch seconds>.<raw body>`. */
export function signatureHeader(body: string, secret: string, epochSeconds: number): string {
  const signature = createHmac('sha256', secret).update(`${epochSeconds}.${body}`).digest('hex');
  return `t=${epochSeconds},v1=${signature}`;
}
