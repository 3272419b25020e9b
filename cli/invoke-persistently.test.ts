import { expect, test } from 'vitest';
import type { Deployment } from './deployment.ts';
import { invokePersistently } from './invoke-persistently.ts';

/** A function that throws these errors, one a call, and then answers. */
function throwing(...errorTypes: readonly string[]) {
  let calls = 0;
  const pauses: number[] = [];
  const send = (): Promise<object> => {
    const errorType = errorTypes[calls];
    calls += 1;
    const body = errorType === undefined ? { kind: 'kept' } : { errorType, errorMessage: 'Sorry' };
    return Promise.resolve({
      Payload: Buffer.from(JSON.stringify(body)),
      ...(errorType !== undefined && { FunctionError: 'Unhandled' }),
    });
  };
  const deployment = { output: () => 'settle', lambda: { send } } as unknown as Deployment;
  const pause = (ms: number): Promise<unknown> => Promise.resolve(pauses.push(ms));
  return { invoke: () => invokePersistently(deployment, 'Output', {}, pause), calls: () => calls, pauses };
}

test.each([
  'StoreUnavailable',
  'TransactionConflict',
  'PaymentUnavailable',
  'PaymentRateLimited',
  'PaymentOutcomeUnknown',
  'Sandbox.Timedout',
])('%s passes: the call is made again, later and later', async (name) => {
  const { invoke, calls, pauses } = throwing(name, name, name);
  expect(await invoke()).toEqual({ kind: 'kept' });
  expect(calls()).toBe(4);
  expect(pauses).toEqual([1000, 2000, 4000]);
});

test('what does not pass is told at once', async () => {
  const { invoke, calls } = throwing('StoreUnavailable', 'OrderNotFound');
  await expect(invoke()).rejects.toThrow('OrderNotFound: Sorry');
  expect(calls()).toBe(2);
});

test('trouble that stays is told after half a minute', async () => {
  const { invoke, calls, pauses } = throwing(...Array.from({ length: 9 }, () => 'StoreUnavailable'));
  await expect(invoke()).rejects.toThrow('StoreUnavailable: Sorry');
  expect(calls()).toBe(6);
  expect(pauses.reduce((sum, ms) => sum + ms)).toBe(31_000);
});
