import { afterEach, describe, expect, test } from 'vitest';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { declare } from '../testing/test-stack.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { eventBridgeApi } from './eventbridge-api.ts';
import { eventBridgeResourceTypes } from './resource-types.ts';
import { eventsUnderTest, functionArn, queueArn, stack } from './testing/eventbridge-under-test.ts';

const MINUTE_MS = 60_000;
let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

describe('scheduled rules', () => {
  test('fire a Scheduled Event at their targets, once for all that was missed', async () => {
    const aws = await eventsUnderTest();
    await aws.call('PutRule', { Name: 'tick', ScheduleExpression: 'rate(5 minutes)' });
    await aws.call('PutTargets', { Rule: 'tick', Targets: [{ Id: 't', Arn: await aws.queue('q') }] });
    await aws.clock.advanceBy(10 * MINUTE_MS);
    const fired = await aws.drain('q');
    expect(fired).toHaveLength(2);
    expect(fired[0]!.body).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/tick'],
      detail: {},
    });
    const away = await aws.reopen();
    await away.events.stop();
    await away.clock.advanceBy(61 * MINUTE_MS);
    const back = await away.reopen();
    await back.clock.advanceBy(0);
    expect(await back.drain('q')).toHaveLength(1);
    await back.clock.advanceBy(4 * MINUTE_MS);
    expect(await back.drain('q')).toHaveLength(1);
  });

  test('fire at once when their wait is skipped, and then in their own time', async () => {
    const aws = await eventsUnderTest();
    await aws.call('PutRule', { Name: 'soon', ScheduleExpression: 'rate(5 minutes)' });
    await aws.call('PutRule', { Name: 'late', ScheduleExpression: 'rate(2 hours)' });
    const arn = await aws.queue('q');
    for (const Rule of ['soon', 'late']) await aws.call('PutTargets', { Rule, Targets: [{ Id: 't', Arn: arn }] });
    expect(aws.events.skipWaits(aws.clock.nowMs() + 60 * MINUTE_MS)).toBe(1);
    await aws.clock.advanceBy(0);
    expect(await aws.drain('q')).toHaveLength(1);
    await aws.clock.advanceBy(4 * MINUTE_MS);
    expect(await aws.drain('q')).toEqual([]);
    await aws.clock.advanceBy(MINUTE_MS);
    expect(await aws.drain('q')).toHaveLength(1);
  });

  test('do not make up for the time in which they were disabled', async () => {
    const aws = await eventsUnderTest();
    await aws.call('PutRule', { Name: 'tick', ScheduleExpression: 'cron(0 * * * ? *)', State: 'DISABLED' });
    await aws.call('PutTargets', { Rule: 'tick', Targets: [{ Id: 't', Arn: await aws.queue('q') }] });
    await aws.clock.advanceBy(90 * MINUTE_MS);
    await aws.call('EnableRule', { Name: 'tick' });
    await aws.clock.advanceBy(29 * MINUTE_MS);
    expect(await aws.drain('q')).toEqual([]);
    await aws.clock.advanceBy(MINUTE_MS);
    expect(await aws.drain('q')).toHaveLength(1);
  });

  test('live on the default bus only', async () => {
    const aws = await eventsUnderTest();
    await aws.call('CreateEventBus', { Name: 'other' });
    const put = aws.call('PutRule', { Name: 'r', EventBusName: 'other', ScheduleExpression: 'rate(1 hour)' });
    await expect(put).rejects.toThrow(/only on the default event bus/);
  });
});

describe('the API', () => {
  test('serves an AWS SDK client', async () => {
    const aws = await eventsUnderTest();
    const server = await serveAws({ json: [eventBridgeApi(aws.events)] });
    close = server.close;
    const client = new EventBridgeClient({ endpoint: server.url });
    const EventPattern = JSON.stringify({ source: ['sdk'] });
    const { RuleArn } = await client.send(new PutRuleCommand({ Name: 'r', EventPattern }));
    await client.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn: functionArn }] }));
    const entry = { Source: 'sdk', DetailType: 'd', Detail: '{}', Time: new Date(Date.UTC(2025, 0, 2)) };
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'x' }] }),
    );
    expect([FailedEntryCount, Entries?.[1]?.ErrorCode]).toEqual([1, 'MalformedDetail']);
    expect(JSON.parse(aws.targets.delivered[0]!.payload)).toMatchObject({ time: '2025-01-02T00:00:00Z' });
    expect(await client.send(new DescribeRuleCommand({ Name: 'r' }))).toMatchObject({
      Arn: RuleArn,
      State: 'ENABLED',
      EventPattern,
    });
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: 'r' }))).Targets).toEqual([
      { Id: 't', Arn: functionArn },
    ]);
    expect((await client.send(new ListRuleNamesByTargetCommand({ TargetArn: functionArn }))).RuleNames).toEqual(['r']);
    const Event = JSON.stringify({
      id: '1',
      account: '1',
      source: 'sdk',
      time: 't',
      region: 'r',
      resources: [],
      'detail-type': 'd',
    });
    expect((await client.send(new TestEventPatternCommand({ EventPattern, Event }))).Result).toBe(true);
    const bad = client.send(new PutRuleCommand({ Name: 'bad', EventPattern: '{"a":[]}' }));
    await expect(bad).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });

  test('keeps rules with their targets until they are removed in order', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('r', { source: ['test'] }, { Arn: functionArn });
    const reopened = await aws.reopen();
    await expect(reopened.call('DeleteRule', { Name: 'r' })).rejects.toThrow(/since it has targets/);
    await reopened.call('RemoveTargets', { Rule: 'r', Ids: ['t'] });
    await reopened.call('DeleteRule', { Name: 'r' });
    await expect(reopened.call('DescribeRule', { Name: 'r' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('refuses a sixth target and a target that nothing here delivers to', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('r', { source: ['test'] }, { Arn: functionArn });
    const more = Array.from({ length: 5 }, (_, index) => ({ Id: `n${index}`, Arn: functionArn }));
    await expect(aws.call('PutTargets', { Rule: 'r', Targets: more })).rejects.toMatchObject({
      code: 'LimitExceededException',
    });
    const kinesis = [{ Id: 'k', Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' }];
    await expect(aws.call('PutTargets', { Rule: 'r', Targets: kinesis })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});

describe('the CloudFormation types', () => {
  test('make a bus, a rule on it and an archive, with the identities of CloudFormation', async () => {
    const aws = await eventsUnderTest();
    const types = eventBridgeResourceTypes(aws.events);
    const bus = await declare(types, 'AWS::Events::EventBus', 'Bus', { Name: 'shop' }, stack);
    const archive = await declare(
      types,
      'AWS::Events::Archive',
      'Archive',
      { SourceArn: bus.attributes.Arn, RetentionDays: 7 },
      stack,
    );
    const rule = await declare(
      types,
      'AWS::Events::Rule',
      'Rule',
      {
        EventBusName: bus.ref,
        EventPattern: { source: ['test'] },
        Targets: [{ Id: 't', Arn: await aws.queue('q'), RetryPolicy: { MaximumRetryAttempts: '3' } }],
      },
      stack,
    );
    expect([bus.ref, rule.ref, archive.ref]).toEqual(['shop', 'shop|test-Rule', 'test-Archive']);
    expect(rule.attributes.Arn).toBe('arn:aws:events:us-east-1:000000000000:rule/shop/test-Rule');
    await aws.put({}, { EventBusName: bus.attributes.Arn });
    expect(await aws.drain('q')).toHaveLength(1);
    expect(aws.events.archives.count(archive.ref).events).toBe(1);
  });

  test('stop at a target that the runtime does not serve, with the name of the resource', async () => {
    const aws = await eventsUnderTest();
    const Targets = [{ Id: 't', Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' }];
    const properties = { EventPattern: { source: ['test'] }, Targets };
    const declared = declare(eventBridgeResourceTypes(aws.events), 'AWS::Events::Rule', 'ToKinesis', properties, stack);
    await expect(declared).rejects.toThrow(/ToKinesis.*kinesis/);
  });

  test('a rule that the next template has no more stops at the next start', async () => {
    const aws = await eventsUnderTest();
    const properties = { EventPattern: { source: ['test'] }, Targets: [{ Id: 't', Arn: queueArn('q') }] };
    await declare(eventBridgeResourceTypes(aws.events), 'AWS::Events::Rule', 'Old', properties, stack);
    await aws.call('PutRule', { Name: 'by-hand', EventPattern: '{"source":["x"]}' });
    const next = await aws.reopen();
    await declare(eventBridgeResourceTypes(next.events), 'AWS::Events::Rule', 'New', properties, stack);
    await next.events.start();
    const { Rules } = await next.call('ListRules');
    expect(Rules.map(({ Name }: { Name: string }) => Name)).toEqual(['by-hand', 'test-New']);
  });
});
