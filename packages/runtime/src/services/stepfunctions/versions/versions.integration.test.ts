import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  ListStateMachineVersionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveAws } from '../../testing/serve-aws.ts';
import { stepFunctionsApi } from '../stepfunctions-api.ts';
import { ROLE, StepFunctionsHarness } from '../testing/stepfunctions-under-test.ts';

let stepFunctions: StepFunctionsHarness;
let server: Awaited<ReturnType<typeof serveAws>>;
let client: SFNClient;

beforeEach(async () => {
  stepFunctions = new StepFunctionsHarness();
  server = await serveAws({ json: [stepFunctionsApi(stepFunctions.service)] });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SFNClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await server.close();
  await stepFunctions.close();
});

test('an SDK client publishes, routes and starts; errors have the names that it knows', async () => {
  const definition = '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}}';
  const created = await client.send(
    new CreateStateMachineCommand({ name: 'm', definition, roleArn: ROLE, publish: true, versionDescription: 'one' }),
  );
  const { stateMachineArn, stateMachineVersionArn } = created;
  const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
  const alias = await client.send(new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }));
  const { stateMachineAliasArn } = alias;

  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: stateMachineAliasArn }));
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    stateMachineArn,
    stateMachineVersionArn,
    stateMachineAliasArn,
  });
  const { stateMachineVersions } = await client.send(new ListStateMachineVersionsCommand({ stateMachineArn }));
  expect(stateMachineVersions).toMatchObject([{ stateMachineVersionArn, creationDate: expect.any(Date) }]);

  const unknown = `${stateMachineArn}:prod`;
  await expect(client.send(new StartExecutionCommand({ stateMachineArn: unknown }))).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
  });
  await expect(
    client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: unknown })),
  ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await expect(
    client.send(new DeleteStateMachineCommand({ stateMachineArn: stateMachineVersionArn })),
  ).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});
