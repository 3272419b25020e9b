import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { anOrderId } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';

const SAGA = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga';
const CANCELLATION = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-cancellation';
const RETURNS = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-return';
const NOW_MS = Date.UTC(2026, 0, 15, 12);

let store: TestDynamoDb;
let stepFunctions: FakeAwsService;
let watchOrders: () => Promise<void>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  stepFunctions = await startFakeAwsService('AWSStepFunctions');
  Object.assign(process.env, store.environment, {
    AWS_ENDPOINT_URL_SFN: stepFunctions.endpoint,
    STATE_MACHINE_ARN: SAGA,
    CANCELLATION_STATE_MACHINE_ARN: CANCELLATION,
    RETURN_STATE_MACHINE_ARN: RETURNS,
  });
  watchOrders = (await import('./watch-orders.ts')).handler;
});
afterAll(async () => {
  await stepFunctions.stop();
  await store.stop();
});
beforeEach(async () => {
  await store.clear();
  stepFunctions.reset();
  running({});
  vi.useFakeTimers({ now: NOW_MS, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Running {
  readonly name: string;
  readonly ageSeconds: number;
  readonly redrivenSeconds?: number;
}

/** Lets Step Functions list these executions, one page each. */
function running(byMachine: Readonly<Record<string, readonly Running[]>>): void {
  stepFunctions.answer('ListExecutions', (input) => {
    const all = byMachine[String(input['stateMachineArn'])] ?? [];
    const at = Number(input['nextToken'] ?? 0);
    const page = all.slice(at, at + 1).map(({ name, ageSeconds, redrivenSeconds }) => ({
      name,
      status: 'RUNNING',
      startDate: NOW_MS / 1000 - ageSeconds,
      ...(redrivenSeconds !== undefined && { redriveDate: NOW_MS / 1000 - redrivenSeconds }),
    }));
    return { executions: page, ...(at + 1 < all.length && { nextToken: String(at + 1) }) };
  });
}

function aParking(n: number, step: string, traits: object = {}) {
  return {
    orderId: anOrderId(n),
    item: `PARKED#${step}`,
    step,
    parkedState: 'OPEN',
    parkings: 1,
    reason: 'REFUND_FAILED',
    since: '2026-01-15T09:00:00.000Z',
    errorName: 'PaymentUnavailable',
    exposureMinor: 1000,
    exposureCertain: true,
    currency: 'EUR',
    heldLines: [],
    nextAction: 'Look.',
    decisions: [],
    ...traits,
  };
}

/** What the watch measures, by metric; money by currency. */
async function measured(): Promise<Record<string, unknown>> {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await watchOrders();
  const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return Object.assign(
    {},
    ...lines.map(({ _aws, service: _service, Currency, ...values }) =>
      Currency === undefined
        ? values
        : { [`${Object.keys(values).join()} ${String(Currency)}`]: Object.values(values)[0] },
    ),
  ) as Record<string, unknown>;
}

test('a calm shop is told as zeros, so that silence means a broken watch', async () => {
  expect(await measured()).toEqual({ OldestUnfinishedOrderSeconds: 0, OrdersWaitingForOperator: 0 });
});

test('the oldest order is the one that has run longest in either workflow, on whichever page', async () => {
  running({
    [SAGA]: [
      { name: anOrderId(1), ageSeconds: 10 },
      { name: anOrderId(2), ageSeconds: 300 },
    ],
    [CANCELLATION]: [{ name: `${anOrderId(3)}.cancellation`, ageSeconds: 400 }],
  });
  expect(await measured()).toMatchObject({ OldestUnfinishedOrderSeconds: 400 });
});

test('a parked order is not late, it waits for a person; a redriven one begins anew', async () => {
  await store.put(TEST_TABLES.ORDERS_TABLE, aParking(1, 'Refund payment'));
  running({
    [SAGA]: [
      { name: anOrderId(2), ageSeconds: 90_000, redrivenSeconds: 20 },
      { name: anOrderId(1), ageSeconds: 90_000 },
    ],
  });
  expect(await measured()).toMatchObject({ OldestUnfinishedOrderSeconds: 20, OrdersWaitingForOperator: 1 });
});

test('open money adds up by currency, once for an order that is parked at two steps', async () => {
  await store.put(
    TEST_TABLES.ORDERS_TABLE,
    aParking(1, 'Refund payment', { exposureMinor: 7300 }),
    aParking(1, 'Release inventory', { exposureMinor: 7300 }),
    aParking(2, 'Refund payment', { exposureMinor: 200 }),
    aParking(3, 'Refund payment', { exposureMinor: 50, currency: 'JPY' }),
    aParking(4, 'Refund payment', { parkedState: undefined }),
  );
  expect(await measured()).toMatchObject({
    'MoneyAtRiskMinor EUR': 7500,
    'MoneyAtRiskMinor JPY': 50,
    OrdersWaitingForOperator: 4,
  });
});

test('a decided parking waits for nobody, but its money is open until the workflow has ended it', async () => {
  await store.put(TEST_TABLES.ORDERS_TABLE, aParking(1, 'Refund payment', { decision: 'retry' }));
  expect(await measured()).toMatchObject({ OrdersWaitingForOperator: 0, 'MoneyAtRiskMinor EUR': 1000 });
});

test('a parking that cannot be read still waits for a person, and does not hide the others', async () => {
  const unreadable = aParking(2, 'Refund payment', { exposureMinor: 'much' });
  await store.put(TEST_TABLES.ORDERS_TABLE, aParking(1, 'Refund payment'), unreadable);
  expect(await measured()).toMatchObject({ OrdersWaitingForOperator: 2, 'MoneyAtRiskMinor EUR': 1000 });
});
