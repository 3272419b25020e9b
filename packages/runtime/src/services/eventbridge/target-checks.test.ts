import { describe, expect, test } from 'vitest';
import { eventsUnderTest, functionArn } from './testing/eventbridge-under-test.ts';
import type { Target } from './target.ts';

const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const RoleArn = 'arn:aws:iam::000000000000:role/r';
const UUID = '11112222-3333-4444-5555-666677778888';

const malformed = (text: string): string =>
  `Parameter ${text} is not valid. Reason: Provided Arn is not in correct format.`;

/** Words of AWS as recorded by others, with where. */
const CFN_LINT = 'aws-cloudformation/cfn-lint issue 4505';
const MOTO = 'getmoto/moto, tests of PutTargets';
const PREFLIGHT = 'badmintoncryer/cdk-preflight, measured 2026-09-07';
const GLUE = 'AWS refuses a Glue job so, which is no target, and a log group with more behind its name';
/** API reference, Target; the words are ours. */
const REFERENCE = 'API reference, Target';
const OURS = 'a target on AWS that does not run here';

const REFUSED: readonly (readonly [what: string, target: Partial<Target>, message: string, source: string])[] = [
  ['what is no ARN', { Arn: 'not-an-arn' }, malformed('not-an-arn'), MOTO],
  ['an ARN without a resource', { Arn: arn('sqs', '') }, malformed(arn('sqs', '')), MOTO],
  ['an ARN without an account', { Arn: 'arn:aws:sqs:us-east-1::q' }, malformed('arn:aws:sqs:us-east-1::q'), MOTO],
  ['a layer of Lambda', { Arn: arn('lambda', 'layer:l:1') }, malformed(arn('lambda', 'layer:l:1')), GLUE],
  ['an execution', { Arn: arn('states', 'execution:m:e'), RoleArn }, malformed(arn('states', 'execution:m:e')), GLUE],
  ['a stream of a log group', { Arn: arn('logs', 'log-group:g:s') }, malformed(arn('logs', 'log-group:g:s')), GLUE],
  ['a rule', { Arn: arn('events', 'rule/r') }, malformed(arn('events', 'rule/r')), GLUE],
  [
    'an API destination by its name',
    { Arn: arn('events', 'api-destination/d') },
    malformed(arn('events', 'api-destination/d')),
    'getmoto/moto 4063: the ARN ends in an id',
  ],
  [
    'an API destination in its old form',
    { Arn: arn('events', `destination/d/${UUID}`) },
    malformed(arn('events', `destination/d/${UUID}`)),
    'getmoto/moto 4063',
  ],
  [
    'an API destination, which does not run here',
    { Arn: arn('events', `api-destination/d/${UUID}`), RoleArn },
    `The embedded runtime does not deliver to ${arn('events', `api-destination/d/${UUID}`)}.`,
    OURS,
  ],
  [
    'a stream, which does not run here',
    { Arn: arn('kinesis', 'stream/s'), RoleArn },
    `The embedded runtime does not deliver to ${arn('kinesis', 'stream/s')}.`,
    OURS,
  ],
  ['a role', { Arn: 'arn:aws:iam::000000000000:role/r' }, 'iam is not a supported service for a target.', CFN_LINT],
  ['a bucket', { Arn: 'arn:aws:s3:::bucket' }, 's3 is not a supported service for a target.', CFN_LINT],
  ['a table', { Arn: arn('dynamodb', 'table/t') }, 'dynamodb is not a supported service for a target.', CFN_LINT],
  [
    'a state machine without a role',
    { Arn: arn('states', 'stateMachine:m') },
    `RoleArn is required for target ${arn('states', 'stateMachine:m')}.`,
    PREFLIGHT,
  ],
  [
    'a FIFO queue without a group',
    { Arn: arn('sqs', 'q.fifo') },
    'Parameter(s) SqsParameters must be specified for target: t.',
    PREFLIGHT,
  ],
  [
    'a dead-letter queue that is a topic',
    { Arn: functionArn, DeadLetterConfig: { Arn: arn('sns', 'topic') } },
    malformed(arn('sns', 'topic')),
    REFERENCE,
  ],
  [
    'a dead-letter queue that is a name',
    { Arn: functionArn, DeadLetterConfig: { Arn: 'dead' } },
    malformed('dead'),
    REFERENCE,
  ],
  [
    'an id with a space',
    { Id: 'a b', Arn: functionArn },
    'The Id a b of a target must match ^[.\\-_A-Za-z0-9]{1,64}$.',
    REFERENCE,
  ],
  [
    'an ARN beyond 1600 letters',
    { Arn: arn('sqs', 'q'.repeat(1600)) },
    malformed(arn('sqs', 'q'.repeat(1600))),
    REFERENCE,
  ],
];

describe('PutTargets refuses', () => {
  test.each(REFUSED)('%s', async (_what, target, message) => {
    const aws = await eventsUnderTest();
    await aws.rule('r', { source: ['s'] }, { Arn: functionArn, Id: 'before' });
    const put = aws.call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', ...target }] });
    await expect(put).rejects.toMatchObject({ code: 'ValidationException', message });
    expect((await aws.call('ListTargetsByRule', { Rule: 'r' }))['Targets']).toHaveLength(1);
  });
});

test.each([
  ['a queue', { Arn: arn('sqs', 'q') }],
  ['a FIFO queue with a group', { Arn: arn('sqs', 'q.fifo'), SqsParameters: { MessageGroupId: 'g' } }],
  ['a version of a function', { Arn: `${functionArn}:7` }],
  ['an alias of a machine', { Arn: arn('states', 'stateMachine:m:live'), RoleArn }],
  ['a bus', { Arn: arn('events', 'event-bus/partner/b') }],
  ['a log group', { Arn: arn('logs', 'log-group:/aws/events/all:*') }],
])('PutTargets takes %s, also one that does not exist', async (_what, target) => {
  const aws = await eventsUnderTest();
  await aws.rule('r', { source: ['s'] }, target);
  expect((await aws.call('ListTargetsByRule', { Rule: 'r' }))['Targets']).toMatchObject([target]);
});
