import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from '../config.ts';
import { permissionLines, statementsByRole } from '../testing/permissions.ts';
import { aFunction, onlyResource, resourcesOf, testApp, testPlatform } from '../testing/synthesized-stack.ts';
import { ShopTable } from './shop-table.ts';

function aStack() {
  const stack = new Stack(testApp(), 'Stack');
  const platform = testPlatform();
  return {
    stack,
    platform,
    index: { name: 'ByOwner', partitionKey: 'owner', sortKey: 'since', projection: 'KEYS' } as const,
  };
}

test('the logical id of a table is its name in the code, wherever its construct moves', () => {
  const { stack, platform } = aStack();
  new ShopTable(stack, 'Parcels', { platform, partitionKey: 'parcelId' });
  expect(Object.keys(resourcesOf(Template.fromStack(stack), 'AWS::DynamoDB::GlobalTable'))).toEqual(['ParcelsTable']);
});

test('a grant names its actions, and covers an index only when the index is named', () => {
  const { stack, platform, index } = aStack();
  const table = new ShopTable(stack, 'Parcels', { platform, partitionKey: 'parcelId', indexes: [index] });
  const worker = aFunction(stack, platform);
  table.grant(worker, 'GetItem', 'PutItem');
  table.grantIndexQuery(worker, 'ByOwner');
  const [statements = []] = statementsByRole(Template.fromStack(stack)).values();
  expect(permissionLines(statements).filter((line) => line.startsWith('ParcelsTable'))).toEqual([
    'ParcelsTable/index/ByOwner: dynamodb:Query',
    'ParcelsTable: dynamodb:GetItem dynamodb:PutItem',
  ]);
});

test('a key of ours encrypts the table though its region is not known yet', () => {
  const { stack, platform } = aStack();
  const encryptionKey = new Key(stack, 'Key');
  new ShopTable(stack, 'Parcels', { platform: { ...platform, encryptionKey }, partitionKey: 'parcelId' });
  expect(onlyResource(Template.fromStack(stack), 'AWS::DynamoDB::GlobalTable').Properties).toMatchObject({
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    Replicas: [{ SSESpecification: { KMSMasterKeyId: stack.resolve(encryptionKey.keyArn) as object } }],
  });
});

test('an environment that keeps its data protects the table', () => {
  const { stack, platform } = aStack();
  new ShopTable(stack, 'Parcels', {
    platform: { ...platform, settings: ENVIRONMENTS.prod },
    partitionKey: 'parcelId',
  });
  expect(onlyResource(Template.fromStack(stack), 'AWS::DynamoDB::GlobalTable')).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
  });
});

test('the stream of a table without one is asked for in vain', () => {
  const { stack, platform } = aStack();
  const table = new ShopTable(stack, 'Parcels', { platform, partitionKey: 'parcelId' });
  expect(() => table.streamArn).toThrow(/has no stream/u);
});
