import { expect, test } from 'vitest';
import { SDK_SERVICES } from './sdk-services.ts';
import { fromService, toService } from './sdk-values.ts';

test.each([
  [
    'sfn',
    { StateMachineArn: 'm', Tags: [{ Key: 'a', Value: 'B' }] },
    { stateMachineArn: 'm', tags: [{ key: 'a', value: 'B' }] },
  ],
  ['cloudwatchlogs', { LogGroupName: 'g', Tags: { Team: 'x' } }, { logGroupName: 'g', tags: { Team: 'x' } }],
  ['dynamodb', { Item: { createdTime: { S: '2026-01-01' } } }, { Item: { createdTime: { S: '2026-01-01' } } }],
  ['eventbridge', { Entries: [{ Time: '2026-01-01T00:00:00Z' }] }, { Entries: [{ Time: 1_767_225_600 }] }],
  ['sqs', { QueueUrl: 'q', DelaySeconds: 5 }, { QueueUrl: 'q', DelaySeconds: 5 }],
] as const)('%s takes its parameters as its API has them', (name, parameters, expected) => {
  expect(toService(SDK_SERVICES[name], parameters)).toEqual(expected);
});

test.each([
  [
    'sfn',
    { executionArn: 'e', startDate: 1_767_225_600.5 },
    { ExecutionArn: 'e', StartDate: '2026-01-01T00:00:00.500Z' },
  ],
  ['secretsmanager', { CreatedDate: 1_767_225_600 }, { CreatedDate: '2026-01-01T00:00:00Z' }],
  [
    'cloudwatchlogs',
    { logGroups: [{ creationTime: 1_767_225_600_000 }] },
    { LogGroups: [{ CreationTime: 1_767_225_600_000 }] },
  ],
  [
    'dynamodb',
    { Item: { paidDate: { N: '5' }, done: { BOOL: true } } },
    { Item: { paidDate: { N: '5' }, done: { BOOL: true } } },
  ],
] as const)('results of %s are in PascalCase, with times as text', (name, answer, expected) => {
  expect(fromService(SDK_SERVICES[name], answer)).toEqual(expected);
});
