import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveAws } from '../testing/serve-aws.ts';
import { cloudFormationApi } from './cloudformation-api.ts';

const STACK_ID = 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop/1';
const api = cloudFormationApi(() => ({
  stackName: 'shop',
  stackId: STACK_ID,
  startedAtMs: Date.UTC(2026, 0, 1),
  outputs: { QueueUrl: 'http://localhost/q?a=1&b=<2>' },
  exports: { QueueUrl: 'shop-queue' },
  templateBody: '{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}',
  parameters: { Size: '1' },
  resources: [
    { logicalId: 'Queue', physicalId: 'shop-Queue', type: 'AWS::SQS::Queue' },
    { logicalId: 'Topic', physicalId: 'arn:topic', type: 'AWS::SNS::Topic' },
  ],
}));

let served: Awaited<ReturnType<typeof serveAws>>;
let client: CloudFormationClient;
const StackName = 'shop';

beforeAll(async () => {
  served = await serveAws({ query: [api] });
  client = new CloudFormationClient({
    endpoint: served.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});

afterAll(async () => {
  client.destroy();
  await served.close();
});

test('a client reads the outputs of the stack, whatever characters they hold', async () => {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks?.[0]).toMatchObject({
    StackName: 'shop',
    StackStatus: 'CREATE_COMPLETE',
    Outputs: [{ OutputKey: 'QueueUrl', OutputValue: 'http://localhost/q?a=1&b=<2>', ExportName: 'shop-queue' }],
    Parameters: [{ ParameterKey: 'Size', ParameterValue: '1' }],
  });
});

test('a client lists the resources of the stack, and reads one', async () => {
  const queue = { LogicalResourceId: 'Queue', PhysicalResourceId: 'shop-Queue', ResourceStatus: 'CREATE_COMPLETE' };
  const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName }));
  expect(StackResourceSummaries).toMatchObject([queue, { LogicalResourceId: 'Topic' }]);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  expect(StackResources).toMatchObject([queue, { LogicalResourceId: 'Topic' }]);
  const one = await client.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Queue' }));
  expect(one.StackResourceDetail).toMatchObject({ ...queue, StackName });
});

test('a client reads one resource by either of its ids', async () => {
  const byLogicalId = new DescribeStackResourcesCommand({ StackName, LogicalResourceId: 'Topic' });
  expect((await client.send(byLogicalId)).StackResources).toMatchObject([{ LogicalResourceId: 'Topic' }]);
  // The stack to which it belongs, as documented.
  const byPhysicalId = new DescribeStackResourcesCommand({ PhysicalResourceId: 'shop-Queue' });
  expect((await client.send(byPhysicalId)).StackResources).toHaveLength(2);
});

test('a client lists stacks and exports', async () => {
  const { StackSummaries } = await client.send(new ListStacksCommand({}));
  expect(StackSummaries).toMatchObject([{ StackName, StackId: STACK_ID }]);
  const { Exports } = await client.send(new ListExportsCommand({}));
  expect(Exports).toEqual([{ ExportingStackId: STACK_ID, Name: 'shop-queue', Value: 'http://localhost/q?a=1&b=<2>' }]);
});

test('a client reads what happened, newest first, and the template', async () => {
  const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName }));
  expect(StackEvents?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['shop', 'Topic', 'Queue']);
  const { TemplateBody, StagesAvailable } = await client.send(new GetTemplateCommand({ StackName }));
  expect(JSON.parse(TemplateBody ?? '')).toHaveProperty('Resources.Queue');
  expect(StagesAvailable).toEqual(['Original', 'Processed']);
});

describe('refused', () => {
  test('a stack that does not run here, naming the one that does', async () => {
    await expect(client.send(new DescribeStacksCommand({ StackName: 'other' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('shop runs here'),
    });
  });

  test('a resource that is not in the stack', async () => {
    const describe = new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'toString' });
    await expect(client.send(describe)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Resource toString does not exist for stack shop',
    });
  });

  const missing = (member: string) =>
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;
  const badName = (name: string) =>
    `Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: ` +
    '[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*';

  const COMMANDS = {
    DescribeStackEventsCommand,
    DescribeStackResourceCommand,
    DescribeStackResourcesCommand,
    DescribeStacksCommand,
    GetTemplateCommand,
    ListStackResourcesCommand,
  } as unknown as Readonly<Record<string, new (input: object) => DescribeStacksCommand>>;

  test.each<[string, object, string]>([
    ['ListStackResourcesCommand', {}, missing('stackName')],
    ['DescribeStackEventsCommand', {}, missing('stackName')],
    ['GetTemplateCommand', {}, missing('stackName')],
    ['DescribeStackResourceCommand', { LogicalResourceId: 'Queue' }, missing('stackName')],
    ['DescribeStackResourceCommand', { StackName }, missing('logicalResourceId')],
    [
      'DescribeStackResourceCommand',
      {},
      `2 validation errors detected: ${missing('stackName').slice(29)}; ${missing('logicalResourceId').slice(29)}`,
    ],
    ['DescribeStacksCommand', { StackName: 'a_b' }, `1 validation error detected: ${badName('a_b')}`],
    ['ListStackResourcesCommand', { StackName: '1a' }, `1 validation error detected: ${badName('1a')}`],
    [
      'DescribeStacksCommand',
      { StackName: '' },
      `2 validation errors detected: ${badName('')}; Value '' at 'stackName' failed to satisfy constraint: ` +
        'Member must have length greater than or equal to 1',
    ],
    ['DescribeStackResourcesCommand', {}, 'Either StackName or PhysicalResourceId must be specified'],
    ['DescribeStackResourcesCommand', { PhysicalResourceId: 'nobody' }, 'Stack for nobody does not exist'],
    [
      'DescribeStackResourcesCommand',
      { StackName, PhysicalResourceId: 'shop-Queue' },
      'StackName and PhysicalResourceId cannot both be specified',
    ],
    [
      'DescribeStackResourcesCommand',
      { StackName, LogicalResourceId: 'toString' },
      'Resource toString does not exist for stack shop',
    ],
  ])('%s of %j, in the words of AWS', async (name, input, message) => {
    // Members that are required are left out on purpose.
    const refusal = client.send(new COMMANDS[name]!(input));
    await expect(refusal).rejects.toMatchObject({ name: 'ValidationError', message });
  });

  test('an action that is not served, by its name and the page that lists the others', async () => {
    await expect(client.send(new CreateStackCommand({ StackName }))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: expect.stringMatching(/^cloudformation CreateStack is not served .*compatibility/),
    });
  });
});
