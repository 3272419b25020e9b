import { afterEach, expect, test, vi } from 'vitest';
import { aLambdaContext, anOrder, anOrderId } from '../../test/testing/builders.ts';
import { envVar } from './env-var.ts';
import { BusinessOutcome } from './errors.ts';
import { logger } from './logger.ts';
import { SagaPayload, sagaTask } from './saga-task.ts';

const payload = (order = anOrder()) => ({ order, executionArn: 'arn:aws:states:::execution:order-saga:1' });

/** The log lines written from here on, parsed. */
function captureLog(): () => Record<string, unknown>[] {
  const lines: string[] = [];
  const keep = (chunk: unknown) => lines.push(String(chunk)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  return () =>
    lines
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
}

afterEach(() => vi.restoreAllMocks());

test('every line of a task carries its order and correlation id, and the next invocation has its own', async () => {
  const lines = captureLog();
  const task = sagaTask(SagaPayload, async () => {
    logger.warn('inside');
    return {};
  });
  await task(payload(), aLambdaContext());
  await task(payload(anOrder({ orderId: anOrderId(2) })), aLambdaContext());
  logger.warn('between invocations');
  expect(lines()).toEqual([
    expect.objectContaining({ orderId: anOrder().orderId, correlationId: 'checkout-alice-1' }),
    expect.objectContaining({ orderId: anOrderId(2) }),
    expect.not.objectContaining({ orderId: expect.anything() as unknown }),
  ]);
});

test('a task’s own error comes out unchanged and clears the log context', async () => {
  class OutOfStock extends Error {
    override readonly name = 'OutOfStock';
  }
  const error = new OutOfStock('none left');
  const task = sagaTask(SagaPayload, () => Promise.reject(error));
  await expect(task(payload(), aLambdaContext())).rejects.toBe(error);
  const lines = captureLog();
  logger.warn('after');
  expect(lines()[0]).not.toHaveProperty('orderId');
});

test('a payload may bring fields that the task does not know yet', async () => {
  const task = sagaTask(SagaPayload, async ({ order }) => ({ orderId: order.orderId }));
  expect(await task({ ...payload(), addedLater: true }, aLambdaContext())).toEqual({ orderId: anOrder().orderId });
});

test('a malformed payload fails by name, without quoting its values', async () => {
  const task = sagaTask(SagaPayload, async () => ({}));
  const malformed = { ...payload(), order: { ...anOrder(), paymentMethodId: '4242424242424242' } };
  const failure = task(malformed, aLambdaContext());
  await expect(failure).rejects.toMatchObject({ name: 'MalformedPayload' });
  await expect(failure).rejects.not.toThrow('4242424242424242');
});

test('a setting that is missing ends the cold start with its name', () => {
  expect(() => envVar('NO_SUCH_SETTING')).toThrow('NO_SUCH_SETTING');
});

test('an outcome comes out without its stack and cause, which Lambda would log and the history keep', async () => {
  class SoldOut extends BusinessOutcome {
    override readonly name = 'SoldOut';
  }
  const outcome = new SoldOut('none left', { cause: new Error('a condition failed') });
  const task = sagaTask(SagaPayload, () => Promise.reject(outcome));
  await expect(task(payload(), aLambdaContext())).rejects.toBe(outcome);
  expect(outcome.stack).toBe('SoldOut: none left');
  expect(outcome).not.toHaveProperty('cause');
});
