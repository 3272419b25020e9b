import { describe, expect, test } from 'vitest';
import { failsWith, PENDING, runMachine, type MockedTask, type Run } from '../local/asl/run-machine.ts';
import { anOrder } from '../test/support/builders.ts';
import { Definition } from './testing/definitions.ts';

const { machine } = new Definition('order-cancellation');
const order = anOrder();
const input = { order, reason: 'CANCELLED_BY_CUSTOMER', actor: 'alice' };
const lambda =
  (Payload: object): MockedTask =>
  () => ({ Payload });
const stopped = lambda({ orderId: order.orderId, status: 'CANCELLING', reason: 'CANCELLED_BY_CUSTOMER' });

const run = (tasks: Record<string, MockedTask> = {}): Promise<Run> =>
  runMachine(machine, { input, tasks: { 'Stop sale': stopped, ...tasks } });
/** The payload that a task of a run was given. */
function recording(payloads: Record<string, unknown>, answer: object = {}): MockedTask {
  return ({ stateName, arguments: given }) => {
    payloads[stateName] = (given as { Payload: object }).Payload;
    return { Payload: answer };
  };
}
/** Lets retries run out. */
const exhaust = (running: Run) => running.clock.advanceBy(3_600_000);
const failOnce = (error: string): MockedTask => {
  let calls = 0;
  return (task) => ((calls += 1) === 1 ? failsWith(error)(task) : { Payload: {} });
};

test('a confirmed order gets money and stock back and is cancelled with the reason of the stop', async () => {
  const done = await run();
  expect(done.visited).toEqual(['Stop sale', 'Compensate', 'Refund payment', 'Release inventory', 'Cancel order']);
  expect(done.output).toEqual({ orderId: order.orderId, status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' });
});

test('each function is given the order and what it decides by', async () => {
  const payloads: Record<string, unknown> = {};
  const standing = { orderId: order.orderId, status: 'CANCELLING', reason: 'CANCELLED_BY_SHOP' };
  const done = await run({
    'Stop sale': recording(payloads, standing),
    'Refund payment': recording(payloads),
    'Release inventory': recording(payloads),
    'Cancel order': recording(payloads),
  });
  const executionArn = done.execution.identity.executionArn;
  expect(payloads).toEqual({
    'Stop sale': { ...input, executionArn },
    'Refund payment': { order, executionArn, chargeAttempted: true },
    'Release inventory': { order, executionArn, releasable: 'HELD_OR_COMMITTED' },
    'Cancel order': { order, executionArn, reason: 'CANCELLED_BY_SHOP' },
  });
});

test.each(['OrderAlreadyShipped', 'OrderNotConfirmed'])(
  'after %s nothing is undone and the execution succeeds, for nothing of ours broke',
  async (error) => {
    const done = await run({ 'Stop sale': failsWith(error) });
    expect(done.visited).toEqual(['Stop sale', 'Order left as it was']);
    expect(done.output).toEqual({ orderId: order.orderId, status: 'UNCHANGED' });
  },
);

test('a stop that fails for good fails the execution before anything is undone, so it is parked and redriven', async () => {
  const done = await run({ 'Stop sale': failsWith('TypeError') });
  expect(done.visited).toEqual(['Stop sale']);
  expect(done.end).toMatchObject({ status: 'FAILED', error: 'TypeError' });
});

describe.each([
  ['Refund payment', 'Await refund decision', 'Refund again?', 'Refund resolved'],
  ['Release inventory', 'Await release decision', 'Release again?', 'Release resolved'],
])('%s', (step, wait, question, resolved) => {
  const other = step === 'Refund payment' ? 'Release inventory' : 'Refund payment';

  test('that keeps failing is parked while the other branch completes and the order stays open', async () => {
    const payloads: Record<string, unknown> = {};
    const parking: MockedTask = (task) => (recording(payloads)(task), PENDING);
    const waiting = await run({ [step]: failsWith('StoreUnavailable'), [wait]: parking });
    await exhaust(waiting);
    expect(waiting.end).toBeUndefined();
    expect(waiting.visited).toContain(other);
    expect(waiting.visited).not.toContain('Cancel order');
    expect(payloads[wait]).toMatchObject({ order, step, error: 'StoreUnavailable', taskToken: expect.any(String) });
  });

  test('is tried again when the operator says retry', async () => {
    const done = await run({ [step]: failOnce('TypeError'), [wait]: () => ({ decision: 'retry' }) });
    expect(done.visited.filter((name) => name === step)).toHaveLength(2);
    expect(done.visited).toContain(question);
    expect(done.output).toMatchObject({ status: 'CANCELLED' });
  });

  test('is over when the operator says resolved', async () => {
    const done = await run({ [step]: failsWith('TypeError'), [wait]: () => ({ decision: 'resolved' }) });
    expect(done.visited).toContain(resolved);
    expect(done.output).toMatchObject({ status: 'CANCELLED' });
  });

  test('that nobody decides about for 30 days is parked again', async () => {
    const waiting = await run({ [step]: failsWith('TypeError'), [wait]: () => PENDING });
    await waiting.clock.advanceBy(30 * 24 * 3_600_000);
    expect(waiting.visited.filter((name) => name === wait)).toHaveLength(2);
    expect(waiting.end).toBeUndefined();
  });
});
