import { describe, expect, test } from 'vitest';
import { anOrder } from '../test/testing/builders.ts';
import { engineKind } from './testing/engine.ts';
import { workflow } from './testing/workflow.ts';

const TRIED_TO_THE_END = 11;
/** The same of calls that come too fast for the payment provider. */
const LIMITED_TO_THE_END = 29;
const { orderId } = anOrder();
const ended = (refund: string) => ({ orderId, returnId: 'return-5f0c2a9d41b7e683', refund });

// AWS itself knows no mocks in executions; test-state.test.ts runs the same cases there.
describe.skipIf(engineKind === 'aws')('order-return', () => {
  const orderReturn = workflow('order-return');

  test('gives the money back, then closes the return', () => {
    const run = orderReturn.run('Refunded');
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: ended('MADE') });
    expect(run.visited).toEqual(['Refund return', 'Close return']);
  });

  test.each([
    ['StepsStumble', 'Refund return', 5],
    ['StepsStumble', 'Close return', 4],
    ['ParkedThenResolved', 'Close return by hand', 4],
  ])('%s: ends though %s is throttled, contended and times out', (testCase, state, attempts) => {
    const run = orderReturn.run(testCase);
    expect(run.status).toBe('SUCCEEDED');
    expect(run.attempts(state)).toBe(attempts);
  });

  describe('a refund that cannot be made waits for an operator', () => {
    test('who says retry: it is made, and told as made', () => {
      const run = orderReturn.run('ParkedThenRetried');
      expect(run.output).toEqual(ended('MADE'));
      expect(run.visited).toEqual([
        'Refund return',
        'Await refund decision',
        'Refund again?',
        'Refund return',
        'Close return',
      ]);
    });

    test('who says resolved, though only a limit was in its way: it is not made again, and told as settled by hand', () => {
      const run = orderReturn.run('ParkedThenResolved');
      expect(run.output).toEqual(ended('BY_HAND'));
      expect(run.visited.slice(-2)).toEqual(['Refund again?', 'Close return by hand']);
      expect(run.attempts('Refund return')).toBe(LIMITED_TO_THE_END);
    });

    test('parks after throttling and contention, and anew when parking fails', () => {
      expect(orderReturn.run('ParkingStumbles').attempts('Await refund decision')).toBe(3);
      const failed = orderReturn.run('ParkingFails');
      expect(failed.output).toEqual(ended('BY_HAND'));
      expect(failed.visited.filter((state) => state === 'Await refund decision')).toHaveLength(2);
    });
  });

  test.each([
    ['Close return', 'CloseFails'],
    ['Close return by hand', 'CloseByHandFails'],
  ])('fails when %s cannot be done, for its status event to park it', (state, testCase) => {
    const run = orderReturn.run(testCase);
    expect(run).toMatchObject({ status: 'FAILED', error: 'StoreUnavailable' });
    expect(run.visited.at(-1)).toBe(state);
    expect(run.attempts(state)).toBe(TRIED_TO_THE_END);
  });

  orderReturn.expectFullCoverage();
});
