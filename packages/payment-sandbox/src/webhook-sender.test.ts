import { describe, expect, test } from 'vitest';
import { aMerchant, anIntent, aSandbox, command, sdkFor } from './testing/sandbox-under-test.ts';

describe('webhooks', () => {
  test('are signed so that the official SDK accepts them', async () => {
    const merchant = await aMerchant();
    const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: 'whsec_1' } });
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    const { body, signature } = await merchant.next();
    const event = stripe.webhooks.constructEvent(body, signature, 'whsec_1');
    expect(event).toMatchObject({ type: 'payment_intent.succeeded', data: { object: { id, status: 'succeeded' } } });
    expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_2')).toThrow('No signatures found');
  });

  test('are sent again, byte for byte, until the merchant answers 2xx', async () => {
    const merchant = await aMerchant(500);
    const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: 'whsec_1' } });
    await sdkFor(sandbox).paymentIntents.create({ ...anIntent, confirm: true });
    const first = await merchant.next();
    const second = await merchant.next();
    expect(second.body).toBe(first.body);
  });

  test('are sent twice, held back or dropped when told so, and only for subscribed types', async () => {
    const merchant = await aMerchant();
    const types = ['payment_intent.succeeded', 'charge.refunded'];
    const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: 'whsec_1', types } });
    const stripe = sdkFor(sandbox);
    await command(sandbox, 'behaviours', { kind: 'webhookReorder', ms: 300 });
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    await expect
      .poll(async () => command(sandbox, 'behaviours', undefined, 'GET'))
      .toMatchObject({
        behaviours: [{ fired: 1 }],
      });
    await command(sandbox, 'behaviours', { kind: 'webhookDuplicate' });
    await stripe.refunds.create({ payment_intent: id });
    const arrived = [await merchant.next(), await merchant.next(), await merchant.next()];
    expect(arrived.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'charge.refunded',
      'charge.refunded',
      'payment_intent.succeeded',
    ]);
  });
});
