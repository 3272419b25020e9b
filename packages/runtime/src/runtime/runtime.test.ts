import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Runtime, type RuntimeOptions, startRuntime } from './runtime.ts';
import { writeMiniApp } from '../testing/mini-app.ts';

const workFolder = mkdtempSync(join(tmpdir(), 'runtime-'));
const assemblyFolder = join(workFolder, 'cdk.out');
const mainProgram = fileURLToPath(new URL('../main.ts', import.meta.url));
let dataFolder: string;
let cleanUp: AsyncDisposableStack;

beforeAll(() => writeMiniApp(assemblyFolder));
afterAll(() => rmSync(workFolder, { recursive: true }));
beforeEach(() => {
  dataFolder = mkdtempSync(join(workFolder, 'data-'));
  cleanUp = new AsyncDisposableStack();
});
afterEach(() => cleanUp.disposeAsync());

async function start(options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  const runtime = await startRuntime({ assemblyFolder, dataFolder, port: 0, ...options });
  cleanUp.defer(() => runtime.stop());
  return runtime;
}

/** The app's clients, as a user on AWS would write them. */
class Mail {
  readonly #outputs: Record<string, string>;
  readonly #sqs: SQSClient;
  readonly #dynamoDb: DynamoDBClient;
  readonly #sfn: SFNClient;

  constructor(endpoint: string, outputs: Record<string, string>) {
    this.#outputs = outputs;
    this.#sqs = new SQSClient({ endpoint });
    this.#dynamoDb = new DynamoDBClient({ endpoint });
    this.#sfn = new SFNClient({ endpoint });
    cleanUp.defer(() => [this.#sqs, this.#dynamoDb, this.#sfn].forEach((client) => client.destroy()));
  }

  async send(id: string): Promise<void> {
    const MessageBody = JSON.stringify({ id, text: 'Dear you' });
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: this.#outputs['InboxUrl'], MessageBody }));
  }

  /** Waits for a notice and takes it off its queue. */
  async nextNotice(): Promise<unknown> {
    const QueueUrl = this.#outputs['NoticesUrl'];
    const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
    let message: Message | undefined;
    while (message === undefined) [message] = (await this.#sqs.send(receive)).Messages ?? [];
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return (JSON.parse(message.Body ?? '') as { detail: unknown }).detail;
  }

  async stamp(id: string): Promise<unknown> {
    const get = new GetItemCommand({ TableName: this.#outputs['StampsTable'], Key: { id: { S: id } } });
    return (await this.#dynamoDb.send(get)).Item?.['id']?.S;
  }

  async executionStatuses(): Promise<unknown[]> {
    const list = new ListExecutionsCommand({ stateMachineArn: this.#outputs['StampingArn'] });
    return ((await this.#sfn.send(list)).executions ?? []).map(({ status }) => status);
  }
}

test('a message goes from a queue through function, table, stream and bus to a queue and a state machine', async () => {
  const runtime = await start();
  const mail = new Mail(runtime.endpointUrl, runtime.outputs);
  await mail.send('letter-1');
  expect(await mail.nextNotice()).toEqual({ id: 'letter-1' });
  await expect.poll(() => mail.stamp('letter-1')).toBe('letter-1');
  await expect.poll(() => mail.executionStatuses()).toEqual(['SUCCEEDED']);
});

test('after a restart everything is where it was, and work goes on', async () => {
  const first = await start();
  const before = new Mail(first.endpointUrl, first.outputs);
  await before.send('letter-1');
  await before.nextNotice();
  await expect.poll(() => before.executionStatuses()).toEqual(['SUCCEEDED']);
  await first.stop();

  const second = await start();
  const after = new Mail(second.endpointUrl, second.outputs);
  expect(await after.stamp('letter-1')).toBe('letter-1');
  await after.send('letter-2');
  expect(await after.nextNotice()).toEqual({ id: 'letter-2' });
  await expect.poll(() => after.executionStatuses()).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});

test('a message acknowledged just before kill -9 is worked on by the next start', async () => {
  const killed = await startProgram();
  const before = new Mail(killed.endpointUrl, killed.outputs);
  await before.send('letter-1');
  killed.process.kill('SIGKILL');
  await once(killed.process, 'exit');

  const runtime = await start();
  const mail = new Mail(runtime.endpointUrl, runtime.outputs);
  expect(await mail.nextNotice()).toEqual({ id: 'letter-1' });
  await expect.poll(() => mail.stamp('letter-1')).toBe('letter-1');
});

test('tells what runs where, by itself and as CloudFormation does', async () => {
  const runtime = await start();
  const answer = await fetch(`${runtime.endpointUrl}/_runtime/resources`);
  expect(await answer.json()).toMatchObject({
    outputs: { InboxUrl: `${runtime.endpointUrl}/000000000000/mail-Inbox` },
    resources: { Letters: { type: 'AWS::DynamoDB::GlobalTable', physicalId: 'mail-Letters' } },
  });
  const client = new CloudFormationClient({ endpoint: runtime.endpointUrl });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'mail' }));
  expect(Stacks?.[0]?.Outputs).toContainEqual({ OutputKey: 'LettersTable', OutputValue: 'mail-Letters' });
  client.destroy();
});

test('a second runtime on the same data folder is refused and names the first', async () => {
  await start();
  await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
});

test('a resource that cannot be run stops the start with its name, and lets the data folder go', async () => {
  const otherApp = join(workFolder, 'other.out');
  await writeMiniApp(otherApp, (template) => ({
    ...template,
    Resources: { ...template.Resources, Photos: { Type: 'AWS::EFS::FileSystem' }, Net: { Type: 'AWS::EC2::VPC' } },
  }));
  const refused = start({ assemblyFolder: otherApp });
  await expect(refused).rejects.toThrow('Photos (AWS::EFS::FileSystem), Net (AWS::EC2::VPC)');
  await expect(start()).resolves.toHaveProperty('stackName', 'mail');
});

test('a damaged database is one line with the way out', async () => {
  writeFileSync(join(dataFolder, 'runtime.sqlite'), 'not a database '.repeat(200));
  await expect(start()).rejects.toMatchObject({ name: 'StartError', fault: 'DATABASE_DAMAGED' });
  await expect(start({ fresh: true })).resolves.toHaveProperty('stackName', 'mail');
});

test('a port in use ends the program with one line', async () => {
  const runtime = await start();
  const port = new URL(runtime.endpointUrl).port;
  const other = spawn(process.execPath, [
    mainProgram,
    '--assembly',
    assemblyFolder,
    '--data',
    join(dataFolder, 'b'),
    '--port',
    port,
  ]);
  let complaint = '';
  other.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [exitCode] = (await once(other, 'close')) as [number];
  expect(exitCode).toBe(1);
  expect(complaint).toMatch(new RegExp(`^error: Port ${port} is in use; .*\\n$`));
});

test('the program ends in order on SIGTERM', async () => {
  const program = await startProgram();
  program.process.kill('SIGTERM');
  expect(await once(program.process, 'exit')).toEqual([0, null]);
});

async function startProgram(): Promise<{
  process: ChildProcess;
  endpointUrl: string;
  outputs: Record<string, string>;
}> {
  const child = spawn(
    process.execPath,
    [mainProgram, '--assembly', assemblyFolder, '--data', dataFolder, '--port', '0'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  cleanUp.defer(() => void child.kill('SIGKILL'));
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += String(text);
    const endpointUrl = /AWS_ENDPOINT_URL=(\S+)/.exec(output)?.[1];
    if (!endpointUrl || !output.includes('ctrl-C')) continue;
    child.stdout.resume();
    const about = (await (await fetch(`${endpointUrl}/_runtime/resources`)).json()) as {
      outputs: Record<string, string>;
    };
    return { process: child, endpointUrl, outputs: about.outputs };
  }
  throw new Error(`The program ended before it was ready:\n${output}`);
}

test('waits are skipped within bounds only', async () => {
  const { endpointUrl } = await start();
  const skip = (body: string) => fetch(`${endpointUrl}/_runtime/skip-waits`, { method: 'POST', body });
  expect(await (await skip('')).json()).toEqual({ skipped: 0 });
  expect(await (await skip('{"withinSeconds":86400}')).json()).toEqual({ skipped: 0 });
  for (const body of ['{"withinSeconds":0}', '{"withinSeconds":86401}', '{"withinSeconds":"9"}', '[]', '{']) {
    expect((await skip(body)).status, body).toBe(400);
  }
});
