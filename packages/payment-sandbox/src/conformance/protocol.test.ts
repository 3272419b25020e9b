import { describe, expect, test } from 'vitest';
import { API_VERSION } from '../stripe-objects.ts';
import { aMerchant, anIntent, aSandbox, command, ledgerOf, sdkFor } from '../testing/sandbox-under-test.ts';

const SECRET = 'whsec_1';
const HOUR_MS = 3_600_000;

describe('events', () => {
  test('E1 an event has id, type, time, version, object and the request that caused it', async () => {
    const merchant = await aMerchant();
    const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: SECRET } });
    const { id } = await sdkFor(sandbox).paymentIntents.create(
      { ...anIntent, confirm: true },
      { idempotencyKey: 'k1' },
    );
    const event = JSON.parse((await merchant.next()).body) as unknown;
    expect(event).toMatchObject({
      id: expect.stringMatching(/^evt_[0-9a-f]{24}$/) as string,
      object: 'event',
      api_version: API_VERSION,
      created: expect.any(Number) as number,
      livemode: false,
      type: 'payment_intent.succeeded',
      data: { object: { id, object: 'payment_intent', metadata: { orderId: 'order-1' } } },
      request: { idempotency_key: 'k1' },
    });
  });

  test('E2 their version is that of the endpoint, not that of the request', async () => {
    const merchant = await aMerchant();
    const webhook = { url: merchant.url, secret: SECRET, apiVersion: '2020-03-02' };
    const sandbox = await aSandbox({ webhook });
    const stripe = sdkFor(sandbox);
    await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    expect(JSON.parse((await merchant.next()).body)).toMatchObject({ api_version: '2020-03-02' });
    const { data } = await stripe.webhookEndpoints.list();
    expect(data).toMatchObject([{ url: merchant.url, api_version: '2020-03-02', status: 'enabled' }]);
  });

  test('E3 an endpoint is sent the types that it subscribed to', async () => {
    const merchant = await aMerchant();
    const types = ['refund.failed'];
    const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: SECRET, types } });
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    const refund = await stripe.refunds.create({ payment_intent: id });
    await command(sandbox, `refunds/${refund.id}/settle`, { status: 'failed' });
    expect(JSON.parse((await merchant.next()).body)).toMatchObject({ type: 'refund.failed' });
    expect((await stripe.webhookEndpoints.list()).data).toMatchObject([{ enabled_events: types }]);
  });

  test.each([
    ['balance.available', { object: 'balance', available: [{ amount: 0, currency: 'eur' }] }],
    ['customer.created', { id: 'cus_1', object: 'customer', metadata: {} }],
    ['payment_intent.succeeded', { id: 'pi_of_another_program', object: 'payment_intent', metadata: {} }],
  ])('E4 %s comes too, signed, about what is no payment of ours', async (type, object) => {
    const merchant = await aMerchant();
    const sandbox = await aSandbox({ webhook: { url: merchant.url, secret: SECRET, types: [] } });
    await command(sandbox, 'webhooks', { type, object });
    const { body, signature } = await merchant.next();
    expect(sdkFor(sandbox).webhooks.constructEvent(body, signature, SECRET)).toMatchObject({ type, data: { object } });
  });
});

describe('the list of events', () => {
  /** A sandbox whose merchant is sent nothing, with a charge and a refund on it. */
  async function aQuietAccount(nowMs: () => number = Date.now) {
    const sandbox = await aSandbox({ nowMs });
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    await stripe.refunds.create({ payment_intent: id, amount: 100 });
    await stripe.refunds.create({ payment_intent: id, amount: 200 });
    return { sandbox, stripe };
  }
  const typesOf = (list: { data: { type: string }[] }) => list.data.map(({ type }) => type);

  test('E5 has the newest first, whether anybody is sent them or not, as they are sent', async () => {
    const { stripe } = await aQuietAccount();
    const list = await stripe.events.list();
    expect(typesOf(list)).toEqual([
      'charge.refunded',
      'refund.created',
      'charge.refunded',
      'refund.created',
      'payment_intent.succeeded',
    ]);
    expect(list.data[0]).toMatchObject({
      object: 'event',
      api_version: API_VERSION,
      data: { object: { object: 'charge' } },
    });
  });

  test('E6 is filtered by at most twenty types, and by time, both ends included', async () => {
    let now = Date.UTC(2026, 0, 1);
    const { stripe } = await aQuietAccount(() => now);
    const at = now / 1000;
    now += 60_000;
    const types = ['charge.refunded', 'refund.failed'];
    expect(typesOf(await stripe.events.list({ types }))).toEqual(['charge.refunded', 'charge.refunded']);
    expect((await stripe.events.list({ types, created: { gte: at, lte: at } })).data).toHaveLength(2);
    expect((await stripe.events.list({ types, created: { gt: at } })).data).toHaveLength(0);
    expect((await stripe.events.list({ created: { lt: at } })).data).toHaveLength(0);
    const tooMany = stripe.events.list({ types: Array.from({ length: 21 }, () => 'refund.failed') });
    await expect(tooMany).rejects.toMatchObject({ statusCode: 400, param: 'types' });
  });

  test('E11 can be of those only that were not delivered, or not yet', async () => {
    const merchant = await aMerchant(200, ...Array.from({ length: 9 }, () => 500));
    const webhook = { url: merchant.url, secret: SECRET, types: ['charge.refunded', 'refund.created'] };
    const stripe = sdkFor(await aSandbox({ webhook }));
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    await stripe.refunds.create({ payment_intent: id });
    const taken = JSON.parse((await merchant.next()).body) as { id: string };
    const refused = JSON.parse((await merchant.next()).body) as { id: string };
    const undelivered = async (): Promise<string[]> =>
      (await stripe.events.list({ delivery_success: false })).data.map((event) => event.id);
    await expect.poll(undelivered).toEqual([refused.id]);
    const delivered = await stripe.events.list({ delivery_success: true });
    expect(typesOf(delivered)).toContain('payment_intent.succeeded'); // which nobody is sent
    expect(delivered.data.map((event) => event.id)).toContain(taken.id);
    expect(delivered.data.map((event) => event.id)).not.toContain(refused.id);
  });

  test('E7 is turned page by page', async () => {
    const { stripe } = await aQuietAccount();
    const first = await stripe.events.list({ limit: 2 });
    expect([first.data.length, first.has_more]).toEqual([2, true]);
    const ids = await stripe.events.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(new Set(ids.map(({ id }) => id)).size).toBe(5);
  });

  test('E8 goes back thirty days', async () => {
    let now = Date.UTC(2026, 0, 1);
    const { stripe } = await aQuietAccount(() => now);
    now += 30 * 24 * HOUR_MS;
    expect((await stripe.events.list()).data).toHaveLength(5);
    now += 1_000;
    expect((await stripe.events.list()).data).toHaveLength(0);
  });
});

describe('webhook endpoints', () => {
  test('E9 are listed with their address, version, types and status', async () => {
    const url = 'https://shop.example/webhooks';
    const webhook = { url, secret: SECRET, types: ['refund.failed'], apiVersion: '2020-03-02' };
    const { data } = await sdkFor(await aSandbox({ webhook })).webhookEndpoints.list();
    const settings = {
      url,
      enabled_events: ['refund.failed'],
      api_version: '2020-03-02',
      status: 'enabled',
      livemode: false,
    };
    expect(data).toMatchObject([{ object: 'webhook_endpoint', ...settings }]);
    expect((await sdkFor(await aSandbox()).webhookEndpoints.list()).data).toEqual([]);
  });

  test('E10 a disabled one is sent nothing, and one for `*` everything', async () => {
    const merchant = await aMerchant();
    const disabled = await aSandbox({ webhook: { url: merchant.url, secret: SECRET, status: 'disabled' } });
    const stripe = sdkFor(disabled);
    await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    expect((await stripe.webhookEndpoints.list()).data).toMatchObject([{ status: 'disabled' }]);
    expect(await command(disabled, 'webhooks', undefined, 'GET')).toEqual({ events: [] });

    const wildcard = await aSandbox({ webhook: { url: merchant.url, secret: SECRET, types: ['*'] } });
    await sdkFor(wildcard).paymentIntents.create({ ...anIntent, confirm: true });
    expect(JSON.parse((await merchant.next()).body)).toMatchObject({ type: 'payment_intent.succeeded' });
  });
});

describe('idempotency', () => {
  test('K7 a refund that was refused is replayed after its cause is gone, and made under another key', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create({ ...anIntent, confirm: true });
    const dispute = (await command(sandbox, `intents/${id}/dispute`)) as { id: string };
    const refund = (idempotencyKey: string) => stripe.refunds.create({ payment_intent: id }, { idempotencyKey });
    await expect(refund('k1')).rejects.toMatchObject({ code: 'charge_disputed' });
    await command(sandbox, `disputes/${dispute.id}`, { status: 'won' });
    await expect(refund('k1')).rejects.toMatchObject({
      code: 'charge_disputed',
      headers: { 'idempotent-replayed': 'true' },
    });
    expect((await stripe.refunds.list({ payment_intent: id })).data).toEqual([]);
    expect(await refund('k2')).toMatchObject({ status: 'succeeded' });
  });

  test('K1 a stored answer is replayed with the id of the request that made it, also a 500', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    const { id } = await stripe.paymentIntents.create(anIntent);
    await command(sandbox, 'behaviours', { kind: 'error500Before', operation: 'confirm' });
    const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'k1' });
    const first = await confirm().catch((error: { headers: Record<string, string> }) => error.headers);
    await expect(confirm()).rejects.toMatchObject({
      statusCode: 500,
      headers: {
        'idempotent-replayed': 'true',
        'original-request': (first as Record<string, string>)['request-id'],
      },
    });
  });

  test('K2 a decline is replayed, even after the card would pay', async () => {
    const stripe = sdkFor(await aSandbox());
    const { id } = await stripe.paymentIntents.create({ ...anIntent, payment_method: 'pm_card_chargeDeclined' });
    const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'k1' });
    await expect(confirm()).rejects.toMatchObject({ code: 'card_declined' });
    await expect(confirm()).rejects.toMatchObject({ headers: { 'idempotent-replayed': 'true' } });
  });

  test('K8 a stored 500 of a creation that confirms names no intent, though the money was taken', async () => {
    const sandbox = await aSandbox();
    const stripe = sdkFor(sandbox);
    await command(sandbox, 'behaviours', { kind: 'error500After', operation: 'create' });
    const charge = () => stripe.paymentIntents.create({ ...anIntent, confirm: true }, { idempotencyKey: 'k1' });
    for (let time = 1; time <= 2; time += 1) {
      await expect(charge()).rejects.toMatchObject({ statusCode: 500, payment_intent: undefined });
    }
    const other = stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    await expect(other).rejects.toMatchObject({ statusCode: 400, payment_intent: undefined });
    expect(await ledgerOf(sandbox)).toEqual(['CREATE ok 4200 eur order-1', 'CAPTURE ok 4200 eur order-1']);
  });

  test('K3 other parameters under a key are an idempotency_error without a code, even wrong ones', async () => {
    const stripe = sdkFor(await aSandbox());
    await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    for (const amount of [4300, 1]) {
      const other = stripe.paymentIntents.create({ ...anIntent, amount }, { idempotencyKey: 'k1' });
      await expect(other).rejects.toMatchObject({ statusCode: 400, rawType: 'idempotency_error', code: undefined });
    }
  });

  test('K4 a key lives for 24 hours at least, and stands for a new request once it is pruned', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const sandbox = await aSandbox({ nowMs: () => nowMs });
    const stripe = sdkFor(sandbox);
    const first = await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    nowMs += 24 * HOUR_MS;
    expect(await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' })).toMatchObject({ id: first.id });
    await command(sandbox, 'idempotency-keys', undefined, 'DELETE');
    const later = await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    expect(later.id).not.toBe(first.id);
  });

  test('K5 a key has at most 255 characters', async () => {
    const stripe = sdkFor(await aSandbox());
    const longest = await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k'.repeat(255) });
    expect(longest.status).toBe('requires_confirmation');
    const longer = stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k'.repeat(256) });
    await expect(longer).rejects.toMatchObject({ statusCode: 400 });
  });

  test('K6 parameters that are refused are not remembered', async () => {
    const stripe = sdkFor(await aSandbox());
    const tooSmall = stripe.paymentIntents.create({ ...anIntent, amount: 1 }, { idempotencyKey: 'k1' });
    await expect(tooSmall).rejects.toMatchObject({ code: 'amount_too_small' });
    expect(await stripe.paymentIntents.create(anIntent, { idempotencyKey: 'k1' })).toMatchObject({ amount: 4200 });
  });
});

describe('errors that nothing here leads to', () => {
  test('F1 an object that somebody else works on is 429 lock_timeout', async () => {
    const sandbox = await aSandbox();
    await command(sandbox, 'behaviours', { kind: 'lockTimeout', operation: 'create' });
    const locked = sdkFor(sandbox).paymentIntents.create(anIntent);
    await expect(locked).rejects.toMatchObject({ statusCode: 429, code: 'lock_timeout' });
  });

  test('F3 an operation that is called too fast is 429 rate_limit, and each has a limit of its own', async () => {
    let nowMs = 1_000_000;
    const sandbox = await aSandbox({ callsPerSecond: 2, nowMs: () => nowMs });
    const { paymentIntents } = sdkFor(sandbox);
    const create = () => paymentIntents.create(anIntent, { idempotencyKey: 'k1' });
    const { id } = await create();
    await create();
    const refusal = { statusCode: 429, code: 'rate_limit', rawType: 'invalid_request_error' };
    const headers = { 'stripe-rate-limited-reason': 'endpoint-rate' };
    await expect(create()).rejects.toMatchObject({ ...refusal, headers });
    expect(await paymentIntents.retrieve(id)).toMatchObject({ id });
    nowMs += 500;
    expect(await create()).toMatchObject({ id });
    await expect(create()).rejects.toMatchObject(refusal);
    nowMs += 60_000;
    await create();
    await create();
    await expect(create()).rejects.toMatchObject(refusal);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'a limit of %d calls a second is refused',
    async (callsPerSecond) => {
      await expect(aSandbox({ callsPerSecond })).rejects.toThrow('callsPerSecond: expected a positive number');
    },
  );

  test.each(['currency_not_supported', 'payment_method_not_available', 'account_invalid'])(
    'F2 any refusal can be played: %s',
    async (code) => {
      const sandbox = await aSandbox();
      await command(sandbox, 'behaviours', { kind: 'refused', operation: 'create', code });
      await expect(sdkFor(sandbox).paymentIntents.create(anIntent)).rejects.toMatchObject({ statusCode: 400, code });
    },
  );
});
