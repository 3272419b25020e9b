import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { order, startParkingWorld, type ParkingWorld } from './testing/parking-under-test.ts';

let world: ParkingWorld;
beforeAll(async () => {
  world = await startParkingWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('an operator', () => {
  beforeEach(async () => {
    await world.stoppedOrder();
    await world.park('Refund payment', 'token-1');
  });

  test('who decides ends the parking and answers the workflow', async () => {
    expect(await world.decideOn('resolved')).toMatchObject({ decision: 'resolved', delivered: true });
    expect(world.stepFunctions.calls).toEqual([
      { operation: 'SendTaskSuccess', input: { taskToken: 'token-1', output: '{"decision":"resolved"}' } },
    ]);
    const row = await world.parkedRow();
    expect(row).toMatchObject({ decisions: [{ parking: 1, decision: 'resolved', actor: 'carol', evidence: 're_1' }] });
    expect(row).not.toHaveProperty('parkedState');
    expect(row).not.toHaveProperty('taskToken');
  });

  test('answers the attempt that waits, though a late copy of an older one told its token last', async () => {
    await world.park('Refund payment', 'token-of-the-old-attempt');
    world.stepFunctions.answer('SendTaskSuccess', ({ taskToken }) =>
      taskToken === 'token-1' ? {} : { error: 'TaskTimedOut' },
    );
    expect(await world.decideOn('retry')).toMatchObject({ delivered: true });
    expect(world.stepFunctions.calls.at(-1)).toMatchObject({ input: { taskToken: 'token-1' } });
    expect(await world.parkedRow()).not.toHaveProperty('otherTokens');
  });

  test('whose retry fails again finds a new parking, and the first decision on record', async () => {
    await world.decideOn('retry');
    await world.park('Refund payment', 'token-2');
    expect(await world.parkedRow()).toMatchObject({
      parkedState: 'OPEN',
      parkings: 2,
      taskToken: 'token-2',
      decisions: [{ decision: 'retry' }],
    });
    expect(new Set((await world.parkedEvents()).map(({ eventId }) => eventId)).size).toBe(2);
    await world.decideOn('resolved');
    expect(await world.parkedRow()).toMatchObject({ decisions: [{ parking: 1 }, { parking: 2 }] });
  });

  test('whose answer was lost repeats it, but cannot change it', async () => {
    world.stepFunctions.answer('SendTaskSuccess', () => ({ error: 'ValidationException' }));
    await expect(world.decideOn('retry')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(world.decideOn('resolved')).rejects.toMatchObject({ name: 'ParkAlreadyDecided' });
    world.stepFunctions.answer('SendTaskSuccess', () => ({}));
    expect(await world.decideOn('retry')).toMatchObject({ delivered: true });
    expect(await world.parkedRow()).toMatchObject({ decisions: [{ decision: 'retry' }] });
  });

  describe.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('whom nothing hears any more (%s)', (error) => {
    beforeEach(() => world.stepFunctions.answer('SendTaskSuccess', () => ({ error })));

    test.each([
      ['retry', {}],
      ['resolved', { evidence: 're_1' }],
    ])('is refused "%s", and the order stays parked without it', async (decision, extra) => {
      const decided = world.decideOn(decision, 'Refund payment', extra);
      await expect(decided).rejects.toMatchObject({ name: 'NothingWaits' });
      const row = await world.parkedRow();
      expect(row).toMatchObject({ parkedState: 'OPEN', taskToken: 'token-1', decisions: [] });
      expect(row).not.toHaveProperty('decision');
    });

    test('can say that an order that has ended is settled', async () => {
      await world.run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
      expect(await world.decideOn('resolved')).toMatchObject({ delivered: false });
      expect(await world.parkedRow()).not.toHaveProperty('parkedState');
    });
  });

  test('whose decision was heard by a call that crashed ends the parking with the next one', async () => {
    world.stepFunctions.answer('SendTaskSuccess', () => ({ error: 'ValidationException' }));
    await expect(world.decideOn('retry')).rejects.toMatchObject({ name: 'ValidationException' });
    world.stepFunctions.answer('SendTaskSuccess', () => ({ error: 'TaskTimedOut' }));
    expect(await world.decideOn('retry')).toMatchObject({ delivered: false });
    expect(await world.parkedRow()).not.toHaveProperty('parkedState');
  });

  test('is told to decide again when the SDK sent it twice, because the first copy may have been heard', async () => {
    const answers = [{ error: 'ThrottlingException' }, { error: 'TaskTimedOut' }];
    world.stepFunctions.answer('SendTaskSuccess', () => answers.shift() ?? { error: 'TaskTimedOut' });
    await expect(world.decideOn('retry')).rejects.toMatchObject({ name: 'DecisionUnconfirmed' });
    expect(await world.decideOn('retry')).toMatchObject({ delivered: false });
    expect(await world.parkedRow()).not.toHaveProperty('parkedState');
  });

  test('who decides what is not parked, or twice, is refused', async () => {
    await expect(world.decideOn('retry', 'Release inventory')).rejects.toMatchObject({ name: 'NotParked' });
    await world.decideOn('retry');
    await expect(world.decideOn('retry')).rejects.toMatchObject({ name: 'NotParked' });
  });

  test.each([
    ['resolved without evidence', { decision: 'resolved' }],
    ['an unknown decision', { decision: 'forget', evidence: 'x' }],
    ['"anyway" with "resolved"', { decision: 'resolved', evidence: 're_1', anyway: true }],
    ['what nobody reads', { decision: 'retry', force: true }],
    ['nobody', { decision: 'retry', actor: '' }],
    ['an illegal order id', { decision: 'retry', orderId: '../x' }],
  ])('who sends %s is refused and nothing changes', async (_what, change) => {
    const request = { orderId: order.orderId, step: 'Refund payment', actor: 'carol', ...change };
    await expect(world.decide(request)).rejects.toMatchObject({ name: 'MalformedPayload' });
    expect(await world.parkedRow()).toMatchObject({ parkedState: 'OPEN' });
    expect(world.stepFunctions.calls).toEqual([]);
  });
});
