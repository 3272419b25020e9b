import { describe, expect, test } from 'vitest';
import type { LedgerRow } from './payment-ledger.ts';
import { DEFAULT_API_KEY } from './payment-sandbox.ts';
import { answerToUnfinished, UNFINISHED } from './testing/unfinished-request.ts';
import { anIntent, aSandbox, command, ledgerOf, sdkFor } from './testing/sandbox-under-test.ts';

describe('payments', () => {
  test('an approved card is charged when the intent is confirmed, and not before', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const created = await stripe.paymentIntents.create(anIntent);
    expect(created).toMatchObject({ status: 'requires_confirmation', amount_received: 0, metadata: anIntent.metadata });
    expect(await ledgerOf(sandbox)).toEqual(['CREATE ok 4200 eur order-1']);

    const confirmed = await stripe.paymentIntents.confirm(created.id);
    expect(confirmed).toMatchObject({ id: created.id, status: 'succeeded', amount_received: 4200 });
    expect(await stripe.paymentIntents.retrieve(created.id)).toMatchObject({ status: 'succeeded' });
    expect(await ledgerOf(sandbox)).toContain('CAPTURE ok 4200 eur order-1');
  });

  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s is declined with the code that Stripe gives', async (paymentMethod, code, declineCode) => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, payment_method: paymentMethod });
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
      payment_intent: { id, status: 'requires_payment_method' },
    });
    expect(await ledgerOf(sandbox)).toContain('CAPTURE failed 4200 eur order-1');
  });

  test('an unknown payment method or intent is a missing resource', async () => {
    const stripe = sdkFor(await aSandbox());
    const unknown = { ...anIntent, payment_method: 'pm_card_of_nobody' };
    await expect(stripe.paymentIntents.create(unknown)).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    });
    await expect(stripe.paymentIntents.retrieve('pi_none')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
  });

  test('another API key is refused', async () => {
    const stripe = sdkFor(await aSandbox(), 'sk_test_other');
    await expect(stripe.paymentIntents.create(anIntent)).rejects.toMatchObject({ statusCode: 401 });
  });

  test('a cancelled intent can never be confirmed, and a charged one never cancelled', async () => {
    const stripe = sdkFor(await aSandbox());
    const cancelled = await stripe.paymentIntents.create(anIntent);
    await stripe.paymentIntents.cancel(cancelled.id);
    await expect(stripe.paymentIntents.confirm(cancelled.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'canceled' },
    });
    const charged = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    await expect(stripe.paymentIntents.cancel(charged.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'succeeded' },
    });
  });

  test('the ledger names the refund that was made', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    const refund = await stripe.refunds.create({ payment_intent: id });
    const { rows } = (await command(sandbox, 'ledger', undefined, 'GET')) as { rows: LedgerRow[] };
    expect(rows.map((row) => [row.op, row.refund])).toEqual([
      ['CREATE', null],
      ['CAPTURE', null],
      ['REFUND', refund.id],
    ]);
  });

  test('refunds never exceed what was captured', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    await expect(stripe.refunds.create({ payment_intent: id, amount: 4201 })).rejects.toMatchObject({
      statusCode: 400,
    });
    await stripe.refunds.create({ payment_intent: id, amount: 4200 });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    const { data } = await stripe.refunds.list({ payment_intent: id });
    expect(data).toMatchObject([{ amount: 4200, status: 'succeeded', payment_intent: id }]);
  });

  test.each([
    ['confirm', 'succeeded', 'CAPTURE ok 4200 eur order-1'],
    ['fail', 'requires_payment_method', 'CAPTURE failed 4200 eur order-1'],
  ])('with 3-D Secure the customer decides: %s', async (outcome, status, row) => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const secured = { ...anIntent, payment_method: 'pm_card_threeDSecure2Required' };
    const { id } = await stripe.paymentIntents.create(secured);
    const waiting = await stripe.paymentIntents.confirm(id, { return_url: 'https://shop.example/orders' });
    expect(waiting.status).toBe('requires_action');

    const pageUrl = waiting.next_action?.redirect_to_url?.url ?? '';
    const page = await fetch(pageUrl);
    expect(await page.text()).toContain('42.00');
    const answered = await fetch(pageUrl, {
      method: 'POST',
      body: new URLSearchParams({ outcome }),
      redirect: 'manual',
    });
    expect(answered.headers.get('location')).toBe('https://shop.example/orders');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status });
    expect(await ledgerOf(sandbox)).toContain(row);
  });

  test.each([
    ['amount=1.5&currency=eur', 'amount'],
    ['amount=-1&currency=eur', 'amount'],
    ['amount=0&currency=eur', 'amount'],
    ['amount=100', 'currency'],
    ['amount=100&currency=euro', 'currency'],
    ['amount=100&currency=eur&a[[b]=1', 'body'],
  ])('refuses %s naming the parameter', async (body, param) => {
    const sandbox = await aSandbox();
    const response = await fetch(`${sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEFAULT_API_KEY}` },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });
});

describe('idempotency keys', () => {
  test('the same key with the same request gives the stored answer and no second effect', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const first = await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    const again = await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    expect(again).toEqual(first);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await ledgerOf(sandbox)).toHaveLength(1);
  });

  test('the same key with another request is refused', async () => {
    const stripe = sdkFor(await aSandbox());
    await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    const other = stripe.paymentIntents.create({ ...anIntent, amount: 1 }, { idempotencyKey: 'k1' });
    await expect(other).rejects.toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  });

  test('the same key while its request is executing is refused with 409', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    await command(sandbox, 'behaviours', { kind: 'delay', operation: 'create', ms: 60_000 });
    const slow = stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    await expect
      .poll(() => command(sandbox, 'behaviours', undefined, 'GET'))
      .toMatchObject({ behaviours: [{ fired: 1 }] });
    const second = stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    await expect(second).rejects.toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    await command(sandbox, 'behaviours', undefined, 'DELETE');
    expect(await slow).toMatchObject({ status: 'requires_confirmation' });
  });

  test('a decline and a 500 are remembered, a refused parameter is not', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create(anIntent);
    await command(sandbox, 'behaviours', { kind: 'error500Before', operation: 'confirm' });
    const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'k1' });
    await expect(confirm()).rejects.toMatchObject({ statusCode: 500 });
    await expect(confirm()).rejects.toMatchObject({ statusCode: 500, headers: { 'idempotent-replayed': 'true' } });
    expect(await stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'k2' })).toMatchObject({
      status: 'succeeded',
    });

    const missing = { ...anIntent, payment_method: 'pm_card_of_nobody' };
    await expect(stripe.paymentIntents.create(missing, { idempotencyKey: 'k3' })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect(await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k3' })).toMatchObject({ amount: 4200 });
  });

  test('keys that the provider forgot execute again, but an intent still captures once', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create(anIntent);
    await stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'k1' });
    await command(sandbox, 'idempotency-keys', undefined, 'DELETE');
    const again = stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'k1' });
    await expect(again).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect((await ledgerOf(sandbox)).filter((row) => row.startsWith('CAPTURE ok'))).toHaveLength(1);
  });
});

test.each(UNFINISHED)('%s without an end is cut off at the deadline', async (_what, beginning) => {
  const deadlines = { headersTimeout: 20, requestTimeout: 40, connectionsCheckingInterval: 10 };
  const { url } = await aSandbox({ deadlines });
  expect(await answerToUnfinished(url, beginning)).toContain('HTTP/1.1 408');
});

test('whoever opens the sandbox itself is told what it is', async () => {
  const { url } = await aSandbox();
  expect(await (await fetch(url)).text()).toContain('/_sandbox/ledger');
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
});
