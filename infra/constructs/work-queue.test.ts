import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { resourcesOf, testApp, testPlatform } from '../testing/synthesized-stack.ts';
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

test('fewer than five receives are refused, because throttles count as receives', () => {
  expect(() => aWorkQueue({ maxReceives: 4 })).toThrow(/at least 5 receives, got 4/u);
});
