import { GetQueueAttributesCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { explain, type Explanation } from './dead-letter-explanation.ts';

/**
 * How the messages of a queue came there, and so how they are sent on their way again. `unworked`: a worker gave up on
 * them. `undelivered`: EventBridge could not deliver them. `other`: something else, which cannot be moved back.
 */
const Kind = z.enum(['unworked', 'undelivered', 'other']);

/** A queue as the stack tells of it. */
export const DeadLetterQueue = z.object({ name: z.string(), url: z.string(), kind: Kind });
export type DeadLetterQueue = z.infer<typeof DeadLetterQueue>;

export const DeadLetterQueueView = z
  .strictObject({
    name: z.string().meta({ description: 'As `orders dlq` takes it' }),
    kind: Kind,
    visible: z.int().meta({ description: 'Messages that wait, as SQS counts: approximately' }),
    inFlight: z.int().meta({ description: 'Messages that somebody received a moment ago' }),
    messages: z
      .array(
        z.strictObject({
          messageId: z.string(),
          sentAt: z.string().optional(),
          receives: z.int(),
          subject: z.string(),
          orderId: z.string().optional(),
          reasons: z.array(z.string()),
        }),
      )
      .meta({ description: 'Some of them: what each is, and why it is here. Never its content' }),
  })
  .meta({ id: 'DeadLetterQueue' });
export type DeadLetterQueueView = z.infer<typeof DeadLetterQueueView>;

/** SQS may answer any receive with a part of what is there; after so many without news there is nothing more. */
const ROUNDS_WITHOUT_NEWS = 3;
/** What one ReceiveMessage gives. */
const MESSAGES_A_RECEIVE = 10;

/** What everything automatic has given up on. Messages are looked at and stay where they are. */
export class DeadLetters {
  readonly #sqs: SQSClient;
  readonly #queues: readonly DeadLetterQueue[];

  constructor(options: { sqs: SQSClient; queues: readonly DeadLetterQueue[] }) {
    this.#sqs = options.sqs;
    this.#queues = options.queues;
  }

  /** @param limit how many messages of a queue are looked at, at most. */
  list(limit: number): Promise<DeadLetterQueueView[]> {
    return Promise.all(this.#queues.map((queue) => this.#look(queue, limit)));
  }

  async #look({ name, url, kind }: DeadLetterQueue, limit: number): Promise<DeadLetterQueueView> {
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    const visible = Number(Attributes['ApproximateNumberOfMessages'] ?? 0);
    const inFlight = Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0);
    const messages = visible === 0 ? [] : await this.#peek(url, Math.min(limit, visible));
    return { name, kind, visible, inFlight, messages: messages.map((message) => withoutAbsent(explain(message))) };
  }

  /** Messages stay visible: whoever works on the queue is not disturbed. */
  async #peek(QueueUrl: string, limit: number): Promise<Message[]> {
    const seen = new Map<string, Message>();
    for (let idleRounds = 0; idleRounds < ROUNDS_WITHOUT_NEWS && seen.size < limit;) {
      const before = seen.size;
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: MESSAGES_A_RECEIVE,
          VisibilityTimeout: 0,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      for (const message of Messages) seen.set(message.MessageId ?? '', message);
      idleRounds = seen.size === before ? idleRounds + 1 : 0;
    }
    return [...seen.values()].slice(0, limit);
  }
}

function withoutAbsent({ sentAt, orderId, reasons, ...rest }: Explanation): DeadLetterQueueView['messages'][number] {
  return {
    ...rest,
    ...(sentAt !== undefined && { sentAt }),
    ...(orderId !== undefined && { orderId }),
    reasons: [...reasons],
  };
}
