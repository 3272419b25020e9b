import {
  DeleteRuleCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { ulid } from 'ulid';
import type { Deployment } from '../../cli/deployment.ts';
import { ArchivedEvent } from './snapshot-rows.ts';
import type { Archive } from './snapshot.ts';
import type { SoundRows } from './sound-rows.ts';

const TARGET_ID = 'reader';
const PAUSE_MS = 200;
const READERS = 4;

/**
 * Reads the whole archive by the one way that AWS has: a replay. It goes to a rule of its own (FilterArns), which
 * matches nothing but this replay and fills a queue of its own; both are removed again. No other rule sees an event.
 */
export async function readArchive(deployment: Deployment, sound: SoundRows): Promise<Archive> {
  const ArchiveName = deployment.output('ArchiveName');
  const archive = await deployment.events.send(new DescribeArchiveCommand({ ArchiveName }));
  const name = `read-archive-${ulid()}`;
  await using resources = new AsyncDisposableStack();
  const queueUrl = await createQueue(deployment, name, resources);
  const ruleArn = await createRule(deployment, name, queueUrl, resources);
  await deployment.events.send(
    new StartReplayCommand({
      ReplayName: name,
      EventSourceArn: archive.ArchiveArn,
      EventStartTime: new Date(0),
      EventEndTime: new Date(Date.now() + 60_000),
      Destination: { Arn: archive.EventSourceArn, FilterArns: [ruleArn] },
    }),
  );
  await ended(deployment, name);
  const events = sound.of('Archive', ArchivedEvent, await drain(deployment, queueUrl));
  return { retentionDays: archive.RetentionDays ?? 0, events };
}

async function createQueue({ sqs }: Deployment, QueueName: string, resources: AsyncDisposableStack): Promise<string> {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
    ],
  };
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName, Attributes: { Policy: JSON.stringify(policy), VisibilityTimeout: '300' } }),
  );
  resources.defer(async () => void (await sqs.send(new DeleteQueueCommand({ QueueUrl }))));
  return QueueUrl;
}

async function createRule(
  deployment: Deployment,
  Name: string,
  QueueUrl: string,
  resources: AsyncDisposableStack,
): Promise<string> {
  const { events, sqs } = deployment;
  const EventBusName = deployment.output('EventBusName');
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const EventPattern = JSON.stringify({ 'replay-name': [Name] });
  const { RuleArn = '' } = await events.send(new PutRuleCommand({ Name, EventBusName, EventPattern }));
  resources.defer(async () => {
    await events.send(new RemoveTargetsCommand({ Rule: Name, EventBusName, Ids: [TARGET_ID] }));
    await events.send(new DeleteRuleCommand({ Name, EventBusName }));
  });
  const Targets = [{ Id: TARGET_ID, Arn: Attributes?.['QueueArn'] }];
  await events.send(new PutTargetsCommand({ Rule: Name, EventBusName, Targets }));
  return RuleArn;
}

/** AWS has no call that waits for a replay. @throws Error when it does not complete. */
async function ended({ events }: Deployment, ReplayName: string): Promise<void> {
  for (;;) {
    const { State, StateReason } = await events.send(new DescribeReplayCommand({ ReplayName }));
    if (State === 'COMPLETED') return;
    if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`Replay ${ReplayName}: ${State} ${StateReason}`);
    await delay(PAUSE_MS);
  }
}

/** Takes everything out of the reader's own queue; a copy that SQS delivers twice counts once. */
async function drain({ sqs }: Deployment, QueueUrl: string): Promise<unknown[]> {
  const messages = new Map<string, Message>();
  const read = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      if (Messages.length === 0) return;
      for (const message of Messages) messages.set(message.MessageId ?? '', message);
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return [...messages.values()].map(({ Body = '' }) => JSON.parse(Body) as unknown);
}
