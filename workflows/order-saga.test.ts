import { describe, expect, test } from 'vitest';
import { anOrder } from '../test/testing/builders.ts';
import { Definition } from './testing/definitions.ts';
import { engineKind } from './testing/engine.ts';
import { workflow } from './testing/workflow.ts';

/** Eleven attempts: the first and the ten retries of a transient error. */
const TRIED_TO_THE_END = 11;
/** The same of contended rows. */
const CONTENDED_TO_THE_END = 76;
/** The same of calls that come too fast for the payment provider. */
const LIMITED_TO_THE_END = 29;
const order = anOrder();
const { orderId } = order;
const definition = new Definition('order-saga');
/** The states on the way to a confirmed order; definitions.test.ts says which and how many. */
const straightOn = definition.path;
/** The same of the way to a cancelled order. */
const undoing = definition.pathFrom('Stop order');

// AWS itself knows no mocks in executions; test-state.test.ts runs the same cases there.
describe.skipIf(engineKind === 'aws')('order-saga', () => {
  const saga = workflow('order-saga');

  describe('ends confirmed', () => {
    test('straight on', () => {
      const run = saga.run('Confirmed');
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { orderId, status: 'CONFIRMED' } });
      expect(run.visited).toEqual(straightOn);
    });

    test.each([
      ['Create order', 4],
      ['Reserve inventory', 4],
      ['Charge payment', 4],
      ['Confirm order', 4],
    ])('though %s is throttled, contended and times out', (state, attempts) => {
      const run = saga.run('ForwardStepsStumble');
      expect(run.output).toEqual({ orderId, status: 'CONFIRMED' });
      expect(run.attempts(state)).toBe(attempts);
      expect(run.visited).toEqual(straightOn);
    });

    test('when the stock is contended to the end and an operator says retry', () => {
      const run = saga.run('ContendedThenRetried');
      expect(run.output).toEqual({ orderId, status: 'CONFIRMED' });
      expect(run.attempts('Reserve inventory')).toBe(CONTENDED_TO_THE_END + 1);
      expect(run.visited.slice(run.visited.indexOf('Reserve inventory'))).toEqual([
        'Reserve inventory',
        'Await reservation decision',
        'Reserve again?',
        'Reserve inventory',
        'Charge payment',
        'Confirm order',
      ]);
    });

    test('when the provider charged another amount and an operator says retry', () => {
      const run = saga.run('AmountMismatchThenRetried');
      expect(run.output).toEqual({ orderId, status: 'CONFIRMED' });
      expect(run.visited.slice(run.visited.indexOf('Charge payment'))).toEqual([
        'Charge payment',
        'Await payment decision',
        'Charge again?',
        'Charge payment',
        'Confirm order',
      ]);
    });

    test('when confirming had worked though its answer was lost: nothing is undone', () => {
      const run = saga.run('ConfirmedAfterAll');
      expect(run.output).toEqual({ orderId, status: 'CONFIRMED' });
      expect(run.attempts('Confirm order')).toBe(4);
      expect(run.visited.slice(-3)).toEqual(['Confirm order', 'Stop order', 'Order already confirmed']);
    });
  });

  test.each([
    ['a copy of an order that has ended', 'AlreadySettled'],
    ['another order under the same id', 'IdentityConflict'],
  ])('leaves the first order as it was: %s', (_what, testCase) => {
    const run = saga.run(testCase);
    expect(run.output).toEqual({ orderId, status: 'UNCHANGED' });
    expect(run.visited).toEqual(['Create order', 'Order left as it was']);
  });

  describe('ends cancelled, with money and stock given back', () => {
    test.each([
      ['the order cannot be written', 'CreateFails', 'Create order', 1, 'INTERNAL_ERROR'],
      ['the stock cannot be read', 'ReserveFails', 'Reserve inventory', 1, 'INTERNAL_ERROR'],
      ['the card is declined', 'PaymentDeclined', 'Charge payment', 1, 'PAYMENT_DECLINED'],
      ['the customer does not confirm in time', 'CustomerSilent', 'Charge payment', 1, 'CONFIRMATION_EXPIRED'],
      ['the provider is down', 'PaymentUnavailable', 'Charge payment', TRIED_TO_THE_END, 'PAYMENT_UNAVAILABLE'],
      [
        'calls come too fast for the provider',
        'PaymentRateLimited',
        'Charge payment',
        LIMITED_TO_THE_END,
        'PAYMENT_UNAVAILABLE',
      ],
      [
        'the customer cancels before the confirmation',
        'StoppedByCustomer',
        'Confirm order',
        1,
        'CANCELLED_BY_CUSTOMER',
      ],
    ])('when %s', (_why, testCase, failedStep, attempts, reason) => {
      const run = saga.run(testCase);
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { orderId, status: 'CANCELLED', reason } });
      expect(run.attempts(failedStep)).toBe(attempts);
      expect(run.visited.slice(run.visited.indexOf(failedStep) + 1)).toEqual(undoing);
    });

    test('at once when the stock is sold out, though that is throttled, contended and times out', () => {
      const run = saga.run('OutOfStock');
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { orderId, status: 'CANCELLED', reason: 'OUT_OF_STOCK' },
      });
      expect(run.visited).toEqual(['Create order', 'Reserve inventory', 'Cancel at once']);
      expect(run.attempts('Cancel at once')).toBe(4);
    });

    test('step by step when the stock is sold out and yet something is to be undone', () => {
      const run = saga.run('OutOfStockWithSomethingToUndo');
      expect(run.output).toEqual({ orderId, status: 'CANCELLED', reason: 'OUT_OF_STOCK' });
      expect(run.visited.slice(2)).toEqual(['Cancel at once', ...undoing]);
    });

    test.each([
      ['contended stock', 'ContendedThenGivenUp', 'Reserve again?', 'INTERNAL_ERROR'],
      ['a wrong amount', 'AmountMismatchThenGivenUp', 'Charge again?', 'INTERNAL_ERROR'],
    ])('when an operator gives the order up after %s', (_why, testCase, question, reason) => {
      const run = saga.run(testCase);
      expect(run.output).toEqual({ orderId, status: 'CANCELLED', reason });
      expect(run.visited[run.visited.indexOf(question) + 1]).toBe('Stop order');
    });

    test.each(undoing.map((state) => [state, state === 'Refund payment' ? 5 : 4] as const))(
      'though %s is throttled, contended and times out',
      (state, attempts) => {
        const run = saga.run('CompensationStumbles');
        expect(run.output).toMatchObject({ status: 'CANCELLED' });
        expect(run.attempts(state)).toBe(attempts);
      },
    );
  });

  describe('asks an operator about what cannot be undone', () => {
    const refundWait = ['Refund payment', 'Await refund decision', 'Refund again?'];
    const lateRefundWait = ['Refund payment meanwhile', 'Await refund decision', 'Refund again?'];
    const lateReleaseWait = ['Release inventory again', 'Await release decision', 'Release again?'];

    test.each([
      ['a refund, with the units back: retry', 'RefundParkedThenRetried', [...refundWait, 'Refund payment']],
      ['a refund, with the units back: resolved, and it is not made again', 'RefundParkedThenResolved', refundWait],
      [
        'a release, with the money back: retry, and no second refund',
        'ReleaseParkedThenRetried',
        ['Refund payment meanwhile', ...lateReleaseWait, 'Release inventory again'],
      ],
      [
        'a release, with the money back: resolved',
        'ReleaseParkedThenResolved',
        ['Refund payment meanwhile', ...lateReleaseWait],
      ],
      [
        'first the money and then the units, when neither can be undone: retry',
        'BothParkedThenRetried',
        [...lateRefundWait, 'Refund payment meanwhile', ...lateReleaseWait, 'Release inventory again'],
      ],
      [
        'first the money and then the units, when neither can be undone: resolved, and neither is done again',
        'BothParkedThenResolved',
        [...lateRefundWait, ...lateReleaseWait],
      ],
    ])('%s', (_what, testCase, asked) => {
      const run = saga.run(testCase);
      expect(run.output).toEqual({ orderId, status: 'CANCELLED', reason: 'INTERNAL_ERROR' });
      const undone = run.visited.slice(run.visited.indexOf('Release inventory'));
      expect(undone).toEqual(['Release inventory', ...asked, 'Cancel order']);
    });

    test('about nothing, when a release that gave up works after the refund', () => {
      const run = saga.run('ReleasedAfterTheRefund');
      const late = ['Refund payment meanwhile', 'Release inventory again'];
      expect(run.output).toMatchObject({ status: 'CANCELLED' });
      expect(run.visited.slice(-4)).toEqual(['Release inventory', ...late, 'Cancel order']);
      expect(late.map((state) => run.attempts(state))).toEqual([5, 4]);
    });
  });

  describe.each([
    'Await reservation decision',
    'Await payment decision',
    'Await refund decision',
    'Await release decision',
  ])('%s', (wait) => {
    test('tries to park again when parking is throttled or contended', () => {
      const run = saga.run('ParkingStumbles');
      expect(run.attempts(wait)).toBe(3);
      expect(run.visited.filter((state) => state === wait)).toHaveLength(1);
    });

    test('parks anew when parking fails, so that no order is lost to the operators', () => {
      const run = saga.run('ParkingFails');
      expect(run.output).toMatchObject({ status: 'CANCELLED' });
      expect(run.visited.filter((state) => state === wait)).toHaveLength(2);
    });
  });

  test.each([
    ['Stop order', 'StopFails'],
    ['Cancel order', 'CancelFails'],
  ])('fails when %s cannot be done, for its status event to park it', (state, testCase) => {
    const run = saga.run(testCase);
    expect(run).toMatchObject({ status: 'FAILED', error: 'StoreUnavailable', output: undefined });
    expect(run.visited.at(-1)).toBe(state);
    expect(run.attempts(state)).toBe(TRIED_TO_THE_END);
  });

  saga.expectFullCoverage();
});
