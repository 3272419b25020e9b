import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ResourceType } from '../../assembly/resource-type.ts';
import { declare } from '../testing/test-stack.ts';
import { lambdaResourceTypes } from './resource-types.ts';
import { arnOf, LambdaBench, QUEUE_ARN, STREAM_ARN } from './testing/lambda-under-test.ts';

let bench: LambdaBench;
let types: Record<string, ResourceType>;

beforeEach(() => {
  bench = new LambdaBench();
  writeFileSync(join(bench.folder, 'index.mjs'), 'export const handler = async () => process.env.TABLE;');
  types = lambdaResourceTypes(bench.service, (s3Key) => (s3Key === 'code.zip' ? bench.folder : '/nowhere'));
});
afterEach(() => bench[Symbol.asyncDispose]());

const FUNCTION = {
  Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
  Handler: 'index.handler',
  Runtime: 'nodejs24.x',
  Environment: { Variables: { TABLE: 'notes' } },
};

test('a function without a name gets one from the stack, and runs', async () => {
  const { ref, attributes } = await declare(types, 'AWS::Lambda::Function', 'Notes', FUNCTION);
  expect(ref).toBe('test-stack-Notes');
  expect(attributes['Arn']).toBe(arnOf('test-stack-Notes'));
  expect(await bench.service.invoke(attributes['Arn'] ?? '', '{}')).toEqual({ payload: '"notes"' });
});

test('defaults are those of Lambda, and the log group is the one that the template names', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', {
    ...FUNCTION,
    FunctionName: 'notes',
    LoggingConfig: { LogGroup: 'own-group', LogFormat: 'JSON', SystemLogLevel: 'WARN' },
  });
  expect(bench.service.runner('notes').settings).toMatchObject({
    timeoutMs: 3000,
    memorySizeMb: 128,
    logging: { logGroup: 'own-group', format: 'JSON', applicationLogLevel: 'INFO', systemLogLevel: 'WARN' },
  });
});

test('versions and aliases lead to the function', async () => {
  const { ref: name } = await declare(types, 'AWS::Lambda::Function', 'Notes', FUNCTION);
  const version = await declare(types, 'AWS::Lambda::Version', 'V', { FunctionName: name });
  const alias = await declare(types, 'AWS::Lambda::Alias', 'Live', {
    FunctionName: name,
    Name: 'live',
    FunctionVersion: version.attributes['Version'],
  });
  expect(alias.ref).toBe(`${arnOf(name)}:live`);
  for (const reference of [version.ref, alias.ref]) {
    expect(await bench.service.invoke(reference, '{}')).toEqual({ payload: '"notes"' });
  }
});

test.each([
  ['a layer', 'AWS::Lambda::Function', { ...FUNCTION, Layers: ['arn:layer'] }],
  ['a container image', 'AWS::Lambda::Function', { PackageType: 'Image', Code: { ImageUri: 'image' } }],
  ['inline code', 'AWS::Lambda::Function', { ...FUNCTION, Code: { ZipFile: 'exports.handler = 1' } }],
  ['a VPC', 'AWS::Lambda::Function', { ...FUNCTION, VpcConfig: { SubnetIds: ['subnet-1'] } }],
  ['the runtime python3.13', 'AWS::Lambda::Function', { ...FUNCTION, Runtime: 'python3.13' }],
  ['a function URL', 'AWS::Lambda::Url', {}],
  ['the event source arn:aws:kinesis', 'AWS::Lambda::EventSourceMapping', { EventSourceArn: 'arn:aws:kinesis:x' }],
  ['a tumbling window', 'AWS::Lambda::EventSourceMapping', { EventSourceArn: STREAM_ARN, TumblingWindowInSeconds: 30 }],
])('%s stops the start with the name of the resource', async (what, type, properties) => {
  const declared = declare(types, type, 'Culprit', properties);
  await expect(declared).rejects.toMatchObject({ name: 'UnsupportedFeature' });
  await expect(declared).rejects.toThrow(`Culprit (${type}): ${what}`);
});

test('a stream mapping reads its limits, -1 meaning none', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', FUNCTION);
  const { ref } = await declare(types, 'AWS::Lambda::EventSourceMapping', 'Mapping', {
    EventSourceArn: STREAM_ARN,
    FunctionName: 'test-stack-Notes',
    StartingPosition: 'LATEST',
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 8,
    MaximumRecordAgeInSeconds: -1,
    DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
    FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
  });
  expect(ref).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  expect(bench.service.mappings.byUuid(ref).settings).toMatchObject({
    batchSize: 100,
    filterPatterns: ['{"eventName":["INSERT"]}'],
    stream: {
      startingPosition: 'LATEST',
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 8,
      maximumRecordAgeSeconds: Infinity,
      onFailureArn: QUEUE_ARN,
    },
  });
});

test('an EventInvokeConfig sets retries and destinations', async () => {
  const { ref } = await declare(types, 'AWS::Lambda::Function', 'Notes', { ...FUNCTION, Handler: 'index.missing' });
  await declare(types, 'AWS::Lambda::EventInvokeConfig', 'Config', {
    FunctionName: ref,
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
  });
  await bench.service.invokeAsync(ref, '{}');
  await bench.service.settled();
  expect(bench.delivered.map(({ targetArn }) => targetArn)).toEqual([QUEUE_ARN]);
});
