import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { aLambdaContext } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import type { idempotent as Idempotent } from './idempotency.ts';

let store: TestDynamoDb;
let idempotent: typeof Idempotent;

beforeAll(async () => {
  store = await startTestDynamoDb();
  Object.assign(process.env, store.environment);
  ({ idempotent } = await import('./idempotency.ts'));
});
afterAll(() => store.stop());
beforeEach(() => store.clear());

const options = { tableName: TEST_TABLES.IDEMPOTENCY_TABLE, keyPath: 'order.orderId', payloadPath: 'order' };
const payload = (orderId: string | undefined, totalMinor = 100) => ({ order: { orderId, totalMinor } });
const context = aLambdaContext();
const records = () => store.rows(TEST_TABLES.IDEMPOTENCY_TABLE);

test('the second call has the first one’s answer and no second effect', async () => {
  const charge = vi.fn<() => Promise<object>>(async () => ({ intent: 'pi_1' }));
  const once = idempotent('charge', charge, options);
  expect(await once(payload('o-1'), context)).toEqual({ intent: 'pi_1' });
  expect(await once(payload('o-1'), context)).toEqual({ intent: 'pi_1' });
  expect(charge).toHaveBeenCalledTimes(1);
});

test('two operations on one order never return each other’s answers', async () => {
  const charge = idempotent('charge', async () => ({ did: 'charge' }), options);
  const refund = idempotent('refund', async () => ({ did: 'refund' }), options);
  expect(await charge(payload('o-1'), context)).toEqual({ did: 'charge' });
  expect(await refund(payload('o-1'), context)).toEqual({ did: 'refund' });
  expect((await records()).map((row) => String(row['id']).split('#')[0]).toSorted()).toEqual(['charge', 'refund']);
});

test('another amount under the same key is refused, not answered with the old result', async () => {
  const charge = idempotent('charge', async () => ({ intent: 'pi_1' }), options);
  await charge(payload('o-1', 100), context);
  await expect(charge(payload('o-1', 999), context)).rejects.toMatchObject({ name: 'IdempotencyValidationError' });
});

test('a missing key is an error: unprotected work is not done', async () => {
  const work = vi.fn<() => Promise<object>>(async () => ({}));
  const once = idempotent('charge', work, options);
  await expect(once(payload(undefined), context)).rejects.toMatchObject({ name: 'IdempotencyPersistenceLayerError' });
  expect(work).not.toHaveBeenCalled();
});

test('an error is not remembered: the work is done again', async () => {
  const work = vi.fn<() => Promise<object>>(async () => ({ attempt: 2 })).mockRejectedValueOnce(new Error('down'));
  const once = idempotent('charge', work, options);
  await expect(once(payload('o-1'), context)).rejects.toThrow('down');
  expect(await once(payload('o-1'), context)).toEqual({ attempt: 2 });
});

test('an answer with an undefined field or a date is saved, so the effect is not run again', async () => {
  const work = vi.fn<() => Promise<object>>(async () => ({ at: new Date(0), nothing: undefined }));
  const once = idempotent('charge', work, options);
  await once(payload('o-1'), context);
  expect(await once(payload('o-1'), context)).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  expect(work).toHaveBeenCalledTimes(1);
});

test('answers are kept for 30 days, and a started attempt only as long as its invocation may run', async () => {
  const before = Date.now();
  let startedRecord: Record<string, unknown> | undefined;
  const once = idempotent(
    'charge',
    async () => {
      [startedRecord] = await records();
      return {};
    },
    options,
  );
  await once(payload('o-1'), aLambdaContext(5_000));
  expect(startedRecord).toMatchObject({ status: 'INPROGRESS' });
  expect(Number(startedRecord!['in_progress_expiration']) - before).toBeLessThan(60_000);
  const [record] = await records();
  expect(Number(record!['expiration']) * 1000 - before).toBeGreaterThan(29.9 * 24 * 3600 * 1000);
});

test.each(['[type, order.orderId]', '', 'order.*'])(
  'a key path "%s" that is not one field ends the cold start',
  (keyPath) => {
    expect(() => idempotent('charge', async () => ({}), { ...options, keyPath })).toThrow(
      'expected a path to one field',
    );
  },
);
