import { describe, expect, test } from 'vitest';
import { amountText, CURRENCIES } from '../currencies.ts';
import { DEFAULT_API_KEY } from '../payment-sandbox.ts';
import { anIntent, aSandbox, sdkFor } from '../testing/sandbox-under-test.ts';

const make = async (amount: number, currency: string) =>
  sdkFor(await aSandbox()).paymentIntents.create({ ...anIntent, amount, currency });

/** docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, written once more by hand. */
const LEAST: [string, number][] = [
  ['usd', 50],
  ['aed', 200],
  ['aud', 50],
  ['brl', 50],
  ['cad', 50],
  ['chf', 50],
  ['czk', 1500],
  ['dkk', 250],
  ['eur', 50],
  ['gbp', 30],
  ['hkd', 400],
  ['huf', 17_500],
  ['inr', 50],
  ['jpy', 50],
  ['mxn', 1000],
  ['myr', 200],
  ['nok', 300],
  ['nzd', 50],
  ['pln', 200],
  ['ron', 200],
  ['sek', 300],
  ['sgd', 50],
  ['thb', 1000],
];

describe('amounts', () => {
  test.each(LEAST)('A1 the least charge in %s is %i', async (currency, minimum) => {
    await expect(make(minimum - 1, currency)).rejects.toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      code: 'amount_too_small',
      param: 'amount',
    });
    expect(await make(minimum, currency)).toMatchObject({ amount: minimum });
  });

  test.each([
    ['eur', 99_999_999],
    ['jpy', 99_999_999],
    ['kwd', 99_999_990],
    ['isk', 99_999_900],
    ['idr', 999_999_999_999],
  ])('A2 the largest charge in %s is %i', async (currency, maximum) => {
    const { step } = CURRENCIES.get(currency)!;
    await expect(make(maximum + step, currency)).rejects.toMatchObject({ statusCode: 400, code: 'amount_too_large' });
    expect(await make(maximum, currency)).toMatchObject({ amount: maximum });
  });

  test.each(['bhd', 'jod', 'kwd', 'omr', 'tnd'])('A3 the last digit of three in %s is 0', async (currency) => {
    await expect(make(5124, currency)).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
    expect(await make(5120, currency)).toMatchObject({ amount: 5120 });
  });

  test.each(['isk', 'ugx'])('A4 5 %s are 500, and no fraction is charged', async (currency) => {
    await expect(make(550, currency)).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
    expect(await make(500, currency)).toMatchObject({ amount: 500 });
    expect(amountText(500, currency)).toMatch(/5\.00$/);
  });

  test.each([
    ['jpy', 500, '¥500'],
    ['krw', 500, '₩500'],
    ['huf', 500_000, 'HUF 5,000.00'],
    ['twd', 80_045, 'NT$800.45'],
    ['kwd', 5120, 'KWD 5.120'],
  ])('A5 an amount in %s of %i is %s', (currency, amount, text) => {
    expect(amountText(amount, currency).replaceAll('\u00A0', ' ')).toBe(text);
  });

  test.each(['1.5', '-100', '0', '1e3', '9'.repeat(16)])(
    'A6 an amount of %s is no integer of 1 or more',
    async (amount) => {
      const answer = await post(`amount=${amount}&currency=eur`);
      expect(answer).toEqual([400, expect.objectContaining({ code: 'parameter_invalid_integer', param: 'amount' })]);
    },
  );
});

describe('currencies', () => {
  test.each(['xau', 'xts', 'bgn', 'hrk', 'usdt', 'iqd', 'euro', 'eu'])(
    'C1 %s is none that is charged',
    async (currency) => {
      await expect(make(5000, currency)).rejects.toMatchObject({
        statusCode: 400,
        param: 'currency',
        code: undefined,
        message: expect.stringContaining('supports these currencies: usd, aed') as string,
      });
    },
  );

  test('C2 each of the list can be charged between its bounds', async () => {
    const stripe = sdkFor(await aSandbox());
    expect(CURRENCIES.size).toBeGreaterThan(135);
    for (const [currency, { minimum, maximum, step }] of CURRENCIES) {
      expect([minimum % step, maximum % step]).toEqual([0, 0]);
      const intent = await stripe.paymentIntents.create({ ...anIntent, amount: minimum, currency });
      expect(intent).toMatchObject({ amount: minimum, currency });
    }
  });
});

describe('parameters', () => {
  test.each([
    ['currency=eur', 'amount', 'parameter_missing'],
    ['amount=100', 'currency', 'parameter_missing'],
    ['amount=100&currency=eur&amuont=1', 'amuont', 'parameter_unknown'],
    ['amount=100&currency=eur&payment_method=', 'payment_method', 'parameter_invalid_empty'],
    ['amount=&currency=eur', 'amount', 'parameter_invalid_empty'],
  ])('B1 %s is refused naming %s', async (body, param, code) => {
    expect(await post(body)).toEqual([400, expect.objectContaining({ type: 'invalid_request_error', param, code })]);
  });

  test.each([
    Object.fromEntries(Array.from({ length: 51 }, (_value, index) => [`k${index}`, 'v'])),
    { ['k'.repeat(41)]: 'v' },
    { k: 'v'.repeat(501) },
    { nested: { in: 'it' } } as unknown as Record<string, string>,
  ])('B2 metadata has bounds', async (metadata) => {
    const stripe = sdkFor(await aSandbox());
    await expect(stripe.paymentIntents.create({ ...anIntent, metadata })).rejects.toMatchObject({ statusCode: 400 });
  });

  test('B3 what this sandbox does not play is refused, not ignored', async () => {
    const stripe = sdkFor(await aSandbox());
    const byHand = stripe.paymentIntents.create({ ...anIntent, capture_method: 'manual' });
    await expect(byHand).rejects.toMatchObject({ statusCode: 400, param: 'capture_method' });
  });
});

async function post(body: string): Promise<[number, unknown]> {
  const sandbox = await aSandbox();
  const headers = { authorization: `Bearer ${DEFAULT_API_KEY}` };
  const response = await fetch(`${sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
  const { error } = (await response.json()) as { error?: unknown };
  return [response.status, error];
}
