import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { snsResourceTypes } from '../sns/resource-types.ts';
import { SnsService } from '../sns/sns-service.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { metricsApi } from './metrics-api.ts';
import { MetricsService } from './metrics-service.ts';
import { cloudWatchResourceTypes } from './resource-types.ts';

const clock = new ManualClock(Date.UTC(2026, 0, 1));
const lines: string[] = [];
let topics: SnsService;
let metrics: MetricsService;

beforeEach(() => {
  lines.length = 0;
  const log = { append: (group: string, line: string) => void lines.push(`${group} ${line}`) };
  topics = new SnsService({ clock, stack: testStack, log });
  metrics = new MetricsService({ clock, stack: testStack, topics });
});

/** @returns the topic's ARN. */
async function topic(...statements: object[]): Promise<string> {
  const types = snsResourceTypes(topics);
  const { ref } = await declare(types, 'AWS::SNS::Topic', 'Topic', { TopicName: 'alarms' });
  const mail = { TopicArn: ref, Protocol: 'email', Endpoint: 'ops@example.com' };
  await declare(types, 'AWS::SNS::Subscription', 'Mail', mail);
  if (statements.length > 0) {
    const PolicyDocument = { Version: '2012-10-17', Statement: statements };
    await declare(types, 'AWS::SNS::TopicPolicy', 'Policy', { Topics: [ref], PolicyDocument });
  }
  return ref;
}

/** An alarm that rings, and what its history says of its actions. */
async function ringing(topicArn: string, properties: object = {}): Promise<string[]> {
  await declare(cloudWatchResourceTypes(metrics), 'AWS::CloudWatch::Alarm', 'Alarm', {
    AlarmName: 'parked',
    Namespace: 'App',
    MetricName: 'Parked',
    Statistic: 'Sum',
    Period: 60,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    AlarmActions: [topicArn],
    ...properties,
  });
  metrics.record({ namespace: 'App', name: 'Parked', dimensions: {}, value: 1, atMs: clock.nowMs() });
  const history = metricsApi(metrics).operations['DescribeAlarmHistory']!;
  const call = { requestId: 'r-1', signal: AbortSignal.timeout(10_000) };
  const { AlarmHistoryItems } = await history({ AlarmName: 'parked', HistoryItemType: 'Action' }, call);
  return (AlarmHistoryItems as { HistorySummary: string }[]).map(({ HistorySummary }) => HistorySummary);
}

/** What `enforceSSL` alone makes of a topic: a policy that replaces the default one, and allows nobody. */
const DENY_WITHOUT_TLS = {
  Sid: 'AllowPublishThroughSSLOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const ALLOW_CLOUDWATCH = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: '*',
  Condition: { StringEquals: { 'aws:SourceAccount': testStack.accountId } },
};

test('an alarm rings at a topic with its default policy, and its message is in the topic’s log group', async () => {
  const arn = await topic();
  expect(await ringing(arn)).toEqual([`Successfully executed action ${arn}`]);
  expect(lines).toEqual([expect.stringMatching(/^sns\/us-east-1\/000000000000\/alarms .*ops@example\.com.*parked/)]);
});

test('an alarm rings nobody at a topic whose policy only denies, and says so', async () => {
  const arn = await topic(DENY_WITHOUT_TLS);
  const alarmArn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:parked';
  const error = `Resource: ${alarmArn} is not authorized to perform: SNS:Publish on resource: ${arn}`;
  expect(await ringing(arn)).toEqual([`Failed to execute action ${arn}. Received error: "${error}"`]);
  expect(lines).toEqual([]);
});

test('an alarm rings at a topic that allows CloudWatch beside the denial', async () => {
  const arn = await topic(DENY_WITHOUT_TLS, ALLOW_CLOUDWATCH);
  expect(await ringing(arn)).toEqual([`Successfully executed action ${arn}`]);
});

test('a topic that does not exist is an action that failed', async () => {
  const arn = 'arn:aws:sns:us-east-1:000000000000:gone';
  expect(await ringing(arn)).toEqual([`Failed to execute action ${arn}. Received error: "Topic does not exist"`]);
});

test('an alarm whose actions are switched off takes none', async () => {
  expect(await ringing(await topic(), { ActionsEnabled: false })).toEqual([]);
});

test('an alarm rings when it changes, and not again while it stays', async () => {
  const arn = await topic();
  await ringing(arn);
  metrics.evaluate();
  metrics.evaluate();
  expect(lines).toHaveLength(1);
});

test('an alarm that somebody sets rings as if it had rung by itself, and goes back when it is looked at', async () => {
  const arn = await topic();
  await ringing(arn, { Threshold: 5, OKActions: [arn] });
  const { SetAlarmState, DescribeAlarms } = metricsApi(metrics).operations;
  const call = { requestId: 'r-1', signal: AbortSignal.timeout(10_000) };
  lines.length = 0;
  await SetAlarmState!({ AlarmName: 'parked', StateValue: 'ALARM', StateReason: 'a drill' }, call);
  expect(await DescribeAlarms!({}, call)).toMatchObject({ MetricAlarms: [{ StateValue: 'OK' }] });
  expect(lines).toEqual([expect.stringContaining('a drill'), expect.stringContaining('OK')]);
  const unknown = { AlarmName: 'gone', StateValue: 'ALARM', StateReason: 'a drill' };
  expect(() => SetAlarmState!(unknown, call)).toThrow('Alarm gone does not exist.');
});

test('a queue cannot subscribe: nothing here would deliver to it', async () => {
  const subscription = { TopicArn: await topic(), Protocol: 'sqs', Endpoint: 'arn:queue' };
  const declared = declare(snsResourceTypes(topics), 'AWS::SNS::Subscription', 'Queue', subscription);
  await expect(declared).rejects.toThrow('Queue (AWS::SNS::Subscription): a subscription by sqs is not supported');
});
