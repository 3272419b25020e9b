import { describe, expect, test } from 'vitest';
import { DEFAULT_API_KEY } from './payment-sandbox.ts';
import { anIntent, aSandbox, command, ledgerOf, sdkFor } from './testing/sandbox-under-test.ts';

describe('behaviours', () => {
  test.each([
    ['dropBefore', 0],
    ['unavailable', 0],
    ['rateLimited', 0],
    ['error500Before', 0],
    ['dropAfter', 1],
    ['error500After', 1],
    ['malformed', 1],
    ['truncated', 1],
    ['html', 1],
  ])('%s fails the call after %i captures', async (kind, captures) => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create(anIntent);
    // Twice: the SDK sends a request again by itself when its connection was closed.
    await command(sandbox, 'behaviours', { kind, operation: 'confirm', orderId: 'order-1', count: 2 });
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      type: expect.stringMatching(/^Stripe/) as string,
    });
    expect((await ledgerOf(sandbox)).filter((row) => row.startsWith('CAPTURE ok'))).toHaveLength(captures);
  });

  test('huge is an answer of the size asked for', async () => {
    const sandbox = await aSandbox();
    await command(sandbox, 'behaviours', { kind: 'huge', operation: 'create', bytes: 3_000_000 });
    const response = await fetch(`${sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEFAULT_API_KEY}` },
      body: 'amount=100&currency=eur',
    });
    expect((await response.text()).length).toBeGreaterThan(3_000_000);
  });

  test('applies to the named order only, as often as armed, and tells how often it fired', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    await command(sandbox, 'behaviours', { kind: 'wrongAmount', operation: 'create', orderId: 'order-2' });
    expect(await stripe.paymentIntents.create(anIntent)).toMatchObject({ amount: 4200 });
    const other = { ...anIntent, metadata: { orderId: 'order-2' } };
    expect(await stripe.paymentIntents.create(other)).toMatchObject({ amount: 4201 });
    expect(await stripe.paymentIntents.create(other)).toMatchObject({ amount: 4200 });
    const { behaviours } = (await command(sandbox, 'behaviours', undefined, 'GET')) as { behaviours: unknown[] };
    expect(behaviours).toMatchObject([{ kind: 'wrongAmount', remaining: 0, fired: 1 }]);
  });

  test('an unknown behaviour is refused with the choices', async () => {
    const sandbox = await aSandbox();
    expect(await command(sandbox, 'behaviours', { kind: 'explode' })).toMatchObject({
      error: { message: expect.stringContaining('kind: expected one of delay, dropBefore') as string },
    });
  });
});
