import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

const publish = (name: string, logicalId: string) =>
  declare(types, 'AWS::Lambda::Version', logicalId, { FunctionName: name });
const tableOf = (table: string): object => ({
  ...FUNCTION,
  FunctionName: 'notes',
  Environment: { Variables: { TABLE: table } },
});

test('versions and aliases lead to the function, and say which version ran', async () => {
  const { ref: name } = await declare(types, 'AWS::Lambda::Function', 'Notes', FUNCTION);
  const version = await publish(name, 'V');
  const alias = await declare(types, 'AWS::Lambda::Alias', 'Live', {
    FunctionName: name,
    Name: 'live',
    FunctionVersion: version.attributes['Version'],
  });
  expect(version.ref).toBe(`${arnOf(name)}:1`);
  expect(alias.ref).toBe(`${arnOf(name)}:live`);
  for (const reference of [version.ref, alias.ref]) {
    expect(await bench.service.invoke(reference, '{}')).toEqual({ payload: '"notes"', executedVersion: '1' });
  }
  for (const reference of [`${name}:2`, `${name}:beta`, `${name}:1:x`]) {
    await expect(bench.service.invoke(reference, '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  }
});

test('a version keeps what it was when a newer one comes, over restarts; an alias of two chooses by weight', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', tableOf('old'));
  expect((await publish('notes', 'V1')).attributes['Version']).toBe('1');
  await bench.crash();
  types = lambdaResourceTypes(bench.service, () => bench.folder);
  await declare(types, 'AWS::Lambda::Function', 'Notes', tableOf('new'));
  expect((await publish('notes', 'V2')).attributes['Version']).toBe('2');
  expect((await publish('notes', 'V2')).attributes['Version']).toBe('2');

  expect(await bench.service.invoke('notes:1', '{}')).toEqual({ payload: '"old"', executedVersion: '1' });
  expect(await bench.service.invoke('notes:2', '{}')).toEqual({ payload: '"new"', executedVersion: '2' });
  expect(await bench.service.invoke('notes', '{}')).toEqual({ payload: '"new"' });

  const weights = (weight: number): object => ({
    FunctionName: 'notes',
    Name: 'live',
    FunctionVersion: '2',
    RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '1', FunctionWeight: weight }] },
  });
  await declare(types, 'AWS::Lambda::Alias', 'Live', weights(1));
  expect(await bench.service.invoke('notes:live', '{}')).toEqual({ payload: '"old"', executedVersion: '1' });
  await declare(types, 'AWS::Lambda::Alias', 'Live', weights(0));
  expect(await bench.service.invoke('notes:live', '{}')).toEqual({ payload: '"new"', executedVersion: '2' });
});

test('a version runs the code that it was published with, when the assets are gone and after a restart', async () => {
  const assets = ['old', 'new'].map((word) => {
    const folder = join(bench.folder, `asset-${word}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.mjs'), `export const handler = async () => '${word}';`);
    return folder;
  });
  const deploy = async (asset: string, logicalId: string): Promise<void> => {
    types = lambdaResourceTypes(bench.service, () => asset);
    await declare(types, 'AWS::Lambda::Function', 'Notes', tableOf('notes'));
    await publish('notes', logicalId);
  };
  await deploy(assets[0]!, 'V1');
  await deploy(assets[1]!, 'V2');
  rmSync(assets[0]!, { recursive: true });
  expect(await bench.service.invoke('notes:1', '{}')).toEqual({ payload: '"old"', executedVersion: '1' });
  await bench.crash();
  await deploy(assets[1]!, 'V2');
  expect(await bench.service.invoke('notes:1', '{}')).toEqual({ payload: '"old"', executedVersion: '1' });
  expect(await bench.service.invoke('notes:2', '{}')).toEqual({ payload: '"new"', executedVersion: '2' });

  await bench.service.deleteVersion('notes', 1);
  expect(readdirSync(join(bench.folder, 'function-code'))).toEqual([]);
  expect(await bench.service.invoke('notes:2', '{}')).toEqual({ payload: '"new"', executedVersion: '2' });
});

test('the version of a template that comes back is again the function as it is', async () => {
  for (const [table, logicalId] of [
    ['a', 'VA'],
    ['b', 'VB'],
    ['a', 'VA'],
  ] as const) {
    await declare(types, 'AWS::Lambda::Function', 'Notes', tableOf(table));
    await publish('notes', logicalId);
  }
  expect(bench.service.runner('notes:1')).toBe(bench.service.runner('notes'));
  expect(bench.service.runner('notes:2')).not.toBe(bench.service.runner('notes'));
});

describe('a changed value of a deployment', () => {
  const deploy = async (payUrl: string, description?: string): Promise<string> => {
    const functionProperties = { ...tableOf('notes'), Environment: { Variables: { TABLE: payUrl } } };
    await declare(types, 'AWS::Lambda::Function', 'Notes', functionProperties);
    const version = await declare(types, 'AWS::Lambda::Version', 'V', {
      FunctionName: 'notes',
      ...(description !== undefined && { Description: description }),
    });
    const FunctionVersion = version.attributes['Version']!;
    await declare(types, 'AWS::Lambda::Alias', 'Live', { FunctionName: 'notes', Name: 'live', FunctionVersion });
    return FunctionVersion;
  };
  const seenBy = async (reference: string): Promise<unknown> =>
    JSON.parse((await bench.service.invoke(reference, '{}')).payload ?? '');
  const restart = async (): Promise<void> => {
    await bench.crash();
    types = lambdaResourceTypes(bench.service, () => bench.folder);
  };

  test('reaches who calls the alias when the version’s description follows it, and older versions keep theirs', async () => {
    expect(await deploy('https://one', 'https://one')).toBe('1');
    await restart();
    expect(await deploy('https://two', 'https://two')).toBe('2');
    expect(await seenBy('notes:live')).toBe('https://two');
    expect(await seenBy('notes:1')).toBe('https://one');
    await restart();
    expect(await deploy('https://two', 'https://two')).toBe('2');
  });

  test('does not reach who calls the alias when the version stays the same, as on AWS', async () => {
    await deploy('https://one');
    for (const isTold of [deploy, async (payUrl: string) => (await restart(), deploy(payUrl))]) {
      expect(await isTold('https://two')).toBe('1');
      expect(await seenBy('notes:live')).toBe('https://one');
      expect(await seenBy('notes')).toBe('https://two');
    }
    await deploy('https://one');
    expect(bench.service.runner('notes:live')).toBe(bench.service.runner('notes'));
  });

  test('that is taken up while the function runs leaves a version that stays the same as it was', async () => {
    await deploy('https://one');
    const { settings } = bench.service.runner('notes');
    bench.service.prepareReplacement({ ...settings, variables: { TABLE: 'https://two' } })!();
    expect(await seenBy('notes:live')).toBe('https://one');
    bench.service.prepareReplacement(settings)!();
    expect(bench.service.runner('notes:live')).toBe(bench.service.runner('notes'));
  });

  test('is none when only the ports of this machine are others', async () => {
    expect(await deploy('http://127.0.0.1:4000/pay', 'http://127.0.0.1:4000/pay')).toBe('1');
    await restart();
    expect(await deploy('http://127.0.0.1:5000/pay', 'http://127.0.0.1:5000/pay')).toBe('1');
    expect(await seenBy('notes:live')).toBe('http://127.0.0.1:5000/pay');
  });
});

test('an alias of a version that is not there stops the start', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', tableOf('notes'));
  const properties = { FunctionName: 'notes', Name: 'live', FunctionVersion: '7' };
  await expect(declare(types, 'AWS::Lambda::Alias', 'Live', properties)).rejects.toThrow(/Live .*the version 7/);
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
  ...['nobody', 'nobody:7', 'arn:aws:lambda:us-east-1:000000000000:function:nobody:live'].flatMap(
    (FunctionName) =>
      [
        [
          `the function ${FunctionName}`,
          'AWS::Lambda::EventSourceMapping',
          { EventSourceArn: QUEUE_ARN, FunctionName },
        ],
        [`the function ${FunctionName}`, 'AWS::Lambda::EventInvokeConfig', { FunctionName }],
      ] satisfies [string, string, object][],
  ),
])('%s stops the start with the name of the resource', async (what, type, properties) => {
  const declared = declare(types, type, 'Culprit', properties);
  await expect(declared).rejects.toMatchObject({ name: 'UnsupportedFeature' });
  await expect(declared).rejects.toThrow(`Culprit (${type}): ${what}`);
});

test('an EventInvokeConfig counts for what names its qualifier, and for nothing else', async () => {
  await declare(types, 'AWS::Lambda::Function', 'Notes', {
    ...FUNCTION,
    FunctionName: 'notes',
    Handler: 'index.missing',
  });
  await publish('notes', 'V');
  await declare(types, 'AWS::Lambda::Alias', 'Live', { FunctionName: 'notes', Name: 'live', FunctionVersion: '1' });
  await declare(types, 'AWS::Lambda::EventInvokeConfig', 'Config', {
    FunctionName: 'notes',
    Qualifier: 'live',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
  });
  await bench.service.invokeAsync('notes', '{}');
  await bench.service.settled();
  expect(bench.delivered).toEqual([]);
  await bench.service.invokeAsync('notes:live', '{}');
  await bench.service.settled();
  expect(bench.delivered.map(({ targetArn }) => targetArn)).toEqual([QUEUE_ARN]);
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
