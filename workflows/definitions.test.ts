import { describe, expect, test } from 'vitest';
import { Definition } from './testing/definitions.ts';

/** Rules of every definition that no validator knows; the behaviour is tested by running it. */

const saga = new Definition('order-saga');
const cancellation = new Definition('order-cancellation');
const orderReturn = new Definition('order-return');
/** Decide, or end, a cancellation or a return: what fails them is parked by the execution's status event, and redriven. */
const ENDED_BY_REDRIVE = ['Stop order', 'Stop sale', 'Cancel order', 'Close return', 'Close return by hand'];
const [contention, transientErrors] = saga.state('Create order').Retry ?? [];

describe.each([
  ['order-saga', saga],
  ['order-cancellation', cancellation],
  ['order-return', orderReturn],
])('%s', (_name, definition) => {
  test('is valid Amazon States Language', () => {
    expect(definition.validate()).toMatchObject({ isValid: true });
  });

  test('has a timeout for the whole execution, below the year that Step Functions allows', () => {
    expect(definition.machine.TimeoutSeconds).toBeLessThan(31_536_000);
  });

  describe.each(definition.tasks)('%s', (task, state) => {
    test('has a timeout, so that it cannot hang for ever', () => {
      expect(state.TimeoutSeconds).toBeGreaterThanOrEqual(30);
    });

    test('retries the one list of transient errors, bounded and with full jitter', () => {
      expect(state.Retry?.slice(0, 2)).toEqual([contention, transientErrors]);
      for (const retrier of state.Retry?.slice(1) ?? []) {
        expect(retrier).toMatchObject({ JitterStrategy: 'FULL', MaxAttempts: expect.any(Number), MaxDelaySeconds: 60 });
      }
    });

    test('retries a timeout only where it does not wait for a person', () => {
      const retriesTimeout = state.Retry?.some(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'));
      expect(retriesTimeout).toBe(!definition.waits(state));
    });

    test('catches whatever is left, so that no failure skips a compensation', () => {
      const last = state.Catch?.at(-1)?.ErrorEquals;
      expect(last?.includes('States.ALL') ?? false).toBe(!ENDED_BY_REDRIVE.includes(task));
    });

    test('lets no catcher end in a Fail state, which a redrive could not leave', () => {
      for (const { Next } of state.Catch ?? []) expect(definition.state(Next).Type).not.toBe('Fail');
    });
  });

  test('retries of a whole cancelled order stay far below the 25,000 events that an execution may have', () => {
    const eventsPerAttempt = 5;
    const attempts = definition.tasks
      .filter(([name]) => !name.startsWith('Await'))
      .flatMap(([, state]) => state.Retry ?? [])
      .reduce((sum, retrier) => sum + (retrier.MaxAttempts ?? 3), 0);
    expect(attempts * eventsPerAttempt).toBeLessThan(10_000);
  });
});

test.each(['Runtime.ExitError', 'Sandbox.Timedout', 'Lambda.Unknown'])(
  'a worker that ends under its work (%s) is tried again: one crash must not cancel an order, or park its refund',
  (error) => {
    expect(transientErrors?.ErrorEquals).toContain(error);
  },
);

test('contended rows are tried again in short steps for ten minutes, so that a hot product is not left waiting', () => {
  const { MaxAttempts = 0, MaxDelaySeconds = 0, ...rest } = contention!;
  expect(rest).toMatchObject({ ErrorEquals: ['TransactionConflict'], JitterStrategy: 'FULL', BackoffRate: 2 });
  expect(MaxDelaySeconds).toBeLessThanOrEqual(10);
  expect(Math.round((MaxAttempts * MaxDelaySeconds) / 60)).toBe(10);
  expect(transientErrors?.ErrorEquals).not.toContain('TransactionConflict');
});

test('four states stand on the way to a confirmed order, because every transition is billed', () => {
  expect(
    saga.path,
    'every order pays for one more: docs/decisions/0004-shape-of-the-saga.md says why there are four',
  ).toEqual(['Create order', 'Reserve inventory', 'Charge payment', 'Confirm order']);
});

test('what was attempted is undone in a row, because a Parallel state is a transition more', () => {
  expect(
    saga.pathFrom('Stop order'),
    'each cancelled order pays for one more: docs/decisions/0050-a-stopped-order-is-undone-in-a-row.md',
  ).toEqual(['Stop order', 'Release inventory', 'Refund payment', 'Cancel order']);
});

test.each(saga.tasks)('%s tells its own name when it stops the order', (name, { Catch = [] }) => {
  for (const { Assign } of Catch) expect(Assign?.['failedStep'] ?? name).toBe(name);
});

test('a cancellation stops the sale before it undoes anything', () => {
  expect(cancellation.path).toEqual(['Stop sale', 'Compensate', 'Cancel order']);
});
