import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, type EnvironmentSettings } from '../../config.ts';
import { allows, type PolicyRequest, resolved, resourceAbout } from '../../testing/resource-policy.ts';
import { onlyResource, resourcesOf, synthesizedStack } from '../../testing/synthesized-stack.ts';

const ALARM_ARN = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:OrdersParked';

/** What CloudWatch sends when an alarm of this account rings. */
const RING = {
  service: 'cloudwatch.amazonaws.com',
  context: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': ALARM_ARN, 'aws:SecureTransport': 'true' },
};

const prod = synthesizedStack(ENVIRONMENTS.prod);
const alarms = Object.entries(resourcesOf(prod, 'AWS::CloudWatch::Alarm'));

describe.each(alarms)('%s', (_name, { Properties }) => {
  const [topicId, ...others] = resolved(Properties.AlarmActions) as string[];

  test('rings at one topic, which CloudWatch may publish to with the topic’s key, and which has a subscriber', () => {
    expect(others).toEqual([]);
    expect(resolved(Properties.OKActions)).toEqual([topicId]); // who was woken learns that it is over
    const { PolicyDocument } = resourceAbout(prod, 'AWS::SNS::TopicPolicy', 'Topics', topicId!).Properties;
    const publish = { ...RING, action: 'sns:Publish', resource: topicId! };
    expect(allows(PolicyDocument, publish)).toBe(true);
    expect(keyAllows(RING, 'kms:GenerateDataKey')).toBe(true);
    expect(keyAllows(RING, 'kms:Decrypt')).toBe(true);
    expect(resourceAbout(prod, 'AWS::SNS::Subscription', 'TopicArn', topicId!).Properties.Protocol).toBe('email');
  });
});

const keyPolicy: unknown = Object.values(resourcesOf(prod, 'AWS::KMS::Key'))[0]!.Properties.KeyPolicy;

function keyAllows(caller: Pick<PolicyRequest, 'service' | 'context'>, action: string): boolean {
  return allows(keyPolicy, { ...caller, action, resource: '*' });
}

describe('the alarm topic', () => {
  const [[topicId] = []] = Object.entries(resourcesOf(prod, 'AWS::SNS::Topic'));
  const { PolicyDocument } = resourceAbout(prod, 'AWS::SNS::TopicPolicy', 'Topics', topicId!).Properties;
  const publish = { ...RING, action: 'sns:Publish', resource: topicId! };

  test.each([
    ['another account', { ...publish, context: { ...publish.context, 'aws:SourceAccount': '999999999999' } }],
    ['another service', { ...publish, service: 's3.amazonaws.com' }],
    ['a caller without TLS', { ...publish, context: { ...publish.context, 'aws:SecureTransport': 'false' } }],
    ['no alarm', { ...publish, context: { ...publish.context, 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:1:x' } }],
  ])('refuses %s', (_who, request) => {
    expect(allows(PolicyDocument, request)).toBe(false);
  });
});

describe('the key lets EventBridge', () => {
  const service = 'events.amazonaws.com';
  const bus = { 'kms:EncryptionContext:aws:events:event-bus:arn': 'arn:aws:events:us-east-1:111122223333:event-bus/x' };
  const queue = { 'aws:SourceAccount': '111122223333' };

  test.each([
    ['look at it', 'kms:DescribeKey', {}],
    ['encrypt what is on the bus and in the archive', 'kms:GenerateDataKey', bus],
    ['decrypt it', 'kms:Decrypt', bus],
    ['encrypt it again for the archive', 'kms:ReEncryptTo', bus],
    ['deliver into encrypted queues', 'kms:GenerateDataKey', queue],
  ])('%s', (_what, action, context) => {
    expect(keyAllows({ service, context }, action)).toBe(true);
  });

  test.each([
    ['decrypt for a bus of another account', 'kms:Decrypt', { ...bus, ...replacingAccount(bus) }],
    ['decrypt for another account', 'kms:Decrypt', { 'aws:SourceAccount': '999999999999' }],
    ['decrypt for nobody', 'kms:Decrypt', {}],
  ])('not %s', (_what, action, context) => {
    expect(keyAllows({ service, context }, action)).toBe(false);
  });
});

function replacingAccount(context: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(context).map(([key, arn]) => [key, arn.replace('111122223333', '9')]));
}

describe.each(Object.entries(ENVIRONMENTS))('in %s', (_name, settings: EnvironmentSettings) => {
  const template = synthesizedStack(settings);

  test('the bus may put what it could not encrypt into its dead-letter queue', () => {
    const { Properties } = onlyResource(template, 'AWS::Events::EventBus');
    const queueId = Properties.DeadLetterConfig.Arn['Fn::GetAtt'][0] as string;
    const { PolicyDocument } = resourceAbout(template, 'AWS::SQS::QueuePolicy', 'Queues', queueId).Properties;
    const context = { 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:event-bus/EventBus' };
    const send = { service: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: `${queueId}.Arn` };
    expect(allows(PolicyDocument, { ...send, context })).toBe(true);
    expect(allows(PolicyDocument, { ...send, context: { 'aws:SourceArn': `${context['aws:SourceArn']}2` } })).toBe(
      false,
    );
  });

  test('an alarm on several metrics looks back, as the newest minute may have no value yet', () => {
    const filled = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm')).filter(({ Properties }) =>
      JSON.stringify(Properties.Metrics ?? []).includes('FILL('),
    );
    expect(filled.length).toBeGreaterThan(0);
    for (const { Properties } of filled) {
      expect(Properties.EvaluationPeriods).toBeGreaterThan(Properties.DatapointsToAlarm);
    }
  });

  test('no property is an empty text, which AWS takes for a value', () => {
    const empty = Object.entries((template.toJSON() as { Resources: object }).Resources).filter(([, resource]) =>
      // CloudFront wants this one empty where the origin is read by an access control (CloudFront API, S3OriginConfig).
      JSON.stringify(resource).replaceAll('"OriginAccessIdentity":""', '').includes(':""'),
    );
    expect(empty.map(([logicalId]) => logicalId)).toEqual([]);
  });

  test('what is kept is still taken back when the first deployment fails, so that a second can be made', () => {
    const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string; DeletionPolicy?: string }> };
    const inTheWay = Object.values(Resources).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    // Versions are not: they go with the functions and workflows that they are versions of.
    expect(new Set(inTheWay.map(({ Type }) => Type.replace(/^.*(?=Version$)/u, '')))).toEqual(new Set(['Version']));
  });
});
