import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionOutput,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { startStepFunctionsLocal, type StepFunctionsLocal, type StepFunctionsLocalOptions } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-local-'));
const configFile = join(folder, 'MockConfigFile.json');
let local: StepFunctionsLocal | undefined;
let client: SFNClient;

const RETRY = [{ ErrorEquals: ['Busy'], IntervalSeconds: 60, MaxAttempts: 5 }];
const invokes = (rest: object): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'quote-price', Payload: '{% $states.input %}' },
  ...rest,
});

beforeEach(() => {
  writeConfig({ Quote: { '0': { Return: { StatusCode: 200, Payload: { price: 7 } } } } });
});

afterEach(async () => {
  client.destroy();
  await local?.stop();
  local = undefined;
});

afterAll(() => rmSync(folder, { recursive: true }));

async function start(options: Partial<StepFunctionsLocalOptions> = {}): Promise<void> {
  local = await startStepFunctionsLocal({ port: 0, fastForward: true, mockConfigFile: configFile, ...options });
  client = new SFNClient({ endpoint: local.endpointUrl });
}

function writeConfig(responses: object, states: object = { Quote: 'Quote' }): void {
  const file = { StateMachines: { quotes: { TestCases: { Quoted: states } } }, MockedResponses: responses };
  writeFileSync(configFile, JSON.stringify(file));
}

async function create(states: object, startAt = 'Quote'): Promise<string> {
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: startAt, States: states });
  const roleArn = 'arn:aws:iam::123456789012:role/quotes';
  const created = await client.send(new CreateStateMachineCommand({ name: 'quotes', definition, roleArn }));
  return created.stateMachineArn!;
}

async function run(stateMachineArn: string): Promise<DescribeExecutionOutput> {
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"sku":"a"}' }));
  const describe = (): Promise<DescribeExecutionOutput> => client.send(new DescribeExecutionCommand({ executionArn }));
  await expect.poll(async () => (await describe()).status).not.toBe('RUNNING');
  return describe();
}

test('a test case answers in place of the service, with numbered responses for retries', async () => {
  const busy = { Throw: { Error: 'Busy', Cause: 'later' } };
  writeConfig({ Quote: { '0': busy, '1-2': busy, '3': { Return: { StatusCode: 200, Payload: { price: 7 } } } } });
  await start();
  const arn = await create({ Quote: invokes({ Retry: RETRY, Output: '{% $states.result.Payload %}', End: true }) });
  const { executionArn, output } = await run(`${arn}#Quoted`);
  expect(output).toBe('{"price":7}');
  const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events!.filter(({ type }) => type === 'TaskScheduled')).toHaveLength(4);
  expect(arn).toBe('arn:aws:states:us-east-1:123456789012:stateMachine:quotes');
});

test('the responses of a state go on when a loop enters it again', async () => {
  writeConfig({ Quote: { '0': { Return: { isFinal: false } }, '1': { Return: { isFinal: true } } } });
  await start();
  const arn = await create({
    Quote: invokes({ Next: 'Final?' }),
    'Final?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.isFinal %}', Next: 'Done' }],
      Default: 'Quote',
    },
    Done: { Type: 'Succeed' },
  });
  expect(await run(`${arn}#Quoted`)).toMatchObject({ status: 'SUCCEEDED', output: '{"isFinal":true}' });
});

test('a mocked task that waits for a token takes its response as the answer', async () => {
  writeConfig({ Quote: { '0': { Return: 'accepted' } } });
  await start();
  const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  const arn = await create({ Quote: invokes({ Resource, End: true }) });
  expect(await run(`${arn}#Quoted`)).toMatchObject({ status: 'SUCCEEDED', output: '"accepted"' });
});

test('an invocation without a response fails the execution, past every retrier and catcher', async () => {
  writeConfig({ Quote: {} });
  await start();
  const all = ['States.ALL'];
  const arn = await create({
    Quote: invokes({ Retry: [{ ErrorEquals: all }], Catch: [{ ErrorEquals: all, Next: 'Done' }], Next: 'Done' }),
    Done: { Type: 'Succeed' },
  });
  expect(await run(`${arn}#Quoted`)).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: expect.stringContaining("'Quote' has no response for its invocation 0"),
  });
});

test('an unknown test case is refused with its name, and a new one in the file is found', async () => {
  await start();
  const arn = await create({ Quote: invokes({ End: true }) });
  await expect(run(`${arn}#Missing`)).rejects.toThrow("no test case 'Missing' of 'quotes'");
  writeFileSync(configFile, '{');
  await expect(run(`${arn}#Quoted`)).rejects.toThrow(`The mock configuration ${configFile} is invalid`);
  writeConfig({ Quote: { '0': { Return: 'new' } } });
  expect(await run(`${arn}#Quoted`)).toMatchObject({ output: '"new"' });
});

test('an invalid configuration stops the start', async () => {
  writeConfig({}, { Quote: 'Quote' });
  await expect(start()).rejects.toMatchObject({ fault: 'MOCK_CONFIG_INVALID' });
});

test('a state that the test case does not name calls its service; hours of timeouts do not pass meanwhile', async () => {
  const lambda = await fakeLambda((path, body) => ({ path, echoed: JSON.parse(body) as unknown }));
  await start({ endpoints: { lambda: lambda.url } });
  const arn = await create({
    Quote: invokes({ Next: 'Call' }),
    Call: invokes({ TimeoutSeconds: 1, Output: '{% $states.result.Payload %}', End: true }),
  });
  const { output } = await run(`${arn}#Quoted`);
  lambda.server.close();
  expect(JSON.parse(output!)).toEqual({
    path: '/2015-03-31/functions/quote-price/invocations',
    echoed: { StatusCode: 200, Payload: { price: 7 } },
  });
});

test('without an endpoint the error names the variable that sets it', async () => {
  await start();
  const arn = await create({ Quote: invokes({ End: true }) });
  expect(await run(arn)).toMatchObject({
    error: 'Lambda.SdkClientException',
    cause: 'The state is not mocked, and LAMBDA_ENDPOINT is not set',
  });
});

test('with a data folder, machines and executions are there at the next start', async () => {
  const dataFolder = join(folder, 'data');
  await start({ dataFolder });
  const arn = await create({ Quote: invokes({ End: true }) });
  const { executionArn } = await run(`${arn}#Quoted`);
  await local!.stop();
  await start({ dataFolder });
  const found = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(found).toMatchObject({ status: 'SUCCEEDED', stateMachineArn: arn });
});

/** Answers after a few turns of the event loop, so that a clock that did not wait would have jumped. */
async function fakeLambda(answer: (path: string, body: string) => unknown): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      setTimeout(() => response.end(JSON.stringify(answer(request.url!, Buffer.concat(chunks).toString()))), 20);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
