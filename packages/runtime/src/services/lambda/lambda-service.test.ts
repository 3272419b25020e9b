import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { MetricSample } from '../shared/ports/metrics.ts';
import { LambdaBench, MEETING, until } from './testing/lambda-under-test.ts';

let bench: LambdaBench;

beforeEach(() => {
  bench = new LambdaBench({ variables: { AWS_ENDPOINT_URL: 'http://localhost:4566' } });
});
afterEach(() => bench[Symbol.asyncDispose]());

// oxlint-disable-next-line typescript/no-explicit-any -- the answers of the little handlers below.
type Answer = any;

/** Invokes and gives the parsed answer with the kind of error. */
async function call(functionName: string, event: unknown = {}): Promise<{ functionError?: string; answer: Answer }> {
  const { payload, ...rest } = await bench.service.invoke(functionName, JSON.stringify(event));
  return { ...rest, answer: JSON.parse(payload) };
}

test('a function gets the event and its result comes back', async () => {
  await bench.declare('echo', 'export const handler = async (event) => ({ got: event });');
  expect(await call('echo', { a: [1, 'é'] })).toEqual({ answer: { got: { a: [1, 'é'] } } });
});

test('a result of nothing is null', async () => {
  await bench.declare('nothing', 'export const handler = async () => {};');
  expect(await call('nothing')).toEqual({ answer: null });
});

test('an error keeps its name as errorType, so that workflows can match it', async () => {
  await bench.declare(
    'fails',
    `class SoldOut extends Error { name = 'SoldOut' }
     export const handler = async () => { throw new SoldOut('none left') };`,
  );
  const { functionError, answer } = await call('fails');
  expect(functionError).toBe('Unhandled');
  expect(answer).toMatchObject({ errorType: 'SoldOut', errorMessage: 'none left' });
  expect(answer.trace[0]).toBe('SoldOut: none left');
});

test('something thrown that is no error is named by its type', async () => {
  await bench.declare('throws-text', `export const handler = () => { throw 'plain' };`);
  expect((await call('throws-text')).answer).toEqual({ errorType: 'string', errorMessage: 'plain', trace: [] });
});

test('a result that JSON cannot hold is an error of the function', async () => {
  await bench.declare('circular', 'export const handler = async () => { const a = {}; a.a = a; return a };');
  expect((await call('circular')).answer.errorType).toBe('Runtime.JSONStringifyError');
});

test('a function sees its own environment and nothing of the host', async () => {
  process.env['HOST_SECRET'] = 'x';
  await bench.declare('env', 'export const handler = async () => process.env;', {
    variables: { TABLE: 'notes', AWS_LAMBDA_FUNCTION_NAME: 'forged' },
  });
  const { answer } = await call('env');
  expect(answer).toMatchObject({
    TABLE: 'notes',
    AWS_ENDPOINT_URL: 'http://localhost:4566',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'env',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    _HANDLER: 'env.handler',
    LAMBDA_TASK_ROOT: bench.folder,
  });
  expect(answer._X_AMZN_TRACE_ID).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  expect(answer).not.toHaveProperty('HOST_SECRET');
});

test('the context tells the invocation and what time is left', async () => {
  await bench.declare(
    'context',
    'export const handler = async (e, c) => ({ ...c, left: c.getRemainingTimeInMillis(), getRemainingTimeInMillis: 0 });',
    { timeoutMs: 60_000 },
  );
  bench.service.versions.putAlias('context', { name: 'live', version: '$LATEST' });
  const { answer } = await call('context:live');
  expect(answer).toMatchObject({
    functionName: 'context',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context:live',
    memoryLimitInMB: '128',
    logGroupName: '/aws/lambda/context',
  });
  expect(answer.left).toBeGreaterThan(0);
  expect(answer.left).toBeLessThanOrEqual(60_000);
});

test.each([
  ['missing.handler', 'Runtime.ImportModuleError'],
  ['here.absent', 'Runtime.HandlerNotFound'],
  ['here.notAFunction', 'Runtime.HandlerNotFound'],
  ['here', 'Runtime.MalformedHandlerName'],
  ['here.callback', 'Runtime.CallbackHandlerDeprecated'],
])('the handler %s is %s', async (handler, errorType) => {
  await bench.declare('here', 'export const notAFunction = 1; export const callback = (e, c, done) => done();', {
    handler,
  });
  expect((await call('here')).answer.errorType).toBe(errorType);
});

test('a module that fails to load answers its own error, every time', async () => {
  await bench.declare('broken', `throw new TypeError('no configuration');`);
  expect((await call('broken')).answer).toMatchObject({ errorType: 'TypeError', errorMessage: 'no configuration' });
  expect((await call('broken')).answer.errorType).toBe('TypeError');
});

test('code that is no JavaScript is Runtime.UserCodeSyntaxError', async () => {
  await bench.declare('unreadable', 'export const handler = (');
  expect((await call('unreadable')).answer.errorType).toBe('Runtime.UserCodeSyntaxError');
});

test('a CommonJS handler in a folder, with a nested export and a callback of older runtimes', async () => {
  mkdirSync(join(bench.folder, 'lib'));
  const source = 'exports.nested = { run: (event, context, done) => done(null, event.n + 1) };';
  writeFileSync(join(bench.folder, 'lib', 'old.cjs'), source);
  await bench.declare('old', '', { handler: 'lib/old.nested.run', runtime: 'nodejs22.x' });
  expect((await call('old', { n: 1 })).answer).toBe(2);
});

describe('an invocation past its time', () => {
  let hangs: () => ReturnType<typeof call>;
  beforeEach(async () => {
    await bench[Symbol.asyncDispose]();
    const clock = new ManualClock();
    bench = new LambdaBench({ clock });
    hangs = async () => {
      const hanging = call('slow', { hang: true });
      await until(() => bench.lines.some((line) => line.endsWith('about to hang')));
      await clock.advanceBy(2_000);
      return hanging;
    };
    await bench.declare(
      'slow',
      `let runs = 0;
       export const handler = async (event) => {
         runs += 1;
         if (event.hang) { console.log('about to hang'); for (;;); }
         return runs;
       };`,
      { timeoutMs: 2_000 },
    );
  });

  test('is ended for good, and the next one gets a fresh environment', async () => {
    expect((await call('slow')).answer).toBe(1);
    const { answer, functionError } = await hangs();
    expect(functionError).toBe('Unhandled');
    expect(answer.errorType).toBe('Sandbox.Timedout');
    expect(answer.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 2\.00 seconds$/);
    expect((await call('slow')).answer).toBe(1);
  });

  test('has its last lines in the log, and then that it timed out', async () => {
    await hangs();
    const [last, timedOut] = bench.lines.filter((line) => /about to hang|timed out/.test(line));
    expect(last).toMatch(/about to hang$/);
    expect(timedOut).toContain('Task timed out after 2.00 seconds');
  });
});

test.each([
  ['process.exit(0)', 'Error: Runtime exited without providing a reason'],
  ['process.exit(3)', 'Error: Runtime exited with error: exit status 3'],
])('%s in a handler is Runtime.ExitError', async (statement, message) => {
  await bench.declare('exits', `export const handler = async () => { ${statement} };`);
  const { answer } = await call('exits');
  expect(answer.errorType).toBe('Runtime.ExitError');
  expect(answer.errorMessage).toContain(message);
});

test('a function that outgrows its memory is killed alone', async () => {
  await bench.declare(
    'greedy',
    'export const handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill(1.5)) };',
    {
      memorySizeMb: 32,
      timeoutMs: 30_000,
    },
  );
  const { answer } = await call('greedy');
  expect(answer).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(answer.errorMessage).toContain('signal: killed');
});

test('an exception that nobody catches answers the invocation and ends the environment', async () => {
  await bench.declare(
    'stray',
    `export const handler = (event) => new Promise(() => setImmediate(() => { throw new RangeError('stray') }));`,
  );
  expect((await call('stray')).answer).toMatchObject({ errorType: 'RangeError', errorMessage: 'stray' });
  expect((await call('stray')).answer.errorType).toBe('RangeError');
});

test('a rejection that nobody handles is Runtime.UnhandledPromiseRejection', async () => {
  await bench.declare(
    'floating',
    `export const handler = () => { void Promise.reject(new Error('lost')); return new Promise(() => {}) };`,
  );
  expect((await call('floating')).answer.errorType).toBe('Runtime.UnhandledPromiseRejection');
});

test('side by side invocations run in environments of their own, up to the limit, the rest in line', async () => {
  await bench[Symbol.asyncDispose]();
  bench = new LambdaBench({ limits: { perFunction: 2 } });
  const meeting = mkdtempSync(join(bench.folder, 'meeting-'));
  await bench.declare('meet', MEETING, { variables: { MEETING: meeting } });
  const answers = (await Promise.all(Array.from({ length: 12 }, () => call('meet')))).map(({ answer }) => answer);
  expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(2);
  expect(answers.every(({ seen }) => seen === 1)).toBe(true);
});

test('whoever waits in line is told when it joins and when it leaves; with an environment free, nothing is told', async () => {
  await bench[Symbol.asyncDispose]();
  bench = new LambdaBench({ limits: { perFunction: 1 } });
  await bench.declare('once', 'export const handler = async () => null;');
  await call('once');
  const told: string[] = [];
  const lineOf = (name: string) => ({
    joined: () => told.push(`${name} joined`),
    left: () => told.push(`${name} left`),
  });
  await Promise.all(['first', 'second'].map((name) => bench.service.invoke('once', '{}', { line: lineOf(name) })));
  expect(told).toEqual(['second joined', 'second left']);
});

test('more than the reserved concurrency is refused', async () => {
  await bench.declare('one', 'export const handler = async () => 1;', { reservedConcurrency: 1 });
  const [first, second] = await Promise.allSettled([call('one'), call('one')]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'TooManyRequestsException', statusCode: 429 } });
});

test('a function that does not exist is ResourceNotFoundException', async () => {
  await expect(call('nobody')).rejects.toMatchObject({ code: 'ResourceNotFoundException', statusCode: 404 });
  await bench.declare('echo', 'export const handler = async (event) => event;');
  await expect(call('echo:unknown-alias')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('a warmed function is loaded before its first request', async () => {
  await bench.declare('ready', 'const loadedAt = performance.timeOrigin; export const handler = async () => loadedAt;');
  await bench.service.warm(['ready']);
  const warmedAt = performance.timeOrigin + performance.now();
  expect((await call('ready')).answer).toBeLessThan(warmedAt);
});

test('what a function writes is in its log between START and REPORT', async () => {
  await bench.declare(
    'talks',
    `import { Console } from 'node:console';
     const own = new Console({ stdout: process.stdout, stderr: process.stderr });
     export const handler = async () => { console.log('a', { b: 1 }); own.error('{"own":true}'); process.stdout.write('rest'); };`,
  );
  await call('talks');
  const [start, first, second, end, report] = bench.lines;
  expect(start).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/);
  expect(first).toMatch(/^\d{4}-.*Z\t[0-9a-f-]{36}\tINFO\ta \{ b: 1 \}$/);
  expect(second).toBe('{"own":true}');
  expect(end).toMatch(/^END RequestId/);
  expect(report).toMatch(
    /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t.*Init Duration/,
  );
  await bench.service.stop();
  expect(bench.lines.at(-1)).toBe('rest');
});

test('with the JSON format, lines are objects and levels below the chosen one are left out', async () => {
  await bench.declare(
    'structured',
    `export const handler = async () => { console.info('dropped'); console.warn({ note: 1 }); throw new Error('bad') };`,
    { logging: { logGroup: 'own-group', format: 'JSON', applicationLogLevel: 'WARN', systemLogLevel: 'INFO' } },
  );
  await call('structured');
  const lines = bench.lines.map((line) => JSON.parse(line));
  expect(lines.map(({ type, level }) => type ?? level)).toEqual(['platform.start', 'WARN', 'ERROR', 'platform.report']);
  expect(lines[1]).toMatchObject({ message: { note: 1 }, requestId: lines[0].record.requestId });
  expect(lines[2]).toMatchObject({ errorType: 'Error', errorMessage: 'bad' });
  expect(lines[3].record).toMatchObject({ status: 'error', metrics: { memorySizeMB: 128 } });
});

test('CloudWatch learns of invocations, errors and throttles', async () => {
  await bench[Symbol.asyncDispose]();
  const samples: MetricSample[] = [];
  bench = new LambdaBench({ metrics: { record: (sample) => void samples.push(sample) } });
  await bench.declare(
    'moody',
    `export const handler = async (event) => { if (event.fail) throw new Error('asked to'); };`,
    {
      reservedConcurrency: 1,
    },
  );
  await Promise.allSettled([call('moody'), call('moody')]);
  await call('moody', { fail: true });
  const sumOf = (name: string): number =>
    samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
  expect([sumOf('Invocations'), sumOf('Errors'), sumOf('Throttles')]).toEqual([2, 1, 1]);
  expect(samples[0]).toMatchObject({ namespace: 'AWS/Lambda', dimensions: { FunctionName: 'moody' } });
});

test('what a stop cuts off is never answered, so that nobody records a failure that was none', async () => {
  await bench[Symbol.asyncDispose]();
  bench = new LambdaBench();
  await bench.declare(
    'endless',
    `export const handler = () => { console.log('begun'); return new Promise(() => {}) };`,
  );
  let answered = false;
  void call('endless').finally(() => (answered = true));
  await until(() => bench.lines.some((line) => line.endsWith('begun')));
  await bench.service.stop();
  expect(answered).toBe(false);
});
