import { describe, expect, test } from 'vitest';
import { Definition } from './testing/definitions.ts';

/** Rules of every definition that no validator knows; the behaviour is tested by running it. */

const saga = new Definition('order-saga');
const cancellation = new Definition('order-cancellation');
const transientErrors = saga.state('Create order').Retry?.[0];

describe.each([
  ['order-saga', saga],
  ['order-cancellation', cancellation],
])('%s', (_name, definition) => {
  test('is valid Amazon States Language', () => {
    expect(definition.validate()).toMatchObject({ isValid: true });
  });

  test('has a timeout for the whole execution, below the year that Step Functions allows', () => {
    expect(definition.machine.TimeoutSeconds).toBeLessThan(31_536_000);
  });

  describe.each(definition.tasks)('%s', (_task, state) => {
    test('has a timeout, so that it cannot hang for ever', () => {
      expect(state.TimeoutSeconds).toBeGreaterThanOrEqual(30);
    });

    test('retries the one list of transient errors, bounded and with full jitter', () => {
      expect(state.Retry?.[0]).toEqual(transientErrors);
      for (const retrier of state.Retry ?? []) {
        expect(retrier).toMatchObject({ JitterStrategy: 'FULL', MaxAttempts: expect.any(Number), MaxDelaySeconds: 60 });
      }
    });

    test('retries a timeout only where it does not wait for a person', () => {
      const retriesTimeout = state.Retry?.some(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'));
      expect(retriesTimeout).toBe(!definition.waits(state));
    });

    test('lets no catcher end in a Fail state, which a redrive could not leave', () => {
      for (const { Next } of state.Catch ?? []) expect(definition.state(Next).Type).not.toBe('Fail');
    });
  });

  test('retries of a whole cancelled order stay far below the history that an execution may have', () => {
    const eventsPerAttempt = 5;
    const attempts = definition.tasks
      .filter(([name]) => !name.startsWith('Await'))
      .flatMap(([, state]) => state.Retry ?? [])
      .reduce((sum, retrier) => sum + (retrier.MaxAttempts ?? 3), 0);
    expect(attempts * eventsPerAttempt).toBeLessThan(1_000);
  });
});

test.each(['Runtime.ExitError', 'Sandbox.Timedout', 'Lambda.Unknown'])(
  'a worker that ends under its work (%s) is tried again: one crash must not cancel an order, or park its refund',
  (error) => {
    expect(transientErrors?.ErrorEquals).toContain(error);
  },
);

test('four states stand on the way to a confirmed order, because every transition is billed', () => {
  expect(saga.path).toEqual(['Create order', 'Reserve inventory', 'Charge payment', 'Confirm order']);
});

test('a cancellation stops the sale before it undoes anything', () => {
  expect(cancellation.path).toEqual(['Stop sale', 'Compensate', 'Cancel order']);
});

test.each([
  [saga, 'Create order'],
  [saga, 'Reserve inventory'],
  [saga, 'Charge payment'],
  [saga, 'Confirm order'],
  [saga, 'Refund payment'],
  [saga, 'Release inventory'],
  [cancellation, 'Refund payment'],
  [cancellation, 'Release inventory'],
] as const)(
  '%#: what has an effect catches whatever is left, so that no failure skips a compensation',
  (where, name) => {
    expect(where.state(name).Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  },
);
