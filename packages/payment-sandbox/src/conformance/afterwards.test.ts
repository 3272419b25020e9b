import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import type { PaymentSandbox } from '../payment-sandbox.ts';
import { aMerchant, anIntent, aSandbox, command, ledgerOf, sdkFor } from '../testing/sandbox-under-test.ts';

/** What can follow a charge: refunds and their ends, disputes, warnings, other people. */

const SECRET = 'whsec_1';

/** A sandbox with a charge on it, and its merchant's endpoint for events other than of the charge itself. */
async function aCharge(payment_method = 'pm_card_visa', options: { refundSettlesAfterMs?: number } = {}) {
  const merchant = await aMerchant();
  const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: SECRET }, ...options });
  const stripe = sdkFor(sandbox);
  const { id } = await stripe.paymentIntents.create({ ...anIntent, payment_method, confirm: true });
  const events = {
    /** The next `count` events, by type; they come in any order. */
    async next(count: number): Promise<ReadonlyMap<string, Stripe.Event>> {
      const seen = new Map<string, Stripe.Event>();
      while (seen.size < count) {
        const { body } = await merchant.next();
        const event = JSON.parse(body) as Stripe.Event;
        if (event.type !== 'payment_intent.succeeded') seen.set(event.type, event);
      }
      return seen;
    },
  };
  return { sandbox, stripe, id, events };
}

const objectOf = (event: Stripe.Event | undefined) => event?.data.object as unknown as Record<string, unknown>;
const opsOf = async (sandbox: PaymentSandbox) =>
  (await ledgerOf(sandbox)).map((row) => row.split(' ').slice(0, 3).join(' '));

describe('refunds', () => {
  test('R1 partial refunds add up, and without an amount the rest is given back', async () => {
    const { id, sandbox, stripe } = await aCharge();
    await stripe.refunds.create({ payment_intent: id, amount: 1200 });
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 3000, status: 'succeeded' });
    expect(await opsOf(sandbox)).toEqual(['CREATE ok 4200', 'CAPTURE ok 4200', 'REFUND ok 1200', 'REFUND ok 3000']);
  });

  test('R2 more than is left is refused, naming the amount and no code', async () => {
    const { id, stripe } = await aCharge();
    await stripe.refunds.create({ payment_intent: id, amount: 300 });
    await expect(stripe.refunds.create({ payment_intent: id, amount: 4200 })).rejects.toMatchObject({
      statusCode: 400,
      code: undefined,
      param: 'amount',
      message: 'Refund amount (€42.00) is greater than unrefunded amount on charge (€39.00)',
    });
  });

  test('R3 what was given back wholly is charge_already_refunded', async () => {
    const { id, stripe } = await aCharge();
    await stripe.refunds.create({ payment_intent: id });
    const again = stripe.refunds.create({ payment_intent: id, amount: 1 });
    await expect(again).rejects.toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  });

  test('R4 an intent that was not charged has nothing to refund', async () => {
    const { stripe } = await aCharge();
    const { id } = await stripe.paymentIntents.create(anIntent);
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      statusCode: 400,
      code: undefined,
      message: expect.stringContaining('does not have a successful charge') as string,
    });
  });

  test('R5 a refund may be pending, and end later', async () => {
    const { events, id, stripe } = await aCharge('pm_card_pendingRefund', { refundSettlesAfterMs: 1 });
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    const told = await events.next(4);
    expect([...told.keys()].toSorted()).toEqual([
      'charge.refund.updated',
      'charge.refunded',
      'refund.created',
      'refund.updated',
    ]);
    expect(told.get('refund.updated')?.data).toMatchObject({
      object: { id: refund.id, status: 'succeeded' },
      previous_attributes: { status: 'pending' },
    });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' });
  });

  test('R6 a refund that succeeded may fail later, and its money is there to be refunded again', async () => {
    const { events, id, sandbox, stripe } = await aCharge('pm_card_refundFail', { refundSettlesAfterMs: 1 });
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe('succeeded');
    const told = await events.next(5);
    for (const type of ['refund.failed', 'refund.updated', 'charge.refund.updated']) {
      const failed = {
        id: refund.id,
        status: 'failed',
        failure_reason: 'expired_or_canceled_card',
        payment_intent: id,
      };
      expect(objectOf(told.get(type)), type).toMatchObject(failed);
    }
    expect(await opsOf(sandbox)).toContain('REFUND_FAILED ok 4200');
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 4200 });
  });

  test('R7 a refund made in the dashboard has no key and no order in its metadata', async () => {
    const { events, id, sandbox, stripe } = await aCharge();
    await command(sandbox, `intents/${id}/refund`, { amountMinor: 300 });
    const told = await events.next(2);
    expect(objectOf(told.get('refund.created'))).toMatchObject({ amount: 300, metadata: {}, payment_intent: id });
    expect(told.get('charge.refunded')?.request).toEqual({ id: null, idempotency_key: null });
    const { data } = await stripe.refunds.list({ payment_intent: id });
    expect(data).toMatchObject([{ amount: 300 }]);
  });

  test.each(['succeeded', 'failed', 'canceled'])('R8 a pending refund of the dashboard ends as %s', async (status) => {
    const { id, sandbox, stripe } = await aCharge();
    const refund = (await command(sandbox, `intents/${id}/refund`, { status: 'pending' })) as Stripe.Refund;
    await command(sandbox, `refunds/${refund.id}/settle`, { status, failureReason: 'lost_or_stolen_card' });
    const expected = { status, ...(status === 'failed' && { failure_reason: 'lost_or_stolen_card' }) };
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject(expected);
    const again = await command(sandbox, `refunds/${refund.id}/settle`, { status: 'canceled' });
    expect(again).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('R9 lists are cut at their limit and say that there is more', async () => {
    const { id, stripe } = await aCharge();
    for (const amount of [100, 200, 300]) await stripe.refunds.create({ payment_intent: id, amount });
    const { data, has_more } = await stripe.refunds.list({ payment_intent: id, limit: 2 });
    expect([data.length, has_more]).toEqual([2, true]);
    const tooMany = stripe.refunds.list({ payment_intent: id, limit: 101 });
    await expect(tooMany).rejects.toMatchObject({ statusCode: 400, param: 'limit' });
  });
});

describe('disputes and warnings', () => {
  test('X1 a chargeback takes the money at once and is told with the intent, without the order', async () => {
    const { events, id, sandbox, stripe } = await aCharge('pm_card_createDispute');
    const told = await events.next(2);
    expect([...told.keys()].toSorted()).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
    expect(objectOf(told.get('charge.dispute.created'))).toMatchObject({
      object: 'dispute',
      payment_intent: id,
      status: 'needs_response',
      metadata: {},
    });
    expect(await opsOf(sandbox)).toContain('DISPUTE ok 4200');
    expect((await stripe.disputes.list({ payment_intent: id })).data).toMatchObject([{ reason: 'fraudulent' }]);
  });

  test('X2 a charge that was charged back cannot be refunded, lost or not', async () => {
    const { id, sandbox, stripe } = await aCharge();
    const dispute = (await command(sandbox, `intents/${id}/dispute`)) as Stripe.Dispute;
    const refused = { statusCode: 400, code: 'charge_disputed' };
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject(refused);
    await command(sandbox, `disputes/${dispute.id}`, { status: 'lost' });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject(refused);
  });

  test('X3 a dispute that is won gives the money back', async () => {
    const { events, id, sandbox, stripe } = await aCharge();
    const dispute = (await command(sandbox, `intents/${id}/dispute`, { reason: 'duplicate' })) as Stripe.Dispute;
    await command(sandbox, `disputes/${dispute.id}`, { status: 'under_review' });
    await command(sandbox, `disputes/${dispute.id}`, { status: 'won' });
    const told = await events.next(5);
    expect(objectOf(told.get('charge.dispute.closed'))).toMatchObject({ id: dispute.id, status: 'won' });
    expect([...told.keys()]).toContain('charge.dispute.funds_reinstated');
    expect(await opsOf(sandbox)).toContain('DISPUTE_WON ok 4200');
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ status: 'succeeded' });
  });

  test('X4 an inquiry takes nothing and leaves the charge refundable', async () => {
    const { id, sandbox, stripe } = await aCharge('pm_card_createDisputeInquiry');
    const { data } = await stripe.disputes.list({ payment_intent: id });
    expect(data).toMatchObject([{ status: 'warning_needs_response', is_charge_refundable: true }]);
    expect(await opsOf(sandbox)).not.toContain('DISPUTE ok 4200');
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ status: 'succeeded' });
  });

  test('X5 an early fraud warning names intent and charge, and neither order nor amount', async () => {
    const { events, id, stripe } = await aCharge('pm_card_createIssuerFraudRecord');
    const told = await events.next(1);
    const warning = objectOf(told.get('radar.early_fraud_warning.created'));
    expect(warning).toMatchObject({ object: 'radar.early_fraud_warning', payment_intent: id, actionable: true });
    expect(warning['metadata']).toBeUndefined();
    expect((await stripe.radar.earlyFraudWarnings.list({ payment_intent: id })).data).toHaveLength(1);
  });

  test('X6 a dispute of part of the amount takes that part', async () => {
    const { id, sandbox } = await aCharge();
    await command(sandbox, `intents/${id}/dispute`, { amountMinor: 1000, reason: 'product_not_received' });
    expect(await opsOf(sandbox)).toContain('DISPUTE ok 1000');
  });
});

describe('a charge that was given back', () => {
  test('X7 can be disputed all the same, and then its money is gone twice', async () => {
    const { id, sandbox, stripe } = await aCharge();
    await stripe.refunds.create({ payment_intent: id });
    await command(sandbox, `intents/${id}/dispute`);
    expect(await opsOf(sandbox)).toEqual(['CREATE ok 4200', 'CAPTURE ok 4200', 'REFUND ok 4200', 'DISPUTE ok 4200']);
  });
});

describe('intents that others end', () => {
  test('I1 cancelled in the dashboard while the customer should confirm', async () => {
    const { sandbox, stripe } = await aCharge();
    const payment_method = 'pm_card_threeDSecure2Required';
    const { id } = await stripe.paymentIntents.create({ ...anIntent, payment_method, confirm: true });
    await command(sandbox, `intents/${id}/cancel`, { reason: 'requested_by_customer' });
    const cancelled = { status: 'canceled', cancellation_reason: 'requested_by_customer' };
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject(cancelled);
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'canceled' },
    });
  });

  test('I2 charged by another program with the same key', async () => {
    const { sandbox, stripe } = await aCharge();
    const { id } = await stripe.paymentIntents.create(anIntent);
    await command(sandbox, `intents/${id}/capture`);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded', amount_received: 4200 });
    const cancel = stripe.paymentIntents.cancel(id);
    await expect(cancel).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
  });
});
