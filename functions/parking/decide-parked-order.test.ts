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

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'is told when nothing waits any more (%s)',
    async (error) => {
      world.stepFunctions.answer('SendTaskSuccess', () => ({ error }));
      expect(await world.decideOn('retry')).toMatchObject({ delivered: false });
      expect(await world.parkedRow()).not.toHaveProperty('parkedState');
    },
  );

  test('who decides what is not parked, or twice, is refused', async () => {
    await expect(world.decideOn('retry', 'Release inventory')).rejects.toMatchObject({ name: 'NotParked' });
    await world.decideOn('retry');
    await expect(world.decideOn('retry')).rejects.toMatchObject({ name: 'NotParked' });
  });

  test.each([
    ['resolved without evidence', { decision: 'resolved' }],
    ['an unknown decision', { decision: 'forget', evidence: 'x' }],
    ['nobody', { decision: 'retry', actor: '' }],
    ['an illegal order id', { decision: 'retry', orderId: '../x' }],
  ])('who sends %s is refused and nothing changes', async (_what, change) => {
    const request = { orderId: order.orderId, step: 'Refund payment', actor: 'carol', ...change };
    await expect(world.decide(request)).rejects.toMatchObject({ name: 'MalformedPayload' });
    expect(await world.parkedRow()).toMatchObject({ parkedState: 'OPEN' });
    expect(world.stepFunctions.calls).toEqual([]);
  });
});
