import { expect, test } from 'vitest';
import * as z from 'zod';
import { askAdmin } from './admin-routes.ts';
import type { Deployment } from './deployment.ts';

/** A function that answers so, whatever it is asked. */
function deploymentAnswering(statusCode: number, body: string): Deployment {
  const Payload = Buffer.from(JSON.stringify({ statusCode, body }));
  const lambda = { send: async () => ({ StatusCode: 200, Payload }) };
  return { output: (name: string) => name, lambda } as unknown as Deployment;
}

const problem = (more: object): string =>
  JSON.stringify({ type: 'urn:shop:problem:X', status: 409, requestId: 'orders-command', ...more });

test.each([
  [
    409,
    problem({ title: 'Not this customer', code: 'ERASURE_UNCONFIRMED' }),
    'Not this customer (ERASURE_UNCONFIRMED)',
  ],
  [
    409,
    problem({ title: 'Too few', code: 'UNITS_NOT_LEFT', detail: 'Look again', left: [{ sku: 'CUP' }] }),
    'Too few (UNITS_NOT_LEFT); Look again; left: [{"sku":"CUP"}]',
  ],
  [
    400,
    problem({ title: 'Not valid', code: 'VALIDATION_FAILED', errors: [{ field: 'body.shards', message: 'too many' }] }),
    'Not valid (VALIDATION_FAILED); body.shards: too many',
  ],
  [502, '<h1>Bad gateway', 'POST /account was refused: 502 <h1>Bad gateway'],
])('a refusal is told in words: %i %s', async (statusCode, body, told) => {
  const asked = askAdmin(deploymentAnswering(statusCode, body), { route: 'POST /account' }, z.object({}));
  await expect(asked).rejects.toThrow(told);
});

test('what does not exist is no refusal', async () => {
  const answer = await askAdmin(deploymentAnswering(404, ''), { route: 'GET /nobody' }, z.object({}));
  expect(answer).toBeUndefined();
});
