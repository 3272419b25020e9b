import { describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { Journal } from '../../store/journal.ts';
import { functionArn, queueArn, ScriptedTargets, stack } from '../eventbridge/testing/eventbridge-under-test.ts';
import { SqsService } from '../sqs/sqs-service.ts';
import { crashCopy, journalFile } from '../testing/crash-copy.ts';
import { schedulerResourceTypes } from './resource-types.ts';
import { schedulerApi } from './scheduler-api.ts';
import { SchedulerService } from './scheduler-service.ts';

const MINUTE_MS = 60_000;

async function schedulerUnderTest(file = journalFile(), clock = new ManualClock()) {
  const journal = new Journal(file, { syncsInCommit: true });
  const queues = new SqsService({ journal, clock, stack });
  const targets = new ScriptedTargets();
  const service = new SchedulerService({ journal, clock, stack, targets, deadLetters: queues, random: () => 1 });
  const api = schedulerApi(service);
  await service.start();
  const request = async (method: string, path: string, body: JsonObject = {}): Promise<JsonObject> => {
    const [pathname, query] = path.split('?');
    const response = await api.route({
      method,
      path: pathname!,
      query: new URLSearchParams(query),
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
      call: { requestId: 'r', signal: new AbortController().signal },
    });
    return JSON.parse(String(response!.body)) as JsonObject;
  };
  return {
    service,
    clock,
    targets,
    queues,
    request,
    reopen: (at: ManualClock) => schedulerUnderTest(crashCopy(file), at),
  };
}

const schedule = (ScheduleExpression: string, target: object = {}): JsonObject => ({
  ScheduleExpression,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: functionArn, RoleArn: 'arn:aws:iam::000000000000:role/r', Input: '{"a":1}', ...target },
});

describe('firing', () => {
  test('a rate fires when it begins and then at its pace', async () => {
    const { request, clock, targets } = await schedulerUnderTest();
    await request('POST', '/schedules/tick', schedule('rate(1 minute)'));
    await clock.advanceBy(0);
    expect(targets.delivered).toEqual([{ targetArn: functionArn, payload: '{"a":1}' }]);
    await clock.advanceBy(5 * MINUTE_MS);
    expect(targets.delivered).toHaveLength(6);
  });

  test('at() fires once, in its time zone, and goes away when told to', async () => {
    const { request, clock, targets } = await schedulerUnderTest();
    const once = {
      ...schedule('at(2026-01-01T02:00:00)'),
      ScheduleExpressionTimezone: 'Europe/Berlin',
      ActionAfterCompletion: 'DELETE',
    };
    await request('POST', '/schedules/once', once);
    await clock.advanceBy(60 * MINUTE_MS - 1);
    expect(targets.delivered).toHaveLength(0);
    await clock.advanceBy(1);
    expect(targets.delivered).toHaveLength(1);
    await expect(request('GET', '/schedules/once')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('the input may carry the schedule, its time and the execution', async () => {
    const { request, clock, targets } = await schedulerUnderTest();
    const Input = '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>"}';
    await request('POST', '/schedules/s', schedule('cron(30 0 * * ? *)', { Input }));
    await clock.advanceBy(30 * MINUTE_MS);
    expect(JSON.parse(targets.delivered[0]!.payload)).toEqual({
      arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/s',
      at: '2026-01-01T00:30:00Z',
    });
  });

  test('a disabled schedule does not fire, and an updated one takes its new time', async () => {
    const { request, clock, targets } = await schedulerUnderTest();
    await request('POST', '/schedules/s', { ...schedule('cron(0 * * * ? *)'), State: 'DISABLED' });
    await clock.advanceBy(90 * MINUTE_MS);
    expect(targets.delivered).toHaveLength(0);
    await request('PUT', '/schedules/s', schedule('cron(45 * * * ? *)'));
    await clock.advanceBy(30 * MINUTE_MS);
    expect(targets.delivered).toHaveLength(1);
  });

  test('a failing target is retried and then ends in the dead-letter queue', async () => {
    const { request, clock, targets, queues } = await schedulerUnderTest();
    await queues.queues.create('dead', {});
    targets.answer = () => Promise.reject(new AwsError('ServiceException', 'down', 500));
    const target = { RetryPolicy: { MaximumRetryAttempts: 1 }, DeadLetterConfig: { Arn: queueArn('dead') } };
    await request('POST', '/schedules/s', schedule('at(2026-01-01T00:01:00)', target));
    await clock.advanceBy(2 * MINUTE_MS);
    const [dead] = await queues.receive(queueArn('dead'), 1);
    expect(dead).toMatchObject({
      body: '{"a":1}',
      messageAttributes: {
        RETRY_ATTEMPTS: { StringValue: '1' },
        SCHEDULED_TIME: { StringValue: '2026-01-01T00:01:00Z' },
      },
    });
  });
});

describe('after a stop', () => {
  test('missed firings are made up for once, and then the pace goes on', async () => {
    const { request, clock, reopen } = await schedulerUnderTest();
    await request('POST', '/schedules/tick', schedule('rate(1 minute)'));
    await clock.advanceBy(MINUTE_MS);
    await request('POST', '/schedules/other', schedule('rate(30 days)')); // commits what fired
    const later = await reopen(new ManualClock(clock.nowMs() + 10.5 * MINUTE_MS));
    await later.clock.advanceBy(0);
    expect(later.targets.delivered).toHaveLength(2); // one of tick, one of other
    await later.clock.advanceBy(MINUTE_MS / 2);
    expect(later.targets.delivered).toHaveLength(3);
  });

  test('a schedule that the template no longer declares is gone', async () => {
    const first = await schedulerUnderTest();
    const declare = async (service: SchedulerService, logicalId: string): Promise<void> => {
      const type = schedulerResourceTypes(service)['AWS::Scheduler::Schedule']!;
      const resource = { logicalId, type: 'AWS::Scheduler::Schedule', properties: schedule('rate(1 hour)') };
      await type.create!(resource, type.identify(resource, stack));
    };
    await declare(first.service, 'Old');
    const second = await first.reopen(first.clock);
    await declare(second.service, 'New');
    await second.service.start();
    expect(second.service.schedules().map(({ name }) => name)).toEqual(['test-New']);
  });
});

describe('the API', () => {
  test('creates, describes, lists and deletes', async () => {
    const { request } = await schedulerUnderTest();
    const { ScheduleArn } = await request('POST', '/schedules/s', schedule('rate(2 hours)'));
    expect(await request('GET', '/schedules/s')).toMatchObject({
      Arn: ScheduleArn,
      ScheduleExpression: 'rate(2 hours)',
    });
    await expect(request('POST', '/schedules/s', schedule('rate(2 hours)'))).rejects.toMatchObject({
      code: 'ConflictException',
    });
    expect((await request('GET', '/schedules?NamePrefix=s')).Schedules).toHaveLength(1);
    await request('DELETE', '/schedules/s');
    expect((await request('GET', '/schedules')).Schedules).toEqual([]);
  });

  test.each([
    'rate(1 minutes)',
    'rate(2 minute)',
    'rate(0 days)',
    'cron(0 0 1 1 1 *)',
    'cron(* * * *)',
    'at(tomorrow)',
    'hourly',
  ])('refuses %s', async (expression) => {
    const { request } = await schedulerUnderTest();
    await expect(request('POST', '/schedules/s', schedule(expression))).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});

test.each<[string, object, string | RegExp]>([
  ['no ARN', { Arn: undefined }, /at 'target.arn'/],
  [
    'no role',
    { RoleArn: undefined },
    /Value 'null' at 'target.roleArn' failed to satisfy constraint: Member must not be null/,
  ],
  ['a role that is none', { RoleArn: 'arn:aws:iam::000000000000:user/u' }, /Value 'arn:.*user\/u' at 'target.roleArn'/],
  ['an ARN that is none', { Arn: 'arn:aws:lambda:x' }, /not in correct format: arn:aws:lambda:x$/],
  ['a queue with a qualifier', { Arn: `${queueArn('q')}:7` }, /not in correct format/],
  [
    'a machine with two qualifiers',
    { Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m:1:2' },
    /not in correct/,
  ],
  ['dead letters to a function', { DeadLetterConfig: { Arn: functionArn } }, /not in correct format/],
  ['a universal target', { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }, /does not support delivery to/],
])('a target with %s is refused, when it is created and when it is changed', async (_what, target, message) => {
  const { request } = await schedulerUnderTest();
  const refusal = { code: 'ValidationException', message: expect.stringMatching(message) };
  await expect(request('POST', '/schedules/s', schedule('rate(1 hour)', target))).rejects.toMatchObject(refusal);
  await request('POST', '/schedules/s', schedule('rate(1 hour)'));
  await expect(request('PUT', '/schedules/s', schedule('rate(1 hour)', target))).rejects.toMatchObject(refusal);
});

test.each(['stateMachine:m', 'stateMachine:m:7', 'stateMachine:m:live'])('%s can be a target', async (resource) => {
  const { request } = await schedulerUnderTest();
  const Arn = `arn:aws:states:us-east-1:000000000000:${resource}`;
  expect(await request('POST', '/schedules/s', schedule('rate(1 hour)', { Arn }))).toHaveProperty('ScheduleArn');
});
