import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CloudFormationApi } from './cloudformation-api.ts';

const service = new CloudFormationApi(() => ({
  stackName: 'shop',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop/1',
  startedAtMs: Date.UTC(2026, 0, 1),
  outputs: { QueueUrl: 'http://localhost/q?a=1&b=<2>' },
  parameters: { Size: '1' },
  resources: [{ logicalId: 'Queue', physicalId: 'shop-Queue', type: 'AWS::SQS::Queue' }],
}));

let server: Server;
let client: CloudFormationClient;

beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray());
    const answer = await service.route({
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      query: new URLSearchParams(),
      headers: incoming.headers as Record<string, string>,
      body,
      call: { requestId: 'r-1', signal: AbortSignal.timeout(10_000) },
    });
    outgoing.writeHead(answer?.statusCode ?? 404, answer?.headers).end(answer?.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new CloudFormationClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});

afterAll(() => {
  client.destroy();
  server.close();
});

test('a client reads the outputs of the stack, whatever characters they hold', async () => {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'shop' }));
  expect(Stacks?.[0]).toMatchObject({
    StackName: 'shop',
    StackStatus: 'CREATE_COMPLETE',
    Outputs: [{ OutputKey: 'QueueUrl', OutputValue: 'http://localhost/q?a=1&b=<2>' }],
    Parameters: [{ ParameterKey: 'Size', ParameterValue: '1' }],
  });
});

test('a client lists the resources of the stack', async () => {
  const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName: 'shop' }));
  expect(StackResourceSummaries).toMatchObject([{ LogicalResourceId: 'Queue', PhysicalResourceId: 'shop-Queue' }]);
});

test('a stack that does not run here is a ValidationError that names the one that does', async () => {
  await expect(client.send(new DescribeStacksCommand({ StackName: 'other' }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining('shop runs here'),
  });
});
