import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../../test/testing/builders.ts';
import { stopCause } from '../../orders/stop-cause.ts';
import { refusalOf, refusedPart } from './provider-refusals.ts';
import {
  BEHAVIOUR_KINDS,
  DECLINE_CODES,
  startPaymentWorld,
  type PaymentWorld,
} from '../testing/payments-under-test.ts';

/** Every way in which the provider, the customer or somebody else ends a payment, and the reason that the order gets. */

/** docs.stripe.com/api/errors (`type`), with the two that older SDKs have names for. */
const ERROR_TYPES = [
  'api_error',
  'card_error',
  'idempotency_error',
  'invalid_request_error',
  'authentication_error',
  'rate_limit_error',
];

let world: PaymentWorld;
let orders = 0;
const aNewOrder = (paymentMethodId = 'pm_card_visa') => anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

/** The reason of an order whose charge ends like this, whether the function throws or answers its token. */
async function reasonFor(order: ReturnType<typeof anOrder>): Promise<string> {
  const thrown = await world.charge(order).then(
    () => undefined,
    (error: Error) => error.name,
  );
  return reasonAfter(thrown ?? world.aws.answers.at(-1)?.error ?? 'none');
}

function reasonAfter(error: string): string {
  return stopCause({ failedStep: 'Charge payment', error }, anOrder(), undefined).reason;
}

/** A method that paid for something else before. */
async function aUsedMethod(): Promise<string> {
  const made = await fetch(`${world.sandbox.url}/_sandbox/payment-methods`, {
    method: 'POST',
    body: JSON.stringify({ token: 'tok_visa' }),
  });
  const { id } = (await made.json()) as { id: string };
  const headers = { authorization: 'Bearer sk_test_sandbox' };
  const body = `amount=500&currency=eur&confirm=true&payment_method=${id}`;
  await fetch(`${world.sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
  return id;
}

describe('a decline', () => {
  test.each(DECLINE_CODES)('%s is the customer’s, with the code as cause unless it accuses them', async (code) => {
    const order = aNewOrder(`pm_card_declined_${code}`);
    expect(await reasonFor(order)).toBe('PAYMENT_DECLINED');
    const accusations = ['fraudulent', 'lost_card', 'merchant_blacklist', 'pickup_card', 'stolen_card'];
    const cause = accusations.includes(code) ? 'generic_decline' : code;
    expect(world.aws.answers).toMatchObject([{ error: 'PaymentDeclined', cause }]);
    expect(await world.payment(order)).toMatchObject({ declineCode: code });
  });

  test('is a method that cannot be used again', async () => {
    const order = aNewOrder(await aUsedMethod());
    expect(await reasonFor(order)).toBe('PAYMENT_DECLINED');
    expect(world.aws.answers).toMatchObject([{ error: 'PaymentDeclined', cause: 'payment_method_used_up' }]);
  });

  test('is a method that was used up between the two calls of a charge', async () => {
    const made = await fetch(`${world.sandbox.url}/_sandbox/payment-methods`, {
      method: 'POST',
      body: JSON.stringify({ token: 'tok_visa' }),
    });
    const { id } = (await made.json()) as { id: string };
    const order = aNewOrder(id);
    await world.arm({ kind: 'dropBefore', operation: 'confirm', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    const headers = { authorization: 'Bearer sk_test_sandbox' };
    const body = `amount=500&currency=eur&confirm=true&payment_method=${id}`;
    await fetch(`${world.sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
    expect(await reasonFor(order)).toBe('PAYMENT_DECLINED');
    await world.refund(order);
    expect(await world.payment(order)).toMatchObject({ state: 'CANCELLED' });
  });

  test.each([
    'payment_method_not_available',
    'payment_method_provider_decline',
    'payment_intent_incompatible_payment_method',
  ])('is a refusal as %s', async (code) => {
    const order = aNewOrder();
    await world.arm({ kind: 'refused', operation: 'create', orderId: order.orderId, code });
    expect(await reasonFor(order)).toBe('PAYMENT_DECLINED');
  });
});

describe('an amount or a currency that the provider does not take', () => {
  test.each(['amount_too_small', 'amount_too_large', 'currency_not_supported', 'charge_exceeds_transaction_limit'])(
    '%s is nobody’s fault',
    async (code) => {
      for (const operation of ['create', 'confirm'] as const) {
        const order = aNewOrder();
        await world.arm({ kind: 'refused', operation, orderId: order.orderId, code });
        expect(await reasonFor(order)).toBe('PAYMENT_REFUSED');
        expect(await world.refund(order)).toMatchObject({
          outcome: operation === 'create' ? 'cancelled' : 'cancelled',
        });
      }
    },
  );

  test.each([
    [49, 'EUR'],
    [550, 'ISK'],
    [5000, 'XAU'],
  ])('%i %s, played by the provider itself', async (totalMinor, currency) => {
    const lines = [{ sku: 'CUP-WHITE', quantity: 1, unitPriceMinor: totalMinor }];
    const order = { ...aNewOrder(), currency, lines, totalMinor } as ReturnType<typeof anOrder>;
    expect(await reasonFor(order)).toBe('PAYMENT_REFUSED');
    expect(await world.refund(order)).toMatchObject({ outcome: 'nothingToUndo' });
  });
});

describe('what is not the customer’s and not ours', () => {
  test('an intent that was cancelled at the provider while the customer should confirm', async () => {
    const order = aNewOrder('pm_card_threeDSecure2Required');
    await world.createOrder(order);
    await world.charge(order);
    const [intent] = await world.intents(order);
    await fetch(`${world.sandbox.url}/_sandbox/intents/${intent!.id}/cancel`, { method: 'POST' });
    await world.poll();
    expect(world.aws.answers).toMatchObject([{ error: 'PaymentCancelled' }]);
    expect(reasonAfter('PaymentCancelled')).toBe('PAYMENT_CANCELLED');
  });

  test('a failure that the provider repeats under each of our keys', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'error500Before', operation: 'confirm', orderId: order.orderId, count: 6 });
    for (let attempt = 1; attempt <= 3; attempt += 1) await world.charge(order).catch(() => undefined);
    expect(await reasonFor(order)).toBe('PAYMENT_UNAVAILABLE');
  });

  test.each(['lockTimeout', 'rateLimited', 'unavailable'] as const)('%s', async (kind) => {
    const order = aNewOrder();
    await world.arm({ kind, operation: 'create', orderId: order.orderId });
    expect(await reasonFor(order)).toBe('PAYMENT_UNAVAILABLE');
  });
});

test('what nobody but us can bring about stays our mistake', () => {
  const answer = {
    statusCode: 400,
    type: 'invalid_request_error',
    declineCode: undefined,
    isReplayed: false,
    limit: undefined,
  };
  const parts = ['parameter_unknown', 'parameter_missing', 'metadata_too_long'].map((code) =>
    refusedPart({ ...answer, code, parameter: 'metadata', isMethodUsedUp: false }),
  );
  expect(new Set(parts)).toEqual(new Set(['request']));
});

describe('every way in which the sandbox can fail a charge ends in a reason of ours', () => {
  /** Answers that are not believed: a person looks, and the order is not cancelled by itself. */
  const FOR_A_PERSON = ['AmountMismatch'];
  const kinds = BEHAVIOUR_KINDS.filter((kind) => !kind.startsWith('webhook') && kind !== 'silentAfter');

  test.each(kinds.flatMap((kind) => (['create', 'confirm'] as const).map((operation) => [kind, operation] as const)))(
    '%s at %s, for as long as the workflow tries',
    async (kind, operation) => {
      const order = aNewOrder();
      const details = { ms: 1, bytes: 1_200_000, code: 'parameter_invalid' };
      await world.arm({ kind, operation, orderId: order.orderId, count: 20, ...details });
      let ended = 'none';
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        const thrown = await world.charge(order).then(
          () => undefined,
          (error: Error) => error.name,
        );
        const [answer] = world.aws.answers;
        ended = thrown ?? answer?.error ?? (answer === undefined ? 'waits' : 'charged');
        if (thrown === undefined) break;
      }
      if (ended === 'charged' || FOR_A_PERSON.includes(ended)) return;
      expect([ended, reasonAfter(ended)]).toEqual([ended, 'PAYMENT_UNAVAILABLE']);
    },
  );

  test.each(ERROR_TYPES)('an error of the type %s with a code that nobody knows', (type) => {
    for (const statusCode of [400, 401, 402, 403, 404, 409, 429, 500]) {
      const answer = {
        statusCode,
        type,
        code: 'added_later',
        declineCode: undefined,
        parameter: undefined,
        isMethodUsedUp: false,
        isReplayed: false,
        limit: undefined,
      };
      const refusal = refusalOf(answer, new Error('refused'));
      // What is about the customer's method is a decline; all else has its name.
      const name = 'part' in refusal && refusal.part === 'paymentMethod' ? 'PaymentDeclined' : refusal.name;
      expect(reasonAfter(name)).not.toBe('INTERNAL_ERROR');
    }
  });
});

describe('a refund whose failure the provider repeats', () => {
  test('says until when it is, and is made after that', async () => {
    const order = aNewOrder();
    await world.charge(order);
    await world.arm({ kind: 'error500Before', operation: 'refund', orderId: order.orderId, count: 6 });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await expect(world.refund(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    }
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'ProviderRepeatsFailure' });
    const { failureRepeatedUntil } = (await world.payment(order)) as { failureRepeatedUntil: string };
    expect(Date.parse(failureRepeatedUntil)).toBeGreaterThan(Date.now() + 23 * 3_600_000);

    await expect(world.refund(order)).rejects.toMatchObject({ name: 'ProviderRepeatsFailure' });
    expect(await world.payment(order)).toMatchObject({ failureRepeatedUntil });

    await world.forgetKeys();
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect(await world.payment(order)).not.toHaveProperty('failureRepeatedUntil');
  });
});
