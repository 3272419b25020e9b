import { createHash } from 'node:crypto';
import { startFakeAwsService, type FakeAwsService } from './fake-aws-service.ts';

/** A dead-letter queue that a function sets messages aside in. */
export interface FakeDeadLetters {
  /** Set these in the environment before the function is loaded. */
  readonly environment: Readonly<Record<string, string>>;
  readonly sqs: FakeAwsService;
  /** What was set aside, in its order. */
  bodies(): unknown[];
  /** Forgets what was set aside, and takes messages again. */
  reset(): void;
  /** Takes nothing until the reset. */
  refuse(): void;
}

export async function startFakeDeadLetters(): Promise<FakeDeadLetters> {
  const sqs = await startFakeAwsService('AmazonSQS');
  const reset = (): void => {
    sqs.reset();
    sqs.answer('SendMessage', ({ MessageBody }) => ({ MessageId: 'd-1', MD5OfMessageBody: md5(String(MessageBody)) }));
  };
  reset();
  return {
    environment: {
      DEAD_LETTERS_URL: `${sqs.endpoint}/000000000000/dead-letters`,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    },
    sqs,
    bodies: () => sqs.calls.map(({ input }) => input['MessageBody']),
    reset,
    refuse: () => sqs.answer('SendMessage', () => ({ error: 'OverLimit' })),
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
