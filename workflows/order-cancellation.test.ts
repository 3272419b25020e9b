import { describe, expect, test } from 'vitest';
import { anOrder } from '../test/testing/builders.ts';
import { engineKind } from './testing/engine.ts';
import { workflow } from './testing/workflow.ts';

const TRIED_TO_THE_END = 11;
const order = anOrder();
const { orderId } = order;
const cancelled = { orderId, status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' };

// AWS itself knows no mocks in executions; test-state.test.ts runs the same cases there.
describe.skipIf(engineKind === 'aws')('order-cancellation', () => {
  const cancellation = workflow('order-cancellation');

  test('gives money and stock back, then cancels the order', () => {
    const run = cancellation.run('Cancelled');
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: cancelled });
    expect(run.visited.slice(0, 2)).toEqual(['Stop sale', 'Compensate']);
    expect(run.visited.slice(2, 4).toSorted()).toEqual(['Refund payment', 'Release inventory']);
    expect(run.visited.slice(4)).toEqual(['Cancel order']);
  });

  test.each([
    ['it has left the warehouse', 'AlreadyShipped'],
    ['it was never sold', 'NotConfirmed'],
  ])('leaves the order as it was when %s', (_why, testCase) => {
    const run = cancellation.run(testCase);
    expect(run.output).toEqual({ orderId, status: 'UNCHANGED' });
    expect(run.visited).toEqual(['Stop sale', 'Order left as it was']);
  });

  test.each([
    ['Stop sale', 4],
    ['Refund payment', 5],
    ['Release inventory', 4],
    ['Cancel order', 4],
  ])('ends cancelled though %s is throttled, contended and times out', (state, attempts) => {
    const run = cancellation.run('StepsStumble');
    expect(run.output).toEqual(cancelled);
    expect(run.attempts(state)).toBe(attempts);
  });

  describe.each([
    ['Refund', 'Refund payment', 'Await refund decision', 'Refund again?', 'Release inventory'],
    ['Release', 'Release inventory', 'Await release decision', 'Release again?', 'Refund payment'],
  ])('%s that cannot finish waits for an operator', (name, step, wait, question, otherStep) => {
    test('who says retry: it is done again', () => {
      const run = cancellation.run(`${name}ParkedThenRetried`);
      expect(run.output).toEqual(cancelled);
      const own = run.visited.filter((state) => [step, wait, question].includes(state));
      expect(own).toEqual([step, wait, question, step]);
    });

    test('who says resolved: it is not done again, and the other branch was done once', () => {
      const run = cancellation.run(`${name}ParkedThenResolved`);
      expect(run.output).toEqual(cancelled);
      expect(run.visited).toContain(`${name} resolved`);
      expect([run.attempts(step), run.attempts(otherStep)]).toEqual([1, 1]);
    });

    test('parks after throttling and contention, and anew when parking fails', () => {
      const throttled = cancellation.run('ParkingStumbles');
      expect(throttled.attempts(wait)).toBe(3);
      const failed = cancellation.run('ParkingFails');
      expect(failed.output).toEqual(cancelled);
      expect(failed.visited.filter((state) => state === wait)).toHaveLength(2);
    });
  });

  test.each([
    ['Stop sale', 'StopFails'],
    ['Cancel order', 'CancelFails'],
  ])('fails when %s cannot be done, for its status event to park it', (state, testCase) => {
    const run = cancellation.run(testCase);
    expect(run).toMatchObject({ status: 'FAILED', error: 'StoreUnavailable' });
    expect(run.visited.at(-1)).toBe(state);
    expect(run.attempts(state)).toBe(TRIED_TO_THE_END);
  });

  cancellation.expectFullCoverage();
});
