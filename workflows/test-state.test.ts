import type { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { traceExecution } from '@order-workflow/states-language-coverage';
import { anOrder } from '../test/testing/builders.ts';
import { definitionText, parseMachine } from './testing/definition.ts';
import { engineKind, openEmbeddedEngine, openEngine, type Engine } from './testing/engine.ts';
import { putStateMachine, type Ended } from './testing/execution.ts';
import { EXECUTION_INPUTS, runTestCases, TEST_CASES, TEST_CASES_TIMEOUT_MS, testCaseOf } from './testing/mock-cases.ts';
import { contextText, supportsTestState, testState, walkStates } from './testing/state-walk.ts';

const order = anOrder();
/** A call a second, and at most some 80 calls a case. */
const TIMEOUT_MS = engineKind === 'aws' ? 180_000 : 20_000;

/** Runs executions; what TestState says is held against it. */
let embedded: Engine;
let tested: Engine;

beforeAll(async () => {
  embedded = await openEmbeddedEngine();
  tested = await openEngine();
});
afterAll(async () => {
  await tested.close();
  await embedded.close();
});

// Step Functions Local has no TestState.
const isSupported = await supportsTestState();

describe.skipIf(!isSupported).each(TEST_CASES)('%s', (name, testCases) => {
  const definition = definitionText(name);
  const machine = parseMachine(definition);
  let cases: ReadonlyMap<string, Ended>;
  beforeAll(async () => {
    const { client } = embedded;
    const stateMachineArn = await putStateMachine(client, name, definition);
    cases = await runTestCases({ client, stateMachineArn, name, machine });
  }, TEST_CASES_TIMEOUT_MS);

  test.each(testCases)(
    'goes state by state where an execution goes: %s',
    async (testCase) => {
      const { end, history } = cases.get(testCase)!;
      const trace = traceExecution(machine, history);
      const walk = await walkStates(tested.client, definition, testCaseOf(name, testCase), EXECUTION_INPUTS[name]!);
      // Branches take turns in an execution, and are walked one after the other here.
      expect(walk.visited.toSorted()).toEqual(trace.visited.toSorted());
      for (const [state, attempts] of walk.attempts)
        expect([state, attempts]).toEqual([state, trace.attempts.get(state)]);
      const output: unknown = walk.output === undefined ? undefined : JSON.parse(end.output!);
      expect(walk).toMatchObject({ status: end.status, error: end.error, output });
    },
    TIMEOUT_MS,
  );
});

describe.skipIf(!isSupported)('the tasks of order-saga are given', () => {
  const definition = definitionText('order-saga');
  const token = { taskToken: 'token' };
  const failure = { Error: 'OutOfStock', Cause: '' };

  test.each([
    ['Create order', {}, {}],
    ['Charge payment', {}, { ...token, earlierAttempts: 0 }],
    [
      'Cancel at once',
      { failure, failedStep: 'Reserve inventory' },
      { nothingToUndo: { failedStep: 'Reserve inventory', error: 'OutOfStock', cause: '' } },
    ],
    [
      'Stop order',
      { failure, failedStep: 'Reserve inventory' },
      { failedStep: 'Reserve inventory', error: 'OutOfStock', cause: '' },
    ],
    [
      'Stop order',
      { failure: { Error: 'States.Timeout' }, failedStep: 'Charge payment' },
      { failedStep: 'Charge payment', error: 'States.Timeout', cause: '' },
    ],
    ['Refund payment', { chargeAttempted: true }, { chargeAttempted: true }],
    ['Refund payment meanwhile', { chargeAttempted: false }, { chargeAttempted: false }],
    ['Release inventory', {}, {}],
    ['Release inventory again', {}, {}],
    ['Await refund decision', { refundFailure: failure }, { step: 'Refund payment', error: 'OutOfStock', ...token }],
    [
      'Await release decision',
      { releaseFailure: failure },
      { step: 'Release inventory', error: 'OutOfStock', ...token },
    ],
    ['Await reservation decision', { failure }, { step: 'Reserve inventory', error: 'OutOfStock', ...token }],
    ['Await payment decision', { failure }, { step: 'Charge payment', error: 'OutOfStock', ...token }],
    ['Cancel order', { reason: 'OUT_OF_STOCK' }, { reason: 'OUT_OF_STOCK' }],
  ])('%s: the order, the execution and what this step needs besides', async (stateName, variables, besides) => {
    const { inspectionData } = await testState(tested.client, {
      definition,
      stateName,
      input: '{}',
      variables: JSON.stringify(variables),
      context: contextText({ stateName, retryCount: 0, executionInput: order }),
      mock: { result: '{"StatusCode":200,"Payload":{"reason":"OUT_OF_STOCK"}}', fieldValidationMode: 'NONE' },
      inspectionLevel: 'DEBUG',
    });
    const { Payload } = JSON.parse(inspectionData!.afterArguments!) as { Payload: object };
    expect(Payload).toEqual({ order, executionArn: expect.stringContaining(':execution:'), ...besides });
  });

  test.each([
    [{ paymentIntentId: 'pi_1', customerWasAsked: true }, true],
    // A charge without a customer, and each answer of an older version.
    [{ paymentIntentId: 'pi_1' }, false],
  ])('Confirm order: whether the customer was asked, as the charge answered %j', async (answer, customerWasAsked) => {
    const step = (stateName: string, input: string, result: object) =>
      testState(tested.client, {
        definition,
        stateName,
        input,
        context: contextText({ stateName, retryCount: 0, executionInput: order }),
        mock: { result: JSON.stringify(result), fieldValidationMode: 'NONE' },
        inspectionLevel: 'DEBUG',
      });
    const charged = await step('Charge payment', '{}', answer);
    expect(charged.nextState).toBe('Confirm order');
    const confirmed = await step('Confirm order', charged.output!, { StatusCode: 200, Payload: {} });
    const { Payload } = JSON.parse(confirmed.inspectionData!.afterArguments!) as { Payload: object };
    expect(Payload).toEqual({ order, executionArn: expect.stringContaining(':execution:'), customerWasAsked });
  });

  test.each([0, 3, 9])('after %i retries of a transient error, one more within a minute', async (retrierRetryCount) => {
    const result = await createOrderFailing(tested.client, definition, retrierRetryCount);
    expect(result.status).toBe('RETRIABLE');
    expect(result.inspectionData?.errorDetails?.retryBackoffIntervalSeconds).toBeLessThanOrEqual(
      Math.min(2 ** retrierRetryCount, 60),
    );
  });

  test('after ten retries of a transient error, no more', async () => {
    const result = await createOrderFailing(tested.client, definition, 10);
    expect(result).toMatchObject({ status: 'CAUGHT_ERROR', nextState: 'Stop order' });
  });
});

function createOrderFailing(client: SFNClient, definition: string, retrierRetryCount: number) {
  const stateName = 'Create order';
  return testState(client, {
    definition,
    stateName,
    input: '{}',
    context: contextText({ stateName, retryCount: retrierRetryCount, executionInput: order }),
    mock: { errorOutput: { error: 'StoreUnavailable', cause: '' } },
    stateConfiguration: { retrierRetryCount },
    inspectionLevel: 'DEBUG',
  });
}
