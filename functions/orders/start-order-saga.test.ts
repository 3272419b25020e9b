import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { OrderParked } from '../../events/order-parked.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { aLambdaContext, anOrder, anOrderId } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import { startFakeDeadLetters, type FakeDeadLetters } from '../../test/testing/fake-dead-letters.ts';

const STATE_MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga';

let store: TestDynamoDb;
let stepFunctions: FakeAwsService;
let deadLetters: FakeDeadLetters;
let handle: (event: SQSEvent) => Promise<SQSBatchResponse>;
let createOrder: (payload: unknown) => Promise<unknown>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  stepFunctions = await startFakeAwsService('AWSStepFunctions');
  deadLetters = await startFakeDeadLetters();
  Object.assign(process.env, store.environment, deadLetters.environment, {
    STATE_MACHINE_ARN,
    AWS_ENDPOINT_URL_SFN: stepFunctions.endpoint,
  });
  const { handler } = await import('./start-order-saga.ts');
  handle = (event) => handler(event);
  const { handler: create } = await import('./create-order.ts');
  createOrder = (payload) => create(payload, aLambdaContext());
});
afterAll(async () => {
  await stepFunctions.stop();
  await deadLetters.sqs.stop();
  await store.stop();
});
beforeEach(async () => {
  await store.clear();
  stepFunctions.reset();
  deadLetters.reset();
  stepFunctions.answer('StartExecution', ({ name }) => ({ executionArn: executionArn(String(name)), startDate: 1 }));
});
afterEach(() => vi.restoreAllMocks());

const executionArn = (name: string) => `arn:aws:states:us-east-1:000000000000:execution:order-saga:${name}`;
const envelope = (detail: unknown, extra: object = {}) => ({
  version: '0',
  id: 'c0ffee',
  'detail-type': BasketCheckedOut.detailType,
  source: BasketCheckedOut.source,
  account: '000000000000',
  time: '1970-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
  ...extra,
});
const body = (detail: unknown, extra: object = {}) => JSON.stringify(envelope(detail, extra));
const records = (...bodies: string[]): SQSEvent => ({ Records: bodies.map((text, n) => record(text, `m-${n + 1}`)) });
const failuresOf = async (...bodies: string[]) =>
  (await handle(records(...bodies))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const started = () =>
  stepFunctions.calls.filter(({ operation }) => operation === 'StartExecution').map(({ input }) => input);
const parked = async () =>
  (await store.rows(TEST_TABLES.ORDERS_TABLE)).filter((row) => String(row['item']).startsWith('PARKED#'));

function record(text: string, messageId: string): SQSRecord {
  return { messageId, body: text, attributes: { ApproximateReceiveCount: '1' } } as unknown as SQSRecord;
}

test('starts one execution per checkout, named by the order and fed with the canonical command', async () => {
  const [first, second] = [anOrder({ orderId: anOrderId(1) }), anOrder({ orderId: anOrderId(2) })];
  expect(await failuresOf(body(first), body(second))).toEqual([]);
  expect(started().toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))).toEqual([
    { stateMachineArn: STATE_MACHINE_ARN, name: first.orderId, input: canonicalJson(first) },
    { stateMachineArn: STATE_MACHINE_ARN, name: second.orderId, input: canonicalJson(second) },
  ]);
});

test('copies with shuffled fields, another envelope or a replay name have the same input', async () => {
  const order = anOrder();
  const shuffled = Object.fromEntries(Object.entries(order).toReversed());
  const replayed = { id: 'other', time: '2100-01-01T00:00:00Z', 'replay-name': 'replay-1' };
  expect(await failuresOf(body(order), body(shuffled), body(order, replayed))).toEqual([]);
  expect(new Set(started().map(({ input }) => input))).toEqual(new Set([canonicalJson(order)]));
});

const poison: [string, string][] = [
  ['an empty body', ''],
  ['no JSON', '{'],
  ['a JSON string inside a string', JSON.stringify(body(anOrder()))],
  ['no detail', body(undefined)],
  ['an unknown schema version', body({ ...anOrder(), schemaVersion: 99 })],
  ['an unknown wire version', body(anOrder(), { 'detail-type': 'BasketCheckedOut.v2' })],
  ['another source', body(anOrder(), { source: 'evil' })],
  ['no order id', body({ ...anOrder(), orderId: undefined })],
  ['an order id that is no execution name', body({ ...anOrder(), orderId: '../../etc/passwd' })],
  ['a total that is not the sum of its lines', body({ ...anOrder(), totalMinor: 1 })],
  ['a negative total', body({ ...anOrder(), totalMinor: -7300 })],
  ['less than can be charged', body(costing(49, 'EUR'))],
  ['more than can be charged', body(costing(100_000_000, 'EUR'))],
  ['a fraction that cannot be charged', body(costing(550, 'ISK'))],
  ['a currency that cannot be charged', body(costing(5000, 'XAU'))],
  ['a command of more than 32 KiB', body({ ...anOrder(), giftNote: 'x'.repeat(33_000) })],
  ['51 lines', body(withLines(51))],
  ['300 KB', body(anOrder(), { padding: 'x'.repeat(300_000) })],
  ['deep nesting', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
];

/** Well-formed, and yet nobody could charge it. */
function costing(totalMinor: number, currency: string) {
  return { ...anOrder(), currency, lines: [{ sku: 'CUP-WHITE', quantity: 1, unitPriceMinor: totalMinor }], totalMinor };
}

test.each(poison)('a message with %s is set aside as it came, and its batch mates start', async (_what, text) => {
  expect(await failuresOf(body(anOrder()), text, body(anOrder({ orderId: anOrderId(3) })))).toEqual([]);
  expect(deadLetters.bodies()).toEqual([text]);
  expect(started()).toHaveLength(2);
  expect(await store.rows(TEST_TABLES.ORDERS_TABLE)).toEqual([]);
});

test('a batch in which everything fails reports every message: none is deleted from the queue', async () => {
  deadLetters.refuse();
  expect(await failuresOf(...poison.map(([, text]) => text))).toHaveLength(poison.length);
  stepFunctions.answer('StartExecution', () => ({ error: 'ExecutionLimitExceeded' }));
  expect(await failuresOf(body(anOrder()), body(anOrder({ orderId: anOrderId(2) })))).toEqual(['m-1', 'm-2']);
});

test('what is set aside says why, and a start that fails is never set aside', async () => {
  stepFunctions.answer('StartExecution', () => ({ error: 'ExecutionLimitExceeded' }));
  expect(await failuresOf(body(costing(49, 'EUR')), body(anOrder()))).toEqual(['m-2']);
  expect(deadLetters.sqs.calls).toEqual([
    {
      operation: 'SendMessage',
      input: {
        QueueUrl: process.env['DEAD_LETTERS_URL'],
        MessageBody: body(costing(49, 'EUR')),
        MessageAttributes: {
          REJECTED_BECAUSE: { DataType: 'String', StringValue: expect.stringContaining('TOTAL_TOO_SMALL') },
        },
      },
    },
  ]);
});

test('a throttled start leaves only its own message in the queue', async () => {
  stepFunctions.answer('StartExecution', ({ name }) =>
    name === anOrderId(2)
      ? { error: 'ExecutionLimitExceeded' }
      : { executionArn: executionArn(String(name)), startDate: 1 },
  );
  expect(await failuresOf(body(anOrder()), body(anOrder({ orderId: anOrderId(2) })))).toEqual(['m-2']);
});

test('why a message is rejected is logged with its id and without what stood in it', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const alsoWritten = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await failuresOf(body({ ...anOrder(), paymentMethodId: '4242424242424242', email: 'alice@example.com' }));
  const log = [...written.mock.calls, ...alsoWritten.mock.calls].join('\n');
  expect(log).toContain('m-1');
  expect(log).toContain('paymentMethodId: ');
  expect(log).not.toMatch(/4242424242424242|alice@example\.com/);
});

test('a command that nobody could charge is rejected with the code that checkout would have answered', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const alsoWritten = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await failuresOf(body(costing(49, 'EUR')));
  const log = [...written.mock.calls, ...alsoWritten.mock.calls].join('\n');
  expect(log).toContain('TOTAL_TOO_SMALL: The least that can be charged is 50 (0.50 EUR)');
});

describe('when the execution exists already', () => {
  const order = anOrder();
  const other = anOrder({ lines: [{ sku: 'CUP-WHITE', quantity: 1 }] });
  const place = (command: BasketCheckedOut) =>
    createOrder({ order: command, executionArn: executionArn(command.orderId) });

  beforeEach(() => stepFunctions.answer('StartExecution', () => ({ error: 'ExecutionAlreadyExists' })));

  test('a copy of the command is a success and writes nothing', async () => {
    await place(order);
    const before = await store.rows(TEST_TABLES.ORDERS_TABLE);
    expect(await failuresOf(body(order))).toEqual([]);
    expect(await store.rows(TEST_TABLES.ORDERS_TABLE)).toEqual(before);
  });

  test('a copy that comes before the order row is compared with the execution', async () => {
    stepFunctions.answer('DescribeExecution', () => ({
      executionArn: executionArn(order.orderId),
      input: canonicalJson(order),
    }));
    expect(await failuresOf(body(order))).toEqual([]);
    expect(stepFunctions.calls.at(-1)).toEqual({
      operation: 'DescribeExecution',
      input: { executionArn: executionArn(order.orderId) },
    });
    expect(await store.rows(TEST_TABLES.ORDERS_TABLE)).toEqual([]);
  });

  test('another command under the same id is parked, once however often it comes, and the first order stands', async () => {
    await place(order);
    expect(await failuresOf(body(other))).toEqual([]);
    expect(await failuresOf(body(other), body(other))).toEqual([]);
    expect(await parked()).toEqual([
      expect.objectContaining({ reason: 'IDENTITY_CONFLICT', parkings: 1, exposureMinor: 0, heldLines: [] }),
    ]);
    const outbox = await store.rows(TEST_TABLES.OUTBOX_TABLE);
    expect(new Map(outbox.map((row) => [row['seq'], row['detailType']]))).toEqual(
      new Map([
        [1, OrderPlaced.detailType],
        [2, OrderParked.detailType],
      ]),
    );
  });

  test('another command that comes before the first order row is parked beside that order', async () => {
    stepFunctions.answer('DescribeExecution', () => ({
      executionArn: executionArn(order.orderId),
      input: canonicalJson(order),
    }));
    expect(await failuresOf(body(other))).toEqual([]);
    const rows = await store.rows(TEST_TABLES.ORDERS_TABLE);
    expect(rows.find((row) => row['item'] === 'ORDER')).toMatchObject({ totalMinor: order.totalMinor });
    expect(await parked()).toHaveLength(1);
    await place(order);
    expect(await store.rows(TEST_TABLES.ORDERS_TABLE)).toEqual(rows);
  });

  test('a failing look-up leaves the message in the queue: it is never taken for a success', async () => {
    stepFunctions.answer('DescribeExecution', () => ({ error: 'ExecutionDoesNotExist' }));
    expect(await failuresOf(body(order))).toEqual(['m-1']);
  });
});

/** A command with more lines than the schema allows, whose total adds up. */
function withLines(lineCount: number) {
  const lines = Array.from({ length: lineCount }, (_, n) => ({ sku: `SKU-${n}`, quantity: 1, unitPriceMinor: 1 }));
  return { ...anOrder(), lines, totalMinor: lineCount };
}
