import { ManualClock } from '@order-workflow/states-language/clock';
import type { AwsCall, JsonObject } from '../../../endpoint/aws-api.ts';
import { Journal } from '../../../store/journal.ts';
import { crashCopy, journalFile } from '../../testing/crash-copy.ts';
import { sqsApi } from '../sqs-api.ts';
import { SqsService } from '../sqs-service.ts';

export const stack = {
  stackName: 'test',
  region: 'us-east-1',
  accountId: '000000000000',
  endpointUrl: 'http://localhost:4566',
};

export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
export const queueUrl = (name: string): string => `http://localhost:4566/000000000000/${name}`;

export interface SqsUnderTest {
  readonly service: SqsService;
  readonly clock: ManualClock;
  /** Calls an operation as a client does, with the queue's URL filled in. */
  call(operation: string, input?: JsonObject, signal?: AbortSignal): Promise<JsonObject>;
  /** What a new process finds after kill -9. */
  reopen(): SqsUnderTest;
}

/** SQS on a real file with one queue, `work`. */
export async function sqsUnderTest(attributes: Record<string, string> = {}): Promise<SqsUnderTest> {
  const opened = open(journalFile(), new ManualClock());
  await opened.call('CreateQueue', { QueueName: 'work', Attributes: attributes });
  return opened;
}

function open(file: string, clock: ManualClock): SqsUnderTest {
  const service = new SqsService({ journal: new Journal(file, { syncsInCommit: true }), clock, stack });
  const { operations } = sqsApi(service);
  service.start();
  return {
    service,
    clock,
    async call(operation, input = {}, signal = new AbortController().signal) {
      const call: AwsCall = { requestId: 'r', signal };
      return operations[operation]!({ QueueUrl: queueUrl('work'), ...input }, call);
    },
    reopen: () => open(crashCopy(file), new ManualClock(clock.nowMs())),
  };
}

/** Receives up to ten messages with all their attributes. */
export async function receiveAll(sqs: SqsUnderTest, input: JsonObject = {}): Promise<JsonObject[]> {
  const answer = await sqs.call('ReceiveMessage', {
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
    ...input,
  });
  return (answer.Messages ?? []) as JsonObject[];
}
