/** Traps of Step Functions in what fails, what matches it, and what a failing expression does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../endpoint/aws-api.ts';
import { LambdaBench, until } from '../services/lambda/testing/lambda-under-test.ts';
import {
  errorNamed,
  invokes,
  StepFunctionsHarness,
  waitsFor,
} from '../services/stepfunctions/testing/stepfunctions-under-test.ts';

let aws: StepFunctionsHarness;
beforeAll(() => {
  aws = new StepFunctionsHarness();
});
afterAll(() => aws.close());

const caught: JsonObject = { Type: 'Pass', End: true };
const catchAll = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];

/** A machine whose first state is `work`; `Caught` is where its catchers, if any, lead. */
const working = (work: JsonObject): JsonObject => ({
  StartAt: 'Work',
  States: { Work: { Next: 'Done', ...work }, ...(work['Catch'] && { Caught: caught }), Done: { Type: 'Succeed' } },
});

let machines = 0;
const newMachine = (definition: JsonObject): Promise<string> => aws.machine(`m${(machines += 1)}`, definition);

/** How an execution of that machine ends, `afterMs` later. */
async function runs(definition: JsonObject, afterMs = 0, input: unknown = {}): Promise<JsonObject> {
  const executionArn = await aws.start(await newMachine(definition), input);
  await aws.settle();
  await aws.clock.advanceBy(afterMs);
  await aws.settle();
  const { status, error, output } = await aws.describe(executionArn);
  return { status, error, output: output === undefined ? undefined : JSON.parse(output as string) };
}

/** Lets the function `work` fail like that; counts its invocations. */
function failsWith(error: string): { count: number } {
  const calls = { count: 0 };
  aws.functions['work'] = () => {
    calls.count += 1;
    throw errorNamed(error);
  };
  return calls;
}

test('T7: States.ALL stands alone and last, and lets DataLimitExceeded and Runtime end the execution', async () => {
  const validate = async (errorEquals: string[][]): Promise<unknown> => {
    const Catch = errorEquals.map((ErrorEquals) => ({ ErrorEquals, Next: 'Caught' }));
    const definition = { QueryLanguage: 'JSONata', ...working(invokes('work', { Catch })) };
    return (await aws.call('ValidateStateMachineDefinition', { definition: JSON.stringify(definition) }))['result'];
  };
  expect(await validate([['E'], ['States.ALL']])).toBe('OK');
  expect(await validate([['States.ALL', 'E']])).toBe('FAIL');
  expect(await validate([['States.ALL'], ['E']])).toBe('FAIL');

  const before = aws.published.length;
  aws.functions['work'] = () => 'x'.repeat(256 * 1024);
  const guarded = working(invokes('work', { Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: catchAll }));
  expect(await runs(guarded, 60_000)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  const calls = failsWith('States.Runtime');
  expect(await runs(guarded, 60_000)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(calls.count).toBe(1);
  const named = [{ ErrorEquals: ['States.Runtime'], Next: 'Caught' }];
  expect(await runs(working(invokes('work', { Catch: named })))).toMatchObject({ status: 'FAILED' });
  const told = aws.published.slice(before).map(({ detail }) => detail['status'] as string);
  expect(told.filter((status) => status !== 'RUNNING')).toEqual(['FAILED', 'FAILED', 'FAILED']);
});

test('T8: States.TaskFailed matches every failure of a task but States.Timeout, which a missed heartbeat is too', async () => {
  aws.functions['ask'] = () => null;
  const catching = (error: string): JsonObject => ({ Catch: [{ ErrorEquals: [error], Next: 'Caught' }] });
  failsWith('Custom');
  expect(await runs(working(invokes('work', catching('States.TaskFailed'))))).toMatchObject({ status: 'SUCCEEDED' });
  for (const limit of [{ TimeoutSeconds: 5 }, { TimeoutSeconds: 60, HeartbeatSeconds: 5 }]) {
    const asTaskFailed = working(waitsFor('ask', { ...limit, ...catching('States.TaskFailed') }));
    expect(await runs(asTaskFailed, 5000)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const asTimeout = working(waitsFor('ask', { ...limit, ...catching('States.Timeout') }));
    expect(await runs(asTimeout, 5000)).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.Timeout' } });
  }
});

test('T9: what fails in Lambda and not in the code has names of its own: throttled, missing, timed out, gone', async () => {
  await using lambda = new LambdaBench();
  await lambda.declare('throttled', 'export const handler = () => null;', { reservedConcurrency: 0 });
  await lambda.declare('slow', 'export const handler = () => new Promise(() => {});', { timeoutMs: 50 });
  await lambda.declare('gone', 'export const handler = () => process.exit(1);');
  await lambda.declare(
    'own',
    `export const handler = () => { throw Object.assign(new Error('no'), { name: 'SoldOut' }) };`,
  );
  const joined = new StepFunctionsHarness({ functions: lambda.service });

  const errorOf = async (functionName: string): Promise<unknown> => {
    const arn = await joined.machine(functionName, working(invokes(functionName, { Catch: catchAll })));
    const executionArn = await joined.start(arn);
    await until(async () => (await joined.describe(executionArn))['status'] !== 'RUNNING');
    return (JSON.parse((await joined.describe(executionArn))['output'] as string) as JsonObject)['Error'];
  };
  expect(await errorOf('throttled')).toBe('Lambda.TooManyRequestsException');
  expect(await errorOf('missing')).toBe('Lambda.ResourceNotFoundException');
  expect(await errorOf('slow')).toBe('Sandbox.Timedout');
  expect(await errorOf('gone')).toBe('Runtime.ExitError');
  expect(await errorOf('own')).toBe('SoldOut');
  await joined.close();
});

test('T10: by default a retrier tries three times more, and a task without TimeoutSeconds waits on for ever', async () => {
  const calls = failsWith('Broken');
  await runs(working(invokes('work', { Retry: [{ ErrorEquals: ['Broken'] }] })), 60_000);
  expect(calls.count).toBe(4);
  aws.functions['ask'] = () => null;
  expect(await runs(working(waitsFor('ask', {})), 300 * 24 * 3600 * 1000)).toMatchObject({ status: 'RUNNING' });
});

test('T10: a function that outlives its task’s TimeoutSeconds runs on while the retry starts, and counts no more', async () => {
  const answers: ((answer: string) => void)[] = [];
  aws.functions['work'] = () => new Promise((resolve) => answers.push(resolve));
  const Retry = [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }];
  const executionArn = await aws.start(await newMachine(working(invokes('work', { TimeoutSeconds: 5, Retry }))));
  await aws.settle();
  await aws.clock.advanceBy(6000);
  expect(answers).toHaveLength(2);
  answers[0]!('zombie');
  await aws.settle();
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'RUNNING' });
  answers[1]!('second');
  await aws.settle();
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"second"' });
});

test.each([
  ['an undefined result', { Type: 'Pass', Output: '{% $states.input.nothing %}' }],
  ['a variable nobody assigned', { Type: 'Pass', Output: '{% $unassigned %}' }],
  ['a wrong type', { Type: 'Pass', Output: "{% 1 + 'a' %}" }],
  ['a type that the field does not take', { Type: 'Wait', Seconds: "{% 'four' %}" }],
  ['negative seconds', { Type: 'Wait', Seconds: '{% -1 %}' }],
])('T11: %s is States.QueryEvaluationError', async (_, state) => {
  expect(await runs(working(state))).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});

test('T11: a filter that leaves one element gives the element; brackets keep the array', async () => {
  const Output = { one: '{% $states.input.n[$ > 2] %}', list: '{% [$states.input.n[$ > 2]] %}' };
  const { output } = await runs(working({ Type: 'Pass', Output }), 0, { n: [1, 2, 3] });
  expect(output).toEqual({ one: 3, list: [3] });
});

test('T11: an Output that fails comes after the effect: Retry repeats the effect, Catch skips the state’s own Assign', async () => {
  let effects = 0;
  aws.functions['work'] = () => (effects += 1);
  const failing = { Output: '{% $states.result.nothing %}', Assign: { done: true } };
  const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught' }];
  const definition = (rest: JsonObject): JsonObject => {
    const { States, ...machine } = working(invokes('work', { ...failing, Catch, ...rest }));
    return { ...machine, States: { ...States, Caught: { ...caught, Output: '{% $exists($done) %}' } } };
  };
  expect(await runs(definition({}))).toMatchObject({ status: 'SUCCEEDED', output: false });
  expect(effects).toBe(1);
  await runs(definition({ Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 2 }] }), 60_000);
  expect(effects).toBe(1 + 3);
});

test('T12: an expression that fails inside a catcher fails the execution, whatever other catchers there are', async () => {
  failsWith('Broken');
  for (const field of [{ Output: '{% $states.errorOutput.Nothing %}' }, { Assign: { x: '{% $nothing %}' } }]) {
    const Catch = [{ ErrorEquals: ['Broken'], Next: 'Caught', ...field }, ...catchAll];
    const end = await runs(working(invokes('work', { Catch })));
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  }
});
