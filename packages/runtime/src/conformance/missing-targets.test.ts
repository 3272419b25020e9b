/** What a rule sends to a target that does not exist is in the target's dead-letter queue, and says why. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { ReceiveMessageCommand, SQSClient, type MessageAttributeValue } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRuntime, type Runtime } from '../runtime/runtime.ts';
import { writeMiniApp } from '../testing/mini-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'missing-targets-'));
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
let runtime: Runtime;
let bus: EventBridgeClient;
let queues: SQSClient;

beforeAll(async () => {
  await writeMiniApp(join(folder, 'cdk.out'));
  runtime = await startRuntime({ assemblyFolder: join(folder, 'cdk.out'), dataFolder: join(folder, 'data'), port: 0 });
  const client = { endpoint: runtime.endpointUrl, region: 'us-east-1', credentials };
  bus = new EventBridgeClient(client);
  queues = new SQSClient(client);
});
afterAll(async () => {
  bus?.destroy();
  queues?.destroy();
  await runtime?.stop();
  rmSync(folder, { recursive: true });
});

const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

/** The codes are of the user guide, "Using dead-letter queues to process undelivered events". */
test.each([
  ['queue', arn('sqs', 'gone'), /does not exist/],
  ['function', arn('lambda', 'function:gone'), /Function not found/],
  ['function-elsewhere', 'arn:aws:lambda:eu-west-1:111111111111:function:$FileLetter', /Function not found/],
  ['function-version', arn('lambda', 'function:$FileLetter:7'), /Function not found/],
  ['function-alias', arn('lambda', 'function:$FileLetter:live'), /Function not found/],
  ['state-machine', arn('states', 'stateMachine:gone'), /State Machine Does Not Exist/],
  ['version', arn('states', 'stateMachine:gone:7'), /State Machine Does Not Exist/],
  ['version-of-a-machine', '$Stamping:7', /State Machine Does Not Exist/],
  ['alias-of-a-machine', '$Stamping:live', /State Machine Does Not Exist/],
  ['bus', arn('events', 'event-bus/gone'), /Event bus gone does not exist/],
  ['bus-elsewhere', 'arn:aws:events:eu-west-1:111111111111:event-bus/mail', /Event bus mail does not exist/],
  ['queue-elsewhere', 'arn:aws:sqs:eu-west-1:111111111111:gone', /does not exist/],
  ['log-group', arn('logs', 'log-group:gone'), /does not exist/],
])('a missing %s', async (Name, form, message) => {
  const Arn = form.replace(/\$(\w+)/, (_, id: string) => runtime.resources[id]?.physicalId ?? '');
  const { ref: QueueUrl, arn: deadLetterArn } = notices();
  const source = `to.${Name}`;
  const { RuleArn } = await bus.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ source: [source] }) }));
  const RoleArn = 'arn:aws:iam::000000000000:role/r';
  const target = { Id: 't', Arn, RoleArn, DeadLetterConfig: { Arn: deadLetterArn } };
  await bus.send(new PutTargetsCommand({ Rule: Name, Targets: [target] }));
  const { Entries } = await bus.send(
    new PutEventsCommand({ Entries: [{ Source: source, DetailType: 'Sent', Detail: '{"n":1}' }] }),
  );
  const receive = { QueueUrl, WaitTimeSeconds: 20, MessageAttributeNames: ['All'], VisibilityTimeout: 3600 };
  const { Messages = [] } = await queues.send(new ReceiveMessageCommand(receive));
  expect(Messages).toHaveLength(1);
  expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({ id: Entries?.[0]?.EventId, source, detail: { n: 1 } });
  expect(textsOf(Messages[0]?.MessageAttributes)).toEqual({
    RULE_ARN: RuleArn,
    TARGET_ARN: Arn,
    ERROR_CODE: 'NO_RESOURCE',
    ERROR_MESSAGE: expect.stringMatching(message),
    RETRY_ATTEMPTS: '0',
  });
});

function notices(): { ref: string; arn: string } {
  const { physicalId: ref = '', attributes } = runtime.resources['Notices'] ?? {};
  return { ref, arn: attributes?.['Arn'] ?? '' };
}

function textsOf(attributes: Record<string, MessageAttributeValue> = {}): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]));
}
