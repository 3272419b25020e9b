import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../clock.ts';
import type { AwsCall, JsonObject } from '../../endpoint/aws-service.ts';
import { Journal } from '../../store/journal.ts';
import { sqsApi } from './sqs-api.ts';
import { SqsService } from './sqs-service.ts';

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
  /** Opens the same file as a new process does after kill -9: nothing of this one is stopped or flushed. */
  reopen(): SqsUnderTest;
}

/** SQS on a real file with one queue, `work`. */
export async function sqsUnderTest(attributes: Record<string, string> = {}): Promise<SqsUnderTest> {
  const file = join(mkdtempSync(join(tmpdir(), 'sqs-')), 'journal.db');
  const opened = open(file, new ManualClock());
  await opened.call('CreateQueue', { QueueName: 'work', Attributes: attributes });
  return opened;
}

function open(file: string, clock: ManualClock): SqsUnderTest {
  const service = new SqsService({ journal: new Journal(file), clock, stack });
  const { operations } = sqsApi(service);
  service.start();
  return {
    service,
    clock,
    async call(operation, input = {}, signal = new AbortController().signal) {
      const call: AwsCall = { requestId: 'r', signal };
      return operations[operation]!({ QueueUrl: queueUrl('work'), ...input }, call);
    },
    reopen: () => open(file, new ManualClock(clock.nowMs())),
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
