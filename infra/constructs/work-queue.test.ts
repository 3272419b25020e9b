import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { functionBehind, resourcesOf, synthesizedStack, testApp, testPlatform } from '../testing/synthesized-stack.ts';
import { WorkQueue } from './work-queue.ts';

function aWorkQueue(props: { workerSeconds?: number; maxReceives?: number } = {}): Stack {
  const stack = new Stack(testApp(), 'Stack');
  new WorkQueue(stack, 'Parcels', {
    platform: testPlatform(),
    workerTimeout: Duration.seconds(props.workerSeconds ?? 20),
    maxReceives: props.maxReceives ?? 7,
  });
  return stack;
}

test('a message stays hidden for six times as long as its worker may take', () => {
  const queues = Object.values(resourcesOf(Template.fromStack(aWorkQueue({ workerSeconds: 20 })), 'AWS::SQS::Queue'));
  expect(queues.map(({ Properties }) => Properties)).toContainEqual(
    expect.objectContaining({ VisibilityTimeout: 120, RedrivePolicy: expect.objectContaining({ maxReceiveCount: 7 }) }),
  );
});

test('a dead letter is kept longer than a message can have waited before', () => {
  const template = Template.fromStack(aWorkQueue());
  const daysKept = Object.values(resourcesOf(template, 'AWS::SQS::Queue')).map(
    ({ Properties }) => Properties.MessageRetentionPeriod / 86_400,
  );
  expect(daysKept.toSorted((a, b) => a - b)).toEqual([4, 14]);
});

test('every worker can set aside what no repetition can help, in the dead-letter queue of its own queue', () => {
  const template = synthesizedStack();
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const ofQueues = Object.values(resourcesOf(template, 'AWS::Lambda::EventSourceMapping')).filter(
    ({ Properties }) => Properties.EventSourceArn['Fn::GetAtt']?.[0] in queues,
  );
  expect(ofQueues).toHaveLength(5);
  for (const { Properties } of ofQueues) {
    const { RedrivePolicy } = queues[Properties.EventSourceArn['Fn::GetAtt'][0]]!.Properties;
    const { Environment } = functionBehind(template, Properties.FunctionName).Properties;
    expect(Environment.Variables.DEAD_LETTERS_URL).toEqual({
      Ref: RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0],
    });
  }
});

test('a rule sends a new kind of event only to a worker that was deployed with it', () => {
  const template = synthesizedStack();
  const aliases = resourcesOf(template, 'AWS::Lambda::Alias');
  const rules = Object.values(resourcesOf(template, 'AWS::Events::Rule'));
  const ofBus = rules.filter(
    ({ Properties }) => 'Fn::GetAtt' in (Properties.Targets?.[0]?.DeadLetterConfig?.Arn ?? {}),
  );
  const subscribed = ofBus.filter(({ Properties }) => Properties.EventPattern?.source?.[0]?.startsWith('shop.'));
  expect(subscribed).toHaveLength(4);
  for (const { DependsOn = [] } of subscribed) {
    expect([DependsOn].flat().filter((logicalId) => logicalId in aliases)).toHaveLength(1);
  }
});

test('fewer than five receives are refused, because throttles count as receives', () => {
  expect(() => aWorkQueue({ maxReceives: 4 })).toThrow(/at least 5 receives, got 4/u);
});
