import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { callersTags } from '../shared/tags.ts';
import { optionalInteger, requiredText } from './api-input.ts';
import { queueDoesNotExist } from './sqs-errors.ts';
import type { MessageMoveTask } from './message-move-tasks.ts';
import type { Queue } from './queue.ts';
import { numberAttributes, type QueueAttributes } from './queue-attributes.ts';
import type { SqsService } from './sqs-service.ts';

/** Operations on queues rather than messages. */
export function queueAdministration(service: SqsService): Record<string, AwsOperation> {
  return { ...queueOperations(service), ...attributeOperations(service), ...moveTaskOperations(service) };
}

function queueOperations(service: SqsService): Record<string, AwsOperation> {
  const { queues } = service;
  return {
    async CreateQueue(input) {
      const queue = await queues.create(
        requiredText(input, 'QueueName'),
        textMap(input.Attributes),
        callersTags(textMap(input.tags), 'InvalidParameterValue'),
      );
      return { QueueUrl: queues.urlOf(queue.name) };
    },
    async DeleteQueue(input) {
      await queues.delete(queues.byUrl(requiredText(input, 'QueueUrl')));
      return {};
    },
    GetQueueUrl(input) {
      const queue = queues.find(requiredText(input, 'QueueName'));
      if (!queue) throw queueDoesNotExist();
      return { QueueUrl: queues.urlOf(queue.name) };
    },
    ListQueues(input) {
      const prefix = String(input.QueueNamePrefix ?? '');
      const names = queues
        .all()
        .map((queue) => queue.name)
        .filter((name) => name.startsWith(prefix));
      return page(input, names.toSorted(), (chosen) => ({ QueueUrls: chosen.map((name) => queues.urlOf(name)) }));
    },
    ListDeadLetterSourceQueues(input) {
      const sources = queues.sourcesOf(queues.byUrl(requiredText(input, 'QueueUrl')));
      const urls = sources.map((queue) => queues.urlOf(queue.name)).toSorted();
      return page(input, urls, (chosen) => ({ queueUrls: chosen })); // lower case, as in the API
    },
    async PurgeQueue(input) {
      await service.purge(queues.byUrl(requiredText(input, 'QueueUrl')));
      return {};
    },
    ListQueueTags(input) {
      return { Tags: queues.tagsOf(queues.byUrl(requiredText(input, 'QueueUrl'))) };
    },
    async TagQueue(input) {
      const queue = queues.byUrl(requiredText(input, 'QueueUrl'));
      const given = callersTags(textMap(input.Tags), 'InvalidParameterValue');
      await queues.setTags(queue, { ...queues.tagsOf(queue), ...given });
      return {};
    },
    async UntagQueue(input) {
      const queue = queues.byUrl(requiredText(input, 'QueueUrl'));
      const removed = new Set<unknown>(input.TagKeys as unknown[]);
      const kept = Object.entries(queues.tagsOf(queue)).filter(([key]) => !removed.has(key));
      await queues.setTags(queue, Object.fromEntries(kept));
      return {};
    },
  };
}

function attributeOperations(service: SqsService): Record<string, AwsOperation> {
  const { queues } = service;
  return {
    GetQueueAttributes(input) {
      const all = allAttributes(queues.byUrl(requiredText(input, 'QueueUrl')));
      const names = ((input.AttributeNames as unknown[] | undefined) ?? []).map(String);
      const unknown = names.find((name) => name !== 'All' && !knownAttributes.has(name));
      if (unknown) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      const chosen = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
      return chosen.length > 0 ? { Attributes: Object.fromEntries(chosen) } : {};
    },
    async SetQueueAttributes(input) {
      await queues.setAttributes(queues.byUrl(requiredText(input, 'QueueUrl')), textMap(input.Attributes));
      return {};
    },
  };
}

function moveTaskOperations(service: SqsService): Record<string, AwsOperation> {
  return {
    async StartMessageMoveTask(input) {
      const task = await service.moveTasks.begin({
        sourceArn: requiredText(input, 'SourceArn'),
        ...(input.DestinationArn && { destinationArn: String(input.DestinationArn) }),
        ...(input.MaxNumberOfMessagesPerSecond !== undefined && {
          messagesPerSecond: Number(input.MaxNumberOfMessagesPerSecond),
        }),
      });
      return { TaskHandle: task.taskHandle };
    },
    ListMessageMoveTasks(input) {
      const most = optionalInteger(input, 'MaxResults', { least: 1, most: 10 }) ?? 1;
      return { Results: service.moveTasks.list(requiredText(input, 'SourceArn'), most).map(moveTaskEntry) };
    },
    async CancelMessageMoveTask(input) {
      const task = await service.moveTasks.cancel(requiredText(input, 'TaskHandle'));
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  };
}

function moveTaskEntry(task: MessageMoveTask): JsonObject {
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: task.taskHandle }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn && { DestinationArn: task.destinationArn }),
    ...(task.messagesPerSecond && { MaxNumberOfMessagesPerSecond: task.messagesPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAtMs,
  };
}

const plainAttributes = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'];
const countAttributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];
const knownAttributes = new Set([
  ...Object.keys(numberAttributes),
  ...plainAttributes,
  ...countAttributes,
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'SqsManagedSseEnabled',
]);

function allAttributes(queue: Queue): QueueAttributes {
  const numbers = Object.entries(numberAttributes).filter(([name]) => name !== 'KmsDataKeyReusePeriodSeconds');
  const defaults = Object.fromEntries(numbers.map(([name, { fallback }]) => [name, String(fallback)]));
  return {
    ...defaults,
    SqsManagedSseEnabled: queue.attributes.KmsMasterKeyId ? 'false' : 'true',
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(queue.counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(queue.counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(queue.counts.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAtMs / 1000)),
  };
}

/** Answers a page of `items` (sorted) when MaxResults asks for one; NextToken is the last item of the page. */
function page(input: JsonObject, items: string[], answer: (chosen: string[]) => JsonObject): JsonObject {
  const most = optionalInteger(input, 'MaxResults', { least: 1, most: 1000 });
  const after = input.NextToken ? Buffer.from(String(input.NextToken), 'base64').toString() : '';
  const rest = items.filter((item) => item > after);
  if (most === undefined || rest.length <= most) return answer(rest);
  const chosen = rest.slice(0, most);
  return { ...answer(chosen), NextToken: Buffer.from(chosen.at(-1)!).toString('base64') };
}

function textMap(value: unknown): Record<string, string> {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]));
}
