import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { DECLINE_CODES } from '../test-cards.ts';
import { anIntent, aSandbox, command, sdkFor } from '../testing/sandbox-under-test.ts';

/** A method as the provider's script in the browser makes one. */
const aMethod = async (stripe: Stripe, token = 'tok_visa') =>
  (await stripe.paymentMethods.create({ type: 'card', card: { token } })).id;

describe('payment methods', () => {
  test('W1 a method that paid one intent cannot be used for another', async () => {
    const stripe = sdkFor(await aSandbox());
    const payment_method = await aMethod(stripe);
    await stripe.paymentIntents.create({ ...anIntent, payment_method, confirm: true });
    await expect(stripe.paymentIntents.create({ ...anIntent, payment_method })).rejects.toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      code: undefined,
      param: undefined,
      message: expect.stringContaining('It may not be used again.') as string,
    });
  });

  test('W2 also when it was declined, and also for an intent that was made before', async () => {
    const stripe = sdkFor(await aSandbox());
    const payment_method = await aMethod(stripe, 'tok_chargeDeclined');
    const waiting = await stripe.paymentIntents.create({ ...anIntent, payment_method });
    const declined = stripe.paymentIntents.create({ ...anIntent, payment_method, confirm: true });
    await expect(declined).rejects.toMatchObject({ code: 'card_declined' });
    await expect(stripe.paymentIntents.confirm(waiting.id)).rejects.toThrow('may not be used again');
  });

  test('W3 a test name is a new method at every use', async () => {
    const stripe = sdkFor(await aSandbox());
    for (let use = 1; use <= 3; use += 1) {
      const intent = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
      expect(intent.status).toBe('succeeded');
    }
  });

  test('W4 a method, an intent or a refund that does not exist is resource_missing', async () => {
    const stripe = sdkFor(await aSandbox());
    const payment_method = 'pm_1K7G1gI29lnP5KBavFzpBZ8V';
    await expect(stripe.paymentIntents.create({ ...anIntent, payment_method })).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
    });
    const missing = { statusCode: 404, code: 'resource_missing' };
    await expect(stripe.paymentIntents.retrieve('pi_1')).rejects.toMatchObject(missing);
    await expect(stripe.refunds.retrieve('re_1')).rejects.toMatchObject(missing);
  });
});

describe('declines', () => {
  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['pm_card_chargeDeclinedFraudulent', 'card_declined', 'fraudulent'],
  ])('D1 %s is refused as %s, %s', async (payment_method, code, decline_code) => {
    const stripe = sdkFor(await aSandbox());
    const { id } = await stripe.paymentIntents.create({ ...anIntent, payment_method });
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({ statusCode: 402, code, decline_code });
  });

  test.each(DECLINE_CODES)('D2 %s has a card of its own', async (decline_code) => {
    const stripe = sdkFor(await aSandbox());
    const payment_method = `pm_card_declined_${decline_code}`;
    const declined = stripe.paymentIntents.create({ ...anIntent, payment_method, confirm: true });
    await expect(declined).rejects.toMatchObject({ statusCode: 402, rawType: 'card_error', decline_code });
  });

  test('D3 a decline leaves an intent that another method can pay', async () => {
    const stripe = sdkFor(await aSandbox());
    const { id } = await stripe.paymentIntents.create({ ...anIntent, payment_method: 'pm_card_chargeDeclined' });
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      payment_intent: { id, status: 'requires_payment_method', payment_method: null },
    });
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  test('D4 a customer who fails 3-D Secure leaves an error without a decline code', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({
      ...anIntent,
      payment_method: 'pm_card_authenticationRequired',
    });
    await stripe.paymentIntents.confirm(id, { return_url: 'https://shop.example' });
    await command(sandbox, `intents/${id}/authenticate`, { outcome: 'fail' });
    const { status, last_payment_error: error } = await stripe.paymentIntents.retrieve(id);
    expect([status, error?.type, error?.code, error?.decline_code]).toEqual([
      'requires_payment_method',
      'invalid_request_error',
      'payment_intent_authentication_failure',
      undefined,
    ]);
  });

  test('D5 without an address to come back to, the customer is left to the provider’s script', async () => {
    const stripe = sdkFor(await aSandbox());
    const payment_method = 'pm_card_threeDSecure2Required';
    const { next_action } = await stripe.paymentIntents.create({ ...anIntent, payment_method, confirm: true });
    expect(next_action).toMatchObject({ type: 'use_stripe_sdk' });
    expect(next_action?.redirect_to_url).toBeUndefined();
  });
});
