import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import { Journal } from '../../../store/journal.ts';
import { AsyncInvocations } from './async-invocations.ts';
import type { AsyncSettings } from './async-settings.ts';
import { FunctionMetrics } from '../function-metrics.ts';
import type { FunctionSettings } from '../function-settings.ts';
import { arnOf, LambdaBench, until } from '../testing/lambda-under-test.ts';

let clock: ManualClock;
let bench: LambdaBench;

beforeEach(() => {
  clock = new ManualClock();
  bench = new LambdaBench({ clock });
});
afterEach(() => bench[Symbol.asyncDispose]());

const SOURCE = `export const handler = async (event) => {
  console.log('run ' + event.id);
  if (event.fail) throw new Error('asked to');
  return { id: event.id };
};`;

const DESTINATIONS: AsyncSettings = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onSuccessArn: 'arn:success',
  onFailureArn: 'arn:failure',
};

async function declare(async: Partial<AsyncSettings> = {}, settings: Partial<FunctionSettings> = {}): Promise<void> {
  await bench.declare('task', SOURCE, settings);
  bench.service.putAsyncSettings('task', { ...DESTINATIONS, ...async });
  bench.service.start();
}

const invoke = (event: object): Promise<void> => bench.service.invokeAsync('task', JSON.stringify(event));
const runs = (): string[] => bench.lines.flatMap((line) => line.split('\trun ').slice(1));
const stored = (): number => bench.journal.sql('SELECT 1 FROM lambda_async_event').all().length;

test('an event runs once and its result goes to the destination for success', async () => {
  await declare();
  await invoke({ id: 'a' });
  await bench.service.settled();
  expect(runs()).toEqual(['a']);
  expect(bench.delivered.map(({ targetArn }) => targetArn)).toEqual(['arn:success']);
  expect(JSON.parse(bench.delivered[0]?.payload ?? '')).toEqual({
    version: '1.0',
    timestamp: '2026-01-01T00:00:00.000Z',
    requestContext: {
      requestId: expect.any(String),
      functionArn: `${arnOf('task')}:$LATEST`,
      condition: 'Success',
      approximateInvokeCount: 1,
    },
    requestPayload: { id: 'a' },
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: { id: 'a' },
  });
  expect(stored()).toBe(0);
});

test('a failing event is tried again after one minute and after two more, then goes to the destination', async () => {
  await declare();
  await invoke({ id: 'a', fail: true });
  await bench.service.settled();
  await clock.advanceBy(59_999);
  expect(runs()).toHaveLength(1);
  await clock.advanceBy(1);
  await bench.service.settled();
  expect(runs()).toHaveLength(2);
  await clock.advanceBy(119_999);
  expect(runs()).toHaveLength(2);
  await clock.advanceBy(1);
  await bench.service.settled();
  expect(runs()).toHaveLength(3);
  expect(JSON.parse(bench.delivered[0]?.payload ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: { id: 'a' },
    responseContext: { functionError: 'Unhandled' },
    responsePayload: { errorType: 'Error', errorMessage: 'asked to' },
  });
  expect(stored()).toBe(0);
});

test('MaximumRetryAttempts 0 tries once', async () => {
  await declare({ maximumRetryAttempts: 0 });
  await invoke({ id: 'a', fail: true });
  await bench.service.settled();
  expect(bench.delivered.map(({ targetArn }) => targetArn)).toEqual(['arn:failure']);
});

test('the dead-letter queue gets the event itself', async () => {
  await bench.declare('task', SOURCE, { deadLetterArn: 'arn:dead' });
  bench.service.putAsyncSettings('task', { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 });
  await invoke({ id: 'a', fail: true });
  await bench.service.settled();
  expect(bench.delivered).toEqual([{ targetArn: 'arn:dead', payload: '{"id":"a","fail":true}' }]);
});

test('an event that is too old is given up without another run', async () => {
  await declare({ maximumEventAgeSeconds: 60 });
  await invoke({ id: 'a', fail: true });
  await bench.service.settled();
  await clock.advanceBy(61_000);
  await invoke({ id: 'b', fail: true });
  await bench.service.settled();
  await clock.advanceBy(60_000);
  await bench.service.settled();
  await clock.advanceBy(180_000);
  await bench.service.settled();
  expect(runs().filter((id) => id === 'b')).toHaveLength(2);
  const conditions = bench.delivered.map(({ payload }) => JSON.parse(payload).requestContext);
  expect(conditions).toContainEqual(
    expect.objectContaining({ condition: 'EventAgeExceeded', approximateInvokeCount: 2 }),
  );
});

test('a throttled event waits its turn and uses up no retry', async () => {
  await declare({ maximumRetryAttempts: 0 }, { reservedConcurrency: 0 });
  await invoke({ id: 'a' });
  await bench.service.settled();
  await bench.declare('task', SOURCE);
  await clock.advanceBy(1000);
  await bench.service.settled();
  expect(runs()).toEqual(['a']);
  expect(bench.delivered.map(({ targetArn }) => targetArn)).toEqual(['arn:success']);
});

test('an event that meets an error of the service is tried again and uses up no retry', async () => {
  const journal = new Journal(':memory:');
  const refusals = [new AwsError('ServiceException', 'Try later', 500), new AwsError('ServiceException', 'Later', 503)];
  const runs: string[] = [];
  const events = new AsyncInvocations({
    journal,
    clock,
    destinations: { deliver: () => Promise.reject(new Error('nothing is given up')) },
    async invoke(_name, payload) {
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
      runs.push(payload);
      return { payload: 'null' };
    },
    settingsOf: () => ({
      function: { functionName: 'task' } as FunctionSettings,
      async: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 },
    }),
    metrics: new FunctionMetrics(undefined, clock),
    onProblem: () => undefined,
  });
  await events.accept('task', '"a"');
  for (const waitMs of [1000, 2000]) {
    await events.settled();
    expect(runs).toEqual([]);
    await clock.advanceBy(waitMs);
  }
  await events.settled();
  expect(runs).toEqual(['"a"']);
  expect(journal.sql('SELECT 1 FROM lambda_async_event').all()).toEqual([]);
  journal.close();
});

test('an accepted event outlives the process, with its retries and their time', async () => {
  await declare();
  await invoke({ id: 'a', fail: true });
  await bench.service.settled();
  await bench.crash();
  await declare();
  await clock.advanceBy(59_000);
  expect(runs()).toHaveLength(1);
  await clock.advanceBy(1000);
  await until(() => runs().length === 2);
  await bench.service.settled();
  await bench.crash();
  await declare({ maximumRetryAttempts: 2 });
  await clock.advanceBy(120_000);
  await until(() => bench.delivered.length === 1);
  expect(runs()).toHaveLength(3);
});

test('an event cut off in the middle runs again after a restart', async () => {
  await bench.declare('task', `export const handler = () => { console.log('run cut'); return new Promise(() => {}) };`);
  await invoke({ id: 'a' });
  await until(() => runs().length === 1);
  await bench.crash();
  await declare();
  await clock.advanceBy(0);
  await until(() => runs().length === 2);
  expect(runs()).toEqual(['cut', 'a']);
});

test('a destination that refuses does not stop the queue; the record is in the log', async () => {
  bench.refusal = new Error('no such queue');
  await declare();
  await invoke({ id: 'a' });
  await bench.service.settled();
  expect(bench.lines.some((line) => line.includes('no such queue') && line.includes('"Success"'))).toBe(true);
  expect(stored()).toBe(0);
});
