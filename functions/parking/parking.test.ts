import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../events/canonical-json.ts';
import { OrderParked } from '../../events/order-parked.ts';
import { aLambdaContext, anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import type { PaymentConcern } from '../payments/payment-review.ts';
import type { SagaTask } from '../platform/saga-task.ts';
import type { ParkingLot } from './parking-lot.ts';

const order = anOrder();
const executionArn = `arn:aws:states:us-east-1:000000000000:execution:order-saga:${order.orderId}`;

let store: TestDynamoDb;
let stepFunctions: FakeAwsService;
let tasks: Record<'create' | 'stop' | 'cancel' | 'park' | 'confirm' | 'reserve', SagaTask>;
let parkFailedExecution: (event: unknown) => Promise<void>;
let decide: (request: unknown) => Promise<unknown>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  stepFunctions = await startFakeAwsService('AWSStepFunctions');
  Object.assign(process.env, store.environment, { AWS_ENDPOINT_URL_SFN: stepFunctions.endpoint });
  tasks = {
    create: (await import('../orders/create-order.ts')).handler,
    stop: (await import('../orders/stop-order.ts')).handler,
    cancel: (await import('../orders/cancel-order.ts')).handler,
    confirm: (await import('../orders/confirm-order.ts')).handler,
    park: (await import('./park-order.ts')).handler,
    reserve: (await import('../inventory/reserve-inventory.ts')).handler,
  };
  parkFailedExecution = (await import('./park-failed-execution.ts')).handler;
  decide = (await import('./decide-parked-order.ts')).handler;
});
afterAll(async () => {
  await stepFunctions.stop();
  await store.stop();
});
beforeEach(async () => {
  await store.clear();
  stepFunctions.reset();
  stepFunctions.answer('SendTaskSuccess', () => ({}));
  stepFunctions.answer('RedriveExecution', () => ({ redriveDate: 1 }));
  await store.put(
    TEST_TABLES.STOCK_TABLE,
    ...order.lines.map(({ sku }) => ({ sku, available: 10, onHold: 0, version: 1 })),
  );
});

const run = (task: keyof typeof tasks, extra: object = {}) =>
  tasks[task]({ order, executionArn, ...extra }, aLambdaContext());
const park = (step: string, taskToken: string, errorName = 'States.TaskFailed') =>
  run('park', { step, error: errorName, taskToken });
const decideOn = (decision: string, step = 'Refund payment', extra: object = { evidence: 're_1' }) =>
  decide({ orderId: order.orderId, step, decision, actor: 'carol', ...extra });
const broke = (status: string, input = canonicalJson(order)) =>
  parkFailedExecution({
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    detail: { executionArn, status, input, error: status === 'FAILED' ? 'States.Runtime' : null, cause: null },
  });

const charged = (state = 'CHARGED') =>
  store.put(TEST_TABLES.PAYMENTS_TABLE, { orderId: order.orderId, state, amountMinor: 7300, currency: 'EUR' });
const orderRows = () => store.rows(TEST_TABLES.ORDERS_TABLE);
const orderRow = async () => (await orderRows()).find((row) => row['item'] === 'ORDER');
const parkedRow = async (step = 'Refund payment') =>
  (await orderRows()).find((row) => row['item'] === `PARKED#${step}`);
const parkedEvents = async () =>
  (await store.rows(TEST_TABLES.OUTBOX_TABLE))
    .filter((row) => row['detailType'] === OrderParked.detailType)
    .map((row) => JSON.parse(row['detail'] as string) as Record<string, unknown>)
    .toSorted((a, b) => Number(a['seq']) - Number(b['seq']));
async function stoppedOrder(): Promise<void> {
  await run('create');
  await run('reserve');
  await run('stop', { failedStep: 'Charge payment', error: 'PaymentOutcomeUnknown' });
}

describe('parking a step', () => {
  test('lists money, stock, reason and the next action, and states it once', async () => {
    await stoppedOrder();
    await charged();
    expect(await park('Refund payment', 'token-1', 'RefundFailed')).toEqual({
      orderId: order.orderId,
      step: 'Refund payment',
      reason: 'REFUND_FAILED',
    });
    expect(await parkedRow()).toMatchObject({
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
    expect(await parkedEvents()).toMatchObject([{ seq: 2, reason: 'REFUND_FAILED', exposureMinor: 7300 }]);
  });

  test('keeps the token out of the event', async () => {
    await stoppedOrder();
    await park('Refund payment', 'secret-token');
    expect(JSON.stringify(await store.rows(TEST_TABLES.OUTBOX_TABLE))).not.toContain('secret-token');
  });

  test('repeated after a lost answer changes nothing; a new wait for the same step only brings its token', async () => {
    await stoppedOrder();
    await park('Refund payment', 'token-1');
    const before = await orderRows();
    await park('Refund payment', 'token-1');
    expect(await orderRows()).toEqual(before);
    await park('Refund payment', 'token-2');
    expect(await parkedRow()).toMatchObject({ taskToken: 'token-2', parkings: 1 });
    expect(await parkedEvents()).toHaveLength(1);
  });

  test('of both compensations at once keeps two rows and gapless events', async () => {
    await stoppedOrder();
    await Promise.all([park('Refund payment', 'token-1'), park('Release inventory', 'token-2')]);
    expect((await parkedEvents()).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(await orderRow()).toMatchObject({ eventSeq: 3, status: 'CANCELLING' });
  });

  test.each([
    ['Reserve inventory', 'TransactionConflict', 'CONTENTION'],
    ['Release inventory', 'Lambda.Unknown', 'RELEASE_FAILED'],
    ['Refund payment', 'PaymentOutcomeUnknown', 'CHARGE_UNKNOWN'],
    ['Refund payment', 'AmountMismatch', 'AMOUNT_MISMATCH'],
  ])('"%s" after %s is %s', async (step, errorName, reason) => {
    await run('create');
    expect(await park(step, 'token-1', errorName)).toMatchObject({ reason });
  });

  test.each(['REQUESTED', 'AWAITING_CUSTOMER'])(
    'with a payment %s lists the amount as uncertain, never as nothing',
    async (state) => {
      await stoppedOrder();
      await charged(state);
      await park('Refund payment', 'token-1');
      expect(await parkedRow()).toMatchObject({ exposureMinor: 7300, exposureCertain: false });
    },
  );

  test.each(['REFUNDED', 'CANCELLED', 'DECLINED'])('with a payment %s lists no money', async (state) => {
    await stoppedOrder();
    await charged(state);
    await park('Refund payment', 'token-1');
    expect(await parkedRow()).toMatchObject({ exposureMinor: 0, exposureCertain: true });
  });

  test.each(['Lambda.Unknown', 'PaymentUnavailable', 'AmountMismatch'])(
    'of a refund after %s lists the charge as uncertain: it may be given back, and only the record be lost',
    async (errorName) => {
      await stoppedOrder();
      await charged();
      await park('Refund payment', 'token-1', errorName);
      expect(await parkedRow()).toMatchObject({ exposureMinor: 7300, exposureCertain: false });
    },
  );

  test('of a release lists no money: the refund beside it gives it back a moment later', async () => {
    await Promise.all([stoppedOrder(), charged()]);
    await park('Release inventory', 'token-1');
    expect(await parkedRow('Release inventory')).toMatchObject({ exposureMinor: 0, exposureCertain: true });
  });
});

describe('an operator', () => {
  beforeEach(async () => {
    await stoppedOrder();
    await park('Refund payment', 'token-1');
  });

  test('who decides ends the parking and answers the workflow', async () => {
    expect(await decideOn('resolved')).toMatchObject({ decision: 'resolved', delivered: true });
    expect(stepFunctions.calls).toEqual([
      { operation: 'SendTaskSuccess', input: { taskToken: 'token-1', output: '{"decision":"resolved"}' } },
    ]);
    const row = await parkedRow();
    expect(row).toMatchObject({ decisions: [{ parking: 1, decision: 'resolved', actor: 'carol', evidence: 're_1' }] });
    expect(row).not.toHaveProperty('parkedState');
    expect(row).not.toHaveProperty('taskToken');
  });

  test('answers the attempt that waits, though a late copy of an older one told its token last', async () => {
    await park('Refund payment', 'token-of-the-old-attempt');
    stepFunctions.answer('SendTaskSuccess', ({ taskToken }) =>
      taskToken === 'token-1' ? {} : { error: 'TaskTimedOut' },
    );
    expect(await decideOn('retry')).toMatchObject({ delivered: true });
    expect(stepFunctions.calls.at(-1)).toMatchObject({ input: { taskToken: 'token-1' } });
    expect(await parkedRow()).not.toHaveProperty('otherTokens');
  });

  test('whose retry fails again finds a new parking, and the first decision on record', async () => {
    await decideOn('retry');
    await park('Refund payment', 'token-2');
    expect(await parkedRow()).toMatchObject({
      parkedState: 'OPEN',
      parkings: 2,
      taskToken: 'token-2',
      decisions: [{ decision: 'retry' }],
    });
    expect(new Set((await parkedEvents()).map(({ eventId }) => eventId)).size).toBe(2);
    await decideOn('resolved');
    expect(await parkedRow()).toMatchObject({ decisions: [{ parking: 1 }, { parking: 2 }] });
  });

  test('whose answer was lost repeats it, but cannot change it', async () => {
    stepFunctions.answer('SendTaskSuccess', () => ({ error: 'ValidationException' }));
    await expect(decideOn('retry')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(decideOn('resolved')).rejects.toMatchObject({ name: 'ParkAlreadyDecided' });
    stepFunctions.answer('SendTaskSuccess', () => ({}));
    expect(await decideOn('retry')).toMatchObject({ delivered: true });
    expect(await parkedRow()).toMatchObject({ decisions: [{ decision: 'retry' }] });
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'is told when nothing waits any more (%s)',
    async (error) => {
      stepFunctions.answer('SendTaskSuccess', () => ({ error }));
      expect(await decideOn('retry')).toMatchObject({ delivered: false });
      expect(await parkedRow()).not.toHaveProperty('parkedState');
    },
  );

  test('who decides what is not parked, or twice, is refused', async () => {
    await expect(decideOn('retry', 'Release inventory')).rejects.toMatchObject({ name: 'NotParked' });
    await decideOn('retry');
    await expect(decideOn('retry')).rejects.toMatchObject({ name: 'NotParked' });
  });

  test.each([
    ['resolved without evidence', { decision: 'resolved' }],
    ['an unknown decision', { decision: 'forget', evidence: 'x' }],
    ['nobody', { decision: 'retry', actor: '' }],
    ['an illegal order id', { decision: 'retry', orderId: '../x' }],
  ])('who sends %s is refused and nothing changes', async (_what, change) => {
    const request = { orderId: order.orderId, step: 'Refund payment', actor: 'carol', ...change };
    await expect(decide(request)).rejects.toMatchObject({ name: 'MalformedPayload' });
    expect(await parkedRow()).toMatchObject({ parkedState: 'OPEN' });
    expect(stepFunctions.calls).toEqual([]);
  });
});

describe('a broken execution', () => {
  test.each([
    ['FAILED', 'EXECUTION_FAILED', 'States.Runtime'],
    ['TIMED_OUT', 'EXECUTION_TIMED_OUT', 'TIMED_OUT'],
    ['ABORTED', 'EXECUTION_ABORTED', 'ABORTED'],
  ])('that %s parks its order with what it left open, once', async (status, reason, errorName) => {
    await run('create');
    await run('reserve');
    await charged();
    await broke(status);
    await broke(status);
    expect(await parkedRow('Order saga')).toMatchObject({
      reason,
      errorName,
      exposureMinor: 7300,
      exposureCertain: true,
      executionArn,
      parkings: 1,
    });
    expect((await parkedRow('Order saga'))!['heldLines']).toHaveLength(2);
    expect(await parkedEvents()).toHaveLength(1);
  });

  test('that never wrote its order parks it all the same: the customer was told that it is accepted', async () => {
    await broke('FAILED');
    expect(await orderRow()).toMatchObject({ status: 'PENDING', eventSeq: 2 });
    expect(await parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN' });
  });

  test('of an order that had ended before parks nothing', async () => {
    await run('create');
    await run('reserve');
    await run('confirm');
    await charged();
    await broke('ABORTED');
    expect(await parkedRow('Order saga')).toBeUndefined();
  });

  test('of a cancelled order that still holds money is parked', async () => {
    await stoppedOrder();
    await run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
    await charged();
    await broke('FAILED');
    expect(await parkedRow('Order saga')).toMatchObject({ exposureMinor: 7300 });
  });

  test('of an order that was being undone lists its money as uncertain: the refund may be made already', async () => {
    await stoppedOrder();
    await charged();
    await broke('ABORTED');
    expect(await parkedRow('Order saga')).toMatchObject({ exposureMinor: 7300, exposureCertain: false });
  });

  test('that was to cancel a confirmed order is parked, for the customer was told that it is accepted', async () => {
    await run('create');
    await run('reserve');
    await run('confirm');
    await charged();
    const input = canonicalJson({ order, reason: 'CANCELLED_BY_CUSTOMER', actor: 'alice' });
    await broke('FAILED', input);
    expect(await parkedRow('Order cancellation')).toMatchObject({ reason: 'EXECUTION_FAILED', exposureMinor: 7300 });
    expect(await decideOn('retry', 'Order cancellation', {})).toMatchObject({ delivered: true });
    expect(stepFunctions.calls).toMatchObject([{ operation: 'RedriveExecution', input: { executionArn } }]);
  });

  test('whose event cannot be read is an error, so that it reaches the failure destination', async () => {
    await expect(broke('FAILED', '{"orderId":"x"}')).rejects.toMatchObject({ name: 'ZodError' });
    await expect(parkFailedExecution({})).rejects.toMatchObject({ name: 'ZodError' });
    expect(await orderRows()).toEqual([]);
  });

  test('is redriven by an operator, and parked anew when it breaks again', async () => {
    await run('create');
    await broke('FAILED');
    expect(await decideOn('retry', 'Order saga', {})).toMatchObject({ delivered: true });
    expect(stepFunctions.calls).toEqual([
      { operation: 'RedriveExecution', input: { executionArn, clientToken: `${order.orderId}.1` } },
    ]);
    await broke('FAILED');
    expect(await parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN', parkings: 2 });
  });

  test('that breaks again before its parking is closed is not lost', async () => {
    await run('create');
    await broke('FAILED');
    let brokeAgain = Promise.resolve();
    stepFunctions.answer('RedriveExecution', () => {
      brokeAgain = broke('FAILED');
      return { redriveDate: 1 };
    });
    await decideOn('retry', 'Order saga', {});
    await brokeAgain;
    expect(await parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN', parkings: 2 });
  });

  test('that cannot be redriven stays parked and open for another decision', async () => {
    await run('create');
    await broke('FAILED');
    stepFunctions.answer('RedriveExecution', () => ({ error: 'ExecutionNotRedrivable' }));
    await expect(decideOn('retry', 'Order saga', {})).rejects.toMatchObject({ name: 'RedriveRefused' });
    expect(await parkedRow('Order saga')).toMatchObject({ parkedState: 'OPEN', decisions: [] });
  });

  test('is resolved only once its order has ended, so no order is left without an end', async () => {
    await run('create');
    await broke('FAILED');
    await expect(decideOn('resolved', 'Order saga')).rejects.toMatchObject({ name: 'StillOpen' });
    await run('stop', { failedStep: 'Create order', error: 'States.Runtime' });
    await run('cancel', { reason: 'INTERNAL_ERROR' });
    expect(await decideOn('resolved', 'Order saga')).toMatchObject({ delivered: true });
  });
});

describe('what became of a payment after its order had gone on', () => {
  const concern = (kind: 'DISPUTED' | 'REFUND_FAILED', exposureMinor = 0) =>
    parkConcern(lot, { orderId: order.orderId, kind, exposureMinor, particulars: { disputes: 'du_1 open' } });
  const payment = async () =>
    (await store.rows(TEST_TABLES.PAYMENTS_TABLE)).find((row) => row['orderId'] === order.orderId);
  let lot: ParkingLot;
  let parkConcern: (parkingLot: ParkingLot, concern: PaymentConcern) => Promise<void>;

  beforeAll(async () => {
    lot = (await import('./deployed-parking-lot.ts')).deployedParkingLot();
    ({ parkConcern } = await import('./payment-concern.ts'));
    process.env['CANCELLATION_STATE_MACHINE_ARN'] =
      'arn:aws:states:us-east-1:000000000000:stateMachine:order-cancellation';
  });

  async function soldAndHeld(): Promise<void> {
    await run('create');
    await run('reserve');
    await run('confirm');
    await store.put(TEST_TABLES.PAYMENTS_TABLE, {
      orderId: order.orderId,
      state: 'CHARGED',
      amountMinor: 7300,
      currency: 'EUR',
      updatedAt: order.placedAt,
      hold: 'DISPUTED',
    });
    await concern('DISPUTED');
  }

  test('is shown once, with what the provider says', async () => {
    await soldAndHeld();
    await concern('DISPUTED');
    expect(await parkedRow('Review payment')).toMatchObject({
      reason: 'PAYMENT_DISPUTED',
      parkings: 1,
      exposureMinor: 0,
      particulars: { disputes: 'du_1 open' },
    });
  });

  test('resolved lets the order be shipped', async () => {
    await soldAndHeld();
    expect(await decideOn('resolved', 'Review payment', { evidence: 'du_1 won' })).toMatchObject({ delivered: true });
    expect(await payment()).not.toHaveProperty('hold');
    expect(await parkedRow('Review payment')).not.toHaveProperty('parkedState');
  });

  test('cannot be tried again, for nothing runs', async () => {
    await soldAndHeld();
    await expect(decideOn('retry', 'Review payment', {})).rejects.toMatchObject({ name: 'RedriveRefused' });
    expect(await parkedRow('Review payment')).toMatchObject({ parkedState: 'OPEN' });
  });

  test('a refund that came to nothing is made again by the workflow that takes orders back, once', async () => {
    stepFunctions.answer('StartExecution', () => ({ executionArn: 'arn', startDate: 1 }));
    await stoppedOrder();
    await run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
    await concern('REFUND_FAILED', 7300);
    expect(await parkedRow('Failed refund')).toMatchObject({ reason: 'REFUND_FAILED', exposureMinor: 7300 });
    expect(await decideOn('retry', 'Failed refund', {})).toMatchObject({ delivered: true });
    const started = stepFunctions.calls.filter(({ operation }) => operation === 'StartExecution');
    expect(started).toMatchObject([{ input: { name: `${order.orderId}.refund-1` } }]);
    await expect(decideOn('retry', 'Failed refund', {})).rejects.toMatchObject({ name: 'NotParked' });
  });

  test('without an order is for the log only', async () => {
    await concern('DISPUTED');
    expect(await orderRows()).toEqual([]);
  });
});

describe('a refund whose failure the provider repeats', () => {
  const until = '2100-01-01T00:00:00.000Z';

  test('is parked with the time until which a retry can only fail, and the decision says so', async () => {
    await stoppedOrder();
    await store.put(TEST_TABLES.PAYMENTS_TABLE, {
      orderId: order.orderId,
      state: 'CHARGED',
      amountMinor: 7300,
      currency: 'EUR',
      refundedMinor: 300,
      failureRepeatedUntil: until,
    });
    await park('Refund payment', 'token-1', 'ProviderRepeatsFailure');
    expect(await parkedRow()).toMatchObject({
      reason: 'REFUND_FAILED',
      exposureMinor: 7000,
      particulars: { providerRepeatsFailureUntil: until },
      nextAction: expect.stringContaining(`until ${until}`) as string,
    });
    expect(await decideOn('retry', 'Refund payment', {})).toMatchObject({ providerRepeatsFailureUntil: until });
  });
});
