import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { order, startParkingWorld, type ParkingWorld } from './testing/parking-under-test.ts';

let world: ParkingWorld;
beforeAll(async () => {
  world = await startParkingWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('parking a step', () => {
  test('lists money, stock, reason and the next action, and states it once', async () => {
    await world.stoppedOrder();
    await world.charged();
    expect(await world.park('Refund payment', 'token-1', 'RefundFailed')).toEqual({
      orderId: order.orderId,
      step: 'Refund payment',
      reason: 'REFUND_FAILED',
    });
    expect(await world.parkedRow()).toMatchObject({
      parkedState: 'OPEN',
      reason: 'REFUND_FAILED',
      exposureMinor: 7300,
      exposureCertain: true,
      currency: 'EUR',
      heldLines: [
        { sku: 'CUP-WHITE', quantity: 4 },
        { sku: 'TEAPOT-BLUE', quantity: 1 },
      ],
      nextAction: expect.stringContaining('provider') as string,
      taskToken: 'token-1',
    });
    expect(await world.parkedEvents()).toMatchObject([{ seq: 2, reason: 'REFUND_FAILED', exposureMinor: 7300 }]);
  });

  test('keeps the token out of the event', async () => {
    await world.stoppedOrder();
    await world.park('Refund payment', 'secret-token');
    expect(JSON.stringify(await world.store.rows(TEST_TABLES.OUTBOX_TABLE))).not.toContain('secret-token');
  });

  test('repeated after a lost answer changes nothing; a new wait for the same step only brings its token', async () => {
    await world.stoppedOrder();
    await world.park('Refund payment', 'token-1');
    const before = await world.orderRows();
    await world.park('Refund payment', 'token-1');
    expect(await world.orderRows()).toEqual(before);
    await world.park('Refund payment', 'token-2');
    expect(await world.parkedRow()).toMatchObject({ taskToken: 'token-2', parkings: 1 });
    expect(await world.parkedEvents()).toHaveLength(1);
  });

  test('of both compensations at once keeps two rows and gapless events', async () => {
    await world.stoppedOrder();
    await Promise.all([world.park('Refund payment', 'token-1'), world.park('Release inventory', 'token-2')]);
    expect((await world.parkedEvents()).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(await world.orderRow()).toMatchObject({ eventSeq: 3, status: 'CANCELLING' });
  });

  test.each([
    ['Reserve inventory', 'TransactionConflict', 'CONTENTION'],
    ['Release inventory', 'Lambda.Unknown', 'RELEASE_FAILED'],
    ['Refund payment', 'PaymentOutcomeUnknown', 'CHARGE_UNKNOWN'],
    ['Refund payment', 'AmountMismatch', 'AMOUNT_MISMATCH'],
  ])('"%s" after %s is %s', async (step, errorName, reason) => {
    await world.run('create');
    expect(await world.park(step, 'token-1', errorName)).toMatchObject({ reason });
  });

  test.each(['REQUESTED', 'AWAITING_CUSTOMER'])(
    'with a payment %s lists the amount as uncertain, never as nothing',
    async (state) => {
      await world.stoppedOrder();
      await world.charged(state);
      await world.park('Refund payment', 'token-1');
      expect(await world.parkedRow()).toMatchObject({ exposureMinor: 7300, exposureCertain: false });
    },
  );

  test.each(['REFUNDED', 'CANCELLED', 'DECLINED'])('with a payment %s lists no money', async (state) => {
    await world.stoppedOrder();
    await world.charged(state);
    await world.park('Refund payment', 'token-1');
    expect(await world.parkedRow()).toMatchObject({ exposureMinor: 0, exposureCertain: true });
  });

  test.each(['Lambda.Unknown', 'PaymentUnavailable', 'AmountMismatch'])(
    'of a refund after %s lists the charge as uncertain: it may be given back, and only the record be lost',
    async (errorName) => {
      await world.stoppedOrder();
      await world.charged();
      await world.park('Refund payment', 'token-1', errorName);
      expect(await world.parkedRow()).toMatchObject({ exposureMinor: 7300, exposureCertain: false });
    },
  );

  test('of a release lists no money: the refund beside it gives it back a moment later', async () => {
    await Promise.all([world.stoppedOrder(), world.charged()]);
    await world.park('Release inventory', 'token-1');
    expect(await world.parkedRow('Release inventory')).toMatchObject({ exposureMinor: 0, exposureCertain: true });
  });
});

test('a refund of a disputed charge lists what the bank may have as "up to", and tells to settle the dispute', async () => {
  await Promise.all([world.stoppedOrder(), world.charged()]);
  await world.park('Refund payment', 'token-1', 'ChargeDisputed');
  expect(await world.parkedRow()).toMatchObject({
    reason: 'REFUND_FAILED',
    exposureMinor: 7300,
    exposureCertain: false,
    nextAction: expect.stringContaining('Settle the dispute') as string,
  });
});

describe('a refund whose failure the provider repeats', () => {
  const until = '2100-01-01T00:00:00.000Z';

  beforeEach(async () => {
    await world.stoppedOrder();
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, {
      orderId: order.orderId,
      state: 'CHARGED',
      amountMinor: 7300,
      currency: 'EUR',
      refundedMinor: 300,
      updatedAt: order.placedAt,
      failureRepeatedUntil: until,
    });
    await world.park('Refund payment', 'token-1', 'ProviderRepeatsFailure');
  });
  afterEach(() => vi.useRealTimers());

  test('is parked with the time until which a retry can only fail', async () => {
    expect(await world.parkedRow()).toMatchObject({
      reason: 'REFUND_FAILED',
      exposureMinor: 7000,
      particulars: { providerRepeatsFailureUntil: until },
      nextAction: expect.stringContaining(`until ${until}`) as string,
    });
  });

  test('is not retried in vain by whoever asks, and stays parked without a decision', async () => {
    await expect(world.decideOn('retry', 'Refund payment', {})).rejects.toMatchObject({
      name: 'RetryInVain',
      message: expect.stringContaining(until) as string,
    });
    expect(world.stepFunctions.calls).toEqual([]);
    expect(await world.parkedRow()).toMatchObject({ parkedState: 'OPEN', decisions: [] });
  });

  test('is retried anyway where that is said, and the answer says that it can only fail', async () => {
    expect(await world.decideOn('retry', 'Refund payment', { anyway: true })).toMatchObject({
      delivered: true,
      providerRepeatsFailureUntil: until,
    });
  });

  test('is retried once that time is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(until) });
    const outcome = await world.decideOn('retry', 'Refund payment', {});
    expect(outcome).toMatchObject({ delivered: true });
    expect(outcome).not.toHaveProperty('providerRepeatsFailureUntil');
  });

  test('can be called resolved at any time', async () => {
    expect(await world.decideOn('resolved')).toMatchObject({ delivered: true });
  });
});

describe('a row that cannot be read does not keep its order from being parked', () => {
  const { orderId } = order;
  const payment = { orderId, state: 'CHARGED', amountMinor: 7300, currency: 'EUR', updatedAt: order.placedAt };
  const MALFORMED: readonly [string, string, object, object][] = [
    ['PAYMENTS_TABLE', 'payment: amountMinor', { ...payment, amountMinor: '7300' }, { exposureMinor: 7300 }],
    ['PAYMENTS_TABLE', 'payment: state', { ...payment, state: 7 }, { exposureMinor: 7300, exposureCertain: false }],
    ['PAYMENTS_TABLE', 'payment: updatedAt', { ...payment, updatedAt: undefined }, { exposureMinor: 7300 }],
    ['PAYMENTS_TABLE', 'payment: state, amountMinor', { orderId }, { exposureMinor: 7300, exposureCertain: false }],
    [
      'RESERVATIONS_TABLE',
      'reservation: state',
      { orderId, state: 'LOST', lines: [] },
      { heldLines: [{ sku: 'CUP-WHITE' }, { sku: 'TEAPOT-BLUE' }] },
    ],
    ['RESERVATIONS_TABLE', 'reservation: lines.0.quantity', { orderId, state: 'HELD', lines: [{ sku: 'CUP' }] }, {}],
  ];

  test.each(MALFORMED)('%s with a wrong %s', async (table, wrong, row, shown) => {
    await world.stoppedOrder();
    await world.store.put(String(process.env[table]), row as Record<string, unknown>);
    await world.park('Refund payment', 'token-1', 'MalformedRow');
    expect(await world.parkedRow()).toMatchObject({
      parkedState: 'OPEN',
      taskToken: 'token-1',
      errorName: 'MalformedRow',
      nextAction: expect.stringMatching(/cannot be read.*then decide retry/u),
      particulars: { malformedRows: expect.stringContaining(wrong) },
      ...shown,
    });
    expect(await world.decideOn('retry', 'Refund payment', {})).toMatchObject({ delivered: true });
  });

  test.each(MALFORMED)('nor a broken execution from being parked: %s with a wrong %s', async (table, wrong, row) => {
    await world.stoppedOrder();
    await world.store.put(String(process.env[table]), row as Record<string, unknown>);
    await world.broke('FAILED');
    expect(await world.parkedRow('Order saga')).toMatchObject({
      particulars: { malformedRows: expect.stringContaining(wrong) },
    });
  });

  test('the order’s own: it is parked without an event, for nobody knows the number of it', async () => {
    await world.stoppedOrder();
    const { status: _status, ...row } = (await world.orderRow())!;
    await world.store.put(TEST_TABLES.ORDERS_TABLE, row);
    await world.park('Refund payment', 'token-1');
    await world.broke('FAILED');
    for (const step of ['Refund payment', 'Order saga']) {
      expect(await world.parkedRow(step)).toMatchObject({
        parkedState: 'OPEN',
        currency: 'EUR',
        particulars: { malformedRows: expect.stringContaining('wrong: status') },
      });
    }
    expect(await world.parkedEvents()).toEqual([]);
  });

  test('the one of an earlier parking: it is written anew, under a number that no event has', async () => {
    await world.stoppedOrder();
    await world.park('Refund payment', 'token-1');
    await world.store.put(TEST_TABLES.ORDERS_TABLE, {
      ...(await world.parkedRow())!,
      parkings: 'one',
      decisions: 'none',
    });
    await world.park('Refund payment', 'token-2');
    expect(await world.parkedRow()).toMatchObject({ taskToken: 'token-2', parkings: 3, decisions: [] });
    expect(new Set((await world.parkedEvents()).map(({ eventId }) => eventId)).size).toBe(2);
  });
});
