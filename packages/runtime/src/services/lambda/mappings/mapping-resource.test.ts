import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ResourceType } from '../../../assembly/resource-type.ts';
import { declare } from '../../testing/test-stack.ts';
import { lambdaResourceTypes } from '../resource-types.ts';
import { arnOf, LambdaBench, QUEUE_ARN, STREAM_ARN } from '../testing/lambda-under-test.ts';
import { mappingConfiguration } from './mapping-configuration.ts';

let bench: LambdaBench;
let types: Record<string, ResourceType>;

beforeEach(() => {
  bench = new LambdaBench();
  writeFileSync(join(bench.folder, 'index.mjs'), 'export const handler = async () => undefined;');
  types = lambdaResourceTypes(bench.service, () => bench.folder);
});
afterEach(() => bench[Symbol.asyncDispose]());

const NOTES = {
  FunctionName: 'notes',
  Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
  Handler: 'index.handler',
  Runtime: 'nodejs24.x',
};

test.each(['7', 'live'])(
  'a mapping of the qualifier %s that a function does not have stops the start',
  async (qualifier) => {
    await declare(types, 'AWS::Lambda::Function', 'Notes', NOTES);
    const properties = { EventSourceArn: QUEUE_ARN, FunctionName: `notes:${qualifier}` };
    await expect(declare(types, 'AWS::Lambda::EventSourceMapping', 'Mapping', properties)).rejects.toThrow(
      `the function notes:${qualifier}, which is not there`,
    );
  },
);

test.each([
  [
    'stream',
    STREAM_ARN,
    /^The event source arn \(" .* "\) and function \(" .*notes "\) provided mapping already exists/,
  ],
  ['queue', QUEUE_ARN, /^An event source mapping with SQS arn \(" .* "\) and function \(" .*notes "\) already exists/],
])(
  'a second mapping of the same %s and function is refused, also by another name of it',
  async (_kind, source, words) => {
    await declare(types, 'AWS::Lambda::Function', 'Notes', NOTES);
    const map = (id: string, FunctionName: string) =>
      declare(types, 'AWS::Lambda::EventSourceMapping', id, {
        EventSourceArn: source,
        FunctionName,
        StartingPosition: 'LATEST',
      });
    const { ref } = await map('First', 'notes');
    await map('First', 'notes');
    await expect(map('Second', arnOf('notes'))).rejects.toMatchObject({
      code: 'ResourceConflictException',
      message: expect.stringMatching(words),
    });
    await expect(map('Second', 'notes')).rejects.toThrow(`existing mapping with UUID ${ref}`);
  },
);

test('two mappings of one source and two names of a function are two', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', NOTES);
  await declare(types, 'AWS::Lambda::Version', 'V', { FunctionName: 'notes' });
  for (const Name of ['live', 'slow']) {
    await declare(types, 'AWS::Lambda::Alias', Name, { FunctionName: 'notes', Name, FunctionVersion: '1' });
    const properties = { EventSourceArn: STREAM_ARN, FunctionName: `notes:${Name}`, StartingPosition: 'LATEST' };
    await declare(types, 'AWS::Lambda::EventSourceMapping', `Of${Name}`, properties);
  }
  expect(bench.service.mappings.all()).toHaveLength(2);
});

test.each(['notes:live', arnOf('notes:live'), '000000000000:function:notes:live'])(
  'a mapping of %s shows the whole ARN of what it calls',
  async (FunctionName) => {
    await declare(types, 'AWS::Lambda::Function', 'Notes', NOTES);
    await declare(types, 'AWS::Lambda::Version', 'V', { FunctionName: 'notes' });
    await declare(types, 'AWS::Lambda::Alias', 'Live', { FunctionName: 'notes', Name: 'live', FunctionVersion: '1' });
    const properties = { EventSourceArn: QUEUE_ARN, FunctionName };
    const { ref } = await declare(types, 'AWS::Lambda::EventSourceMapping', 'Mapping', properties);
    expect(mappingConfiguration(bench.service.mappings.byUuid(ref))['FunctionArn']).toBe(arnOf('notes:live'));
  },
);

test('a stream mapping reads its limits, -1 meaning none', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', NOTES);
  const { ref } = await declare(types, 'AWS::Lambda::EventSourceMapping', 'Mapping', {
    EventSourceArn: STREAM_ARN,
    FunctionName: 'notes',
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
