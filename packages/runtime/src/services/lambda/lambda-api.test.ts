import {
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAliasCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  type InvokeCommandInput,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { declare } from '../testing/test-stack.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { lambdaApi } from './lambda-api.ts';
import { lambdaResourceTypes } from './resource-types.ts';
import { arnOf, LambdaBench, QUEUE_ARN } from './testing/lambda-under-test.ts';

let bench: LambdaBench;
let server: Awaited<ReturnType<typeof serveAws>>;
let lambda: LambdaClient;

beforeEach(async () => {
  bench = new LambdaBench();
  await bench.declare(
    'echo',
    `export const handler = async (event, context) => {
       console.log('hello');
       if (event.fail) throw new Error('asked to');
       return { event, custom: context.clientContext };
     };`,
  );
  server = await serveAws({ rest: [lambdaApi(bench.service)] });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  lambda = new LambdaClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  lambda.destroy();
  await server.close();
  await bench[Symbol.asyncDispose]();
});

const invoke = (input: Partial<InvokeCommandInput>) =>
  lambda.send(new InvokeCommand({ FunctionName: 'echo', ...input }));

test('an SDK client invokes by name and by ARN', async () => {
  const answer = await invoke({ Payload: '{"a":1}', FunctionName: arnOf('echo') });
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(answer.FunctionError).toBeUndefined();
  expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ event: { a: 1 } });
});

test('an invocation without payload gets an empty event', async () => {
  expect(JSON.parse((await invoke({})).Payload?.transformToString() ?? '')).toEqual({ event: {} });
});

test('a failing function is marked, and its log tail comes along when asked for', async () => {
  const answer = await invoke({ Payload: '{"fail":true}', LogType: 'Tail' });
  expect(answer.FunctionError).toBe('Unhandled');
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  expect(log).toMatch(/^START RequestId/);
  expect(log).toContain('hello');
  expect(log).toMatch(/REPORT RequestId.*\n$/);
});

test('the client context reaches the function', async () => {
  const clientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
  const answer = await invoke({ ClientContext: clientContext });
  expect(JSON.parse(answer.Payload?.transformToString() ?? '').custom).toEqual({ custom: { a: 1 } });
});

test('an Event invocation is accepted at once and runs; a DryRun does not', async () => {
  expect((await invoke({ InvocationType: 'DryRun' })).StatusCode).toBe(204);
  expect(bench.lines).toEqual([]);
  expect((await invoke({ InvocationType: 'Event', Payload: '{}' })).StatusCode).toBe(202);
  await bench.service.settled();
  expect(bench.lines.some((line) => line.endsWith('hello'))).toBe(true);
});

test.each<[string, Partial<InvokeCommandInput>, string]>([
  ['an unknown function', { FunctionName: 'nobody' }, 'ResourceNotFoundException'],
  ['an unknown qualifier', { Qualifier: 'nowhere' }, 'ResourceNotFoundException'],
  ['a payload that is no JSON', { Payload: '{' }, 'InvalidRequestContentException'],
  ['a payload over 6 MB', { Payload: `"${'x'.repeat(6_291_456)}"` }, 'RequestTooLargeException'],
  [
    'an event over 1 MB',
    { InvocationType: 'Event', Payload: `"${'x'.repeat(1_048_576)}"` },
    'RequestTooLargeException',
  ],
])('%s is refused', async (_, input, name) => {
  await expect(invoke(input)).rejects.toMatchObject({ name });
});

test('a version and an alias are invoked and described by their qualifier; others are refused', async () => {
  await bench.service.versions.publish(bench.service.runner('echo').settings, { logicalId: 'V' });
  bench.service.versions.putAlias('echo', { name: 'live', version: '1' });
  for (const input of [{ Qualifier: '1' }, { Qualifier: 'live' }, { FunctionName: `${arnOf('echo')}:live` }]) {
    expect(await invoke(input)).toMatchObject({ StatusCode: 200, ExecutedVersion: '1' });
  }
  const describe = (Qualifier: string) =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo', Qualifier }));
  expect(await describe('live')).toMatchObject({ Version: '1', FunctionArn: `${arnOf('echo')}:live` });
  expect(await describe('$LATEST')).toMatchObject({ Version: '$LATEST' });
  await expect(describe('2')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect((await invoke({ Qualifier: 'live', InvocationType: 'Event' })).StatusCode).toBe(202);
  await bench.service.settled();
  expect(bench.lines.filter((line) => line.endsWith('hello'))).toHaveLength(4);
});

test('versions and aliases are listed; a version goes when no alias leads to it, and its number does not return', async () => {
  const { versions } = bench.service;
  const { settings } = bench.service.runner('echo');
  for (const logicalId of ['V1', 'V2', 'V3']) await versions.publish(settings, { logicalId });
  versions.putAlias('echo', { name: 'live', version: '2', other: { version: '3', weight: 0.1 } });
  const numbers = async () => {
    const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'echo' }));
    return Versions.map(({ Version }) => Version);
  };
  expect(await numbers()).toEqual(['$LATEST', '1', '2', '3']);
  const live = { Name: 'live', FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: { 3: 0.1 } } };
  expect(await lambda.send(new GetAliasCommand({ FunctionName: 'echo', Name: 'live' }))).toMatchObject(live);
  const aliasesOf = async (FunctionVersion: string) =>
    (await lambda.send(new ListAliasesCommand({ FunctionName: 'echo', FunctionVersion }))).Aliases;
  expect(await aliasesOf('3')).toMatchObject([live]);
  expect(await aliasesOf('1')).toEqual([]);

  const remove = (Qualifier?: string) => lambda.send(new DeleteFunctionCommand({ FunctionName: 'echo', Qualifier }));
  for (const used of ['2', '3']) {
    await expect(remove(used)).rejects.toMatchObject({ name: 'ResourceConflictException' });
  }
  for (const other of [undefined, '$LATEST', 'live']) {
    await expect(remove(other)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  }
  await remove('1');
  await expect(invoke({ Qualifier: '1' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  versions.putAlias('echo', { name: 'live', version: '2' });
  await remove('3');
  await bench.crash();
  expect(bench.service.versions.numberOf('echo', { logicalId: 'V4' })).toBe(4);
  expect(bench.service.versions.all('echo').map(({ number }) => number)).toEqual([2]);
});

test('a result over 6 MB is an error of the function', async () => {
  await bench.declare('huge', `export const handler = async () => 'x'.repeat(7_000_000);`);
  const answer = await invoke({ FunctionName: 'huge' });
  expect(JSON.parse(answer.Payload?.transformToString() ?? '').errorType).toBe('Function.ResponseSizeTooLarge');
});

test('functions are listed page by page and described', async () => {
  await bench.declare('second', 'export const handler = async () => 1;');
  const first = await lambda.send(new ListFunctionsCommand({ MaxItems: 1 }));
  expect(first.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['echo']);
  const next = await lambda.send(new ListFunctionsCommand({ Marker: first.NextMarker }));
  expect(next.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['second']);
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'echo' }));
  expect(Configuration).toMatchObject({ FunctionArn: arnOf('echo'), Timeout: 900, MemorySize: 128, State: 'Active' });
  const { Handler } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }));
  expect(Handler).toBe('echo.handler');
});

test('mappings are listed, shown, and disabled', async () => {
  const types = lambdaResourceTypes(bench.service, () => bench.folder);
  const { ref: uuid } = await declare(types, 'AWS::Lambda::EventSourceMapping', 'Mapping', {
    EventSourceArn: QUEUE_ARN,
    FunctionName: 'echo',
    ScalingConfig: { MaximumConcurrency: 3 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  const list = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: 'echo', EventSourceArn: QUEUE_ARN }),
  );
  expect(list.EventSourceMappings?.map(({ UUID }) => UUID)).toEqual([uuid]);
  const shown = await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
  expect(shown).toMatchObject({ State: 'Enabled', BatchSize: 10, ScalingConfig: { MaximumConcurrency: 3 } });
  expect(shown.FunctionArn).toBe(arnOf('echo'));
  const changed = await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
  expect(changed.State).toBe('Disabled');
  const unknown = lambda.send(new GetEventSourceMappingCommand({ UUID: 'none' }));
  await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a function with a concurrency of zero is throttled until the reservation is taken away', async () => {
  const FunctionName = 'echo';
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  await expect(invoke({})).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  const reserved = { ReservedConcurrentExecutions: 0 };
  expect(await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject(reserved);
  expect((await lambda.send(new GetFunctionCommand({ FunctionName }))).Concurrency).toEqual(reserved);
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  expect((await invoke({})).StatusCode).toBe(200);
});

test.each([-1, 901, 1.5, undefined])('%s reserved invocations are refused', async (ReservedConcurrentExecutions) => {
  const answer = await fetch(`${server.url}/2017-10-31/functions/echo/concurrency`, {
    method: 'PUT',
    body: JSON.stringify({ ReservedConcurrentExecutions }),
  });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('x-amzn-errortype')).toContain('InvalidParameterValueException');
});
