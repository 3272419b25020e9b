import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** How a charge comes to its end. One that comes when the payment was given up is in late-charge.test.ts. */

let world: PaymentWorld;
let orders = 0;
/** The sandbox remembers every order, so each test has its own. */
const aNewOrder = (paymentMethodId = 'pm_card_visa') => anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

/** Of a call that asks for the money: see stripe-gateway.ts. */
const CONFIRM_LIMIT_MS = 5_000;

/** That limit passes in a moment: to wait for it proves nothing. */
function hurryConfirmLimit(): void {
  const { setTimeout: real } = globalThis;
  const hurried = (action: () => void, delayMs?: number, ...rest: []) =>
    real(action, delayMs === CONFIRM_LIMIT_MS ? 200 : delayMs, ...rest);
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(hurried as typeof setTimeout);
  onTestFinished(() => spy.mockRestore());
}

const succeeded = (token = 'token-1') => ({
  token,
  output: { paymentIntentId: expect.stringMatching(/^pi_/) as string },
});

describe('a payment that is settled at once', () => {
  test('is charged, noted and answered to the workflow with its id only', async () => {
    const order = aNewOrder();
    expect(await world.charge(order)).toEqual({ state: 'CHARGED', paymentIntentId: expect.any(String) as string });
    expect(world.aws.answers).toEqual([succeeded()]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
    expect(await world.payment(order)).toMatchObject({
      state: 'CHARGED',
      amountMinor: order.totalMinor,
      currency: 'EUR',
      taskToken: 'token-1',
      attempt: 1,
    });
  });

  test.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ])('%s ends as PaymentDeclined with the code as cause (F48)', async (paymentMethodId, code) => {
    const order = aNewOrder(paymentMethodId);
    await world.charge(order);
    expect(world.aws.answers).toEqual([{ token: 'token-1', error: 'PaymentDeclined', cause: code }]);
    expect(await world.payment(order)).toMatchObject({ state: 'DECLINED', declineCode: code });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE failed']);
  });

  test('a payment method that the provider does not know is declined before anything is made', async () => {
    const order = aNewOrder('pm_card_of_nobody');
    await world.charge(order);
    expect(world.aws.answers).toEqual([{ token: 'token-1', error: 'PaymentDeclined', cause: 'resource_missing' }]);
    expect(await world.ledger(order)).toEqual([]);
  });
});

describe('an attempt that ended half way is taken up by the next', () => {
  test('before the row was written: the same intent is found by its key (F41, F42)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'dropAfter', operation: 'create', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('after the charge: the answer that was lost is looked up, and nothing is charged again (F43)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'dropAfter', operation: 'confirm', orderId: order.orderId, count: 2 });
    await world.charge(order);
    expect(world.aws.answers).toEqual([succeeded()]);
    expect(await world.fired()).toBe(2);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('while the provider says nothing at all: the call ends by itself and is looked up (F43)', async () => {
    hurryConfirmLimit();
    const order = aNewOrder();
    await world.arm({ kind: 'silentAfter', operation: 'confirm', orderId: order.orderId });
    await world.charge(order);
    expect(world.aws.answers).toEqual([succeeded()]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('when nothing was charged: the outcome is unknown, never declined, and the next attempt charges once (F44)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'dropBefore', operation: 'confirm', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    expect(world.aws.answers).toEqual([]);
    expect(await world.payment(order)).toMatchObject({ state: 'REQUESTED' });
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('when the look-up comes too fast: nothing is concluded, and the charge is found later (F43)', async () => {
    const order = aNewOrder();
    await world.arm(
      { kind: 'dropAfter', operation: 'confirm', orderId: order.orderId, count: 2 },
      { kind: 'rateLimited', operation: 'retrieve', orderId: order.orderId },
    );
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentRateLimited' });
    expect(world.aws.answers).toEqual([]);
    await world.charge(order, 'token-2', 1);
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('when even the look-up fails: the outcome is unknown and found later (F43)', async () => {
    const order = aNewOrder();
    await world.arm(
      { kind: 'dropAfter', operation: 'confirm', orderId: order.orderId, count: 2 },
      { kind: 'unavailable', operation: 'retrieve', orderId: order.orderId },
    );
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('a settled payment is told again to the token of the new attempt, and to no provider', async () => {
    const order = aNewOrder();
    world.aws.failures.push(
      { name: 'InternalServerError', statusCode: 500 },
      { name: 'InternalServerError', statusCode: 500 },
    );
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await world.arm({ kind: 'unavailable', orderId: order.orderId });
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.fired()).toBe(0);
  });

  test('that the workflow takes for the first: the payment is taken up all the same', async () => {
    const order = aNewOrder();
    await world.charge(order, 'token-1', 0);
    await world.charge(order, 'token-2', 0);
    expect(world.aws.answers).toEqual([succeeded('token-1'), succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('two attempts at the same time charge once, and both end', async () => {
    const order = aNewOrder();
    const ended = await Promise.allSettled([world.charge(order, 'token-1'), world.charge(order, 'token-2')]);
    if (ended.some(({ status }) => status === 'rejected')) await world.charge(order, 'token-3');
    expect((await world.ledger(order)).filter((row) => row === 'CAPTURE')).toHaveLength(1);
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    '%s: a token nobody waits on is no fault (F60, F64)',
    async (name) => {
      const order = aNewOrder();
      world.aws.failures.push({ name, statusCode: 400 });
      expect(await world.charge(order)).toMatchObject({ state: 'CHARGED' });
    },
  );
});

describe('a provider in trouble', () => {
  test.each([
    ['rateLimited', 'PaymentRateLimited'],
    ['lockTimeout', 'PaymentUnavailable'],
    ['unavailable', 'PaymentUnavailable'],
    ['error500Before', 'PaymentUnavailable'],
    ['dropBefore', 'PaymentUnavailable'],
  ] as const)('%s while the intent is made: no money moved (F46)', async (kind, name) => {
    const order = aNewOrder();
    await world.arm({ kind, operation: 'create', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name });
    expect(await world.payment(order)).toBeUndefined();
  });

  test.each([
    ['rateLimited', 'PaymentRateLimited'],
    ['lockTimeout', 'PaymentUnavailable'],
    ['unavailable', 'PaymentUnavailable'],
    ['error500Before', 'PaymentUnavailable'],
  ] as const)('%s while the money is asked for: nothing is charged, and that is proven (F46)', async (kind, name) => {
    const order = aNewOrder();
    await world.arm({ kind, operation: 'confirm', orderId: order.orderId });
    await expect(world.charge(order)).rejects.toMatchObject({ name });
    expect(await world.ledger(order)).toEqual(['CREATE']);
  });

  test('calls that come too fast are counted, with the limit by name, and made again later', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'rateLimited', operation: 'confirm', orderId: order.orderId });
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    await expect(world.charge(order)).rejects.toMatchObject({
      name: 'PaymentRateLimited',
      message: expect.stringContaining('endpoint-rate') as string,
    });
    expect(written.mock.calls.filter(([line]) => String(line).includes('"PaymentCallsLimited":1'))).toHaveLength(1);
    await world.charge(order, 'token-2', 1);
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('an order that is cancelled while it waits to be tried again asks for no money any more', async () => {
    const order = aNewOrder();
    await world.createOrder(order);
    await world.arm({ kind: 'rateLimited', operation: 'confirm', orderId: order.orderId });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentRateLimited' });
    const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    const row = rows.find(({ orderId, item }) => orderId === order.orderId && item === 'ORDER');
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, status: 'CANCELLING', reason: 'CANCELLED_BY_CUSTOMER' });
    await expect(world.charge(order, 'token-2', 1)).rejects.toMatchObject({ name: 'OrderStopped' });
    expect(await world.ledger(order)).toEqual(['CREATE']);
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
  });

  test('a stored 500 is left behind with a new key, after proof that nothing was charged (F47)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'error500Before', operation: 'confirm', orderId: order.orderId });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('a 500 after the charge is looked up and found charged (F43, F47)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'error500After', operation: 'confirm', orderId: order.orderId });
    await world.charge(order);
    expect(world.aws.answers).toEqual([succeeded()]);
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });

  test('a 500 stored for the creation is left behind too', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'error500Before', operation: 'create', orderId: order.orderId });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    await world.charge(order, 'token-2');
    expect(world.aws.answers).toEqual([succeeded('token-2')]);
  });

  test.each(['malformed', 'truncated', 'html', 'huge', 'wrongAmount', 'wrongCurrency', 'wrongOrder'] as const)(
    '%s answer to the charge is not believed but looked up (F49)',
    async (kind) => {
      const order = aNewOrder();
      await world.arm({ kind, operation: 'confirm', orderId: order.orderId });
      await world.charge(order);
      expect(await world.fired()).toBe(1);
      expect(world.aws.answers).toEqual([succeeded()]);
      expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
    },
  );

  test('an answer that drips byte by byte does not hold the function (F49)', async () => {
    hurryConfirmLimit();
    const order = aNewOrder();
    await world.arm({ kind: 'slowDrip', operation: 'confirm', orderId: order.orderId, ms: 100 });
    await world.charge(order);
    expect(world.aws.answers).toEqual([succeeded()]);
  });

  test.each(['wrongAmount', 'wrongCurrency', 'wrongOrder'] as const)(
    '%s in every answer is an AmountMismatch for a person, never a success (F49)',
    async (kind) => {
      const order = aNewOrder();
      await world.charge(aNewOrder());
      await world.arm(
        { kind, operation: 'confirm', orderId: order.orderId, count: 9 },
        { kind, operation: 'retrieve', orderId: order.orderId, count: 9 },
      );
      world.aws.answers.length = 0;
      await expect(world.charge(order)).rejects.toMatchObject({ name: 'AmountMismatch' });
      expect(world.aws.answers).toEqual([]);
      expect(await world.payment(order)).toMatchObject({ state: 'REQUESTED' });
    },
  );

  test('an order whose key stands for another amount is an AmountMismatch', async () => {
    const order = aNewOrder();
    await world.charge(order);
    await world.store.clear();
    const changed = anOrder({ orderId: order.orderId, lines: [{ sku: 'CUP-WHITE', quantity: 1 }] });
    await expect(world.charge(changed)).rejects.toMatchObject({ name: 'AmountMismatch' });
  });
});

describe('a request older than the provider remembers keys', () => {
  const aged = async (order: ReturnType<typeof anOrder>) => {
    const row = await world.payment(order);
    const requestedAt = new Date(Date.now() - 21 * 3_600_000).toISOString();
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...row, state: 'REQUESTED', requestedAt });
  };

  test('is looked up and never asked for again (F52)', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'dropBefore', operation: 'confirm', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await aged(order);
    await world.forgetKeys();
    await expect(world.charge(order, 'token-2')).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    expect(await world.ledger(order)).toEqual(['CREATE']);
  });

  test('is found charged if it was (F52)', async () => {
    const order = aNewOrder();
    await world.charge(order);
    await aged(order);
    await world.forgetKeys();
    await world.charge(order, 'token-2');
    expect(world.aws.answers.at(-1)).toEqual(succeeded('token-2'));
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
  });
});

test('a charge whose outcome was not written is still made once (F50, F84)', async () => {
  const order = aNewOrder();
  await world.charge(order);
  const row = await world.payment(order);
  await world.store.clear();
  await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...row, state: 'REQUESTED' });
  await world.charge(order, 'token-2');
  expect(world.aws.answers.at(-1)).toEqual(succeeded('token-2'));
  expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
});
