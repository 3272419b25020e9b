import type { SqsService } from '@order-workflow/runtime/services/sqs';
import type {
  QueueConsumer,
  ReceivedMessage,
  StreamReader,
  StreamRecord,
} from '@order-workflow/runtime/services/shared';
import type { DeliveryMode, Injector } from './faults.ts';
import { outsideFunctions } from './function-host.ts';
import type { OutboxInsert } from './test-tables.ts';
import type { VirtualTime } from './virtual-time.ts';

const DELAY_MS = 10 * 60_000;

/** The queues of a world, as its consumers meet them. */
export class UnreliableQueues implements QueueConsumer {
  readonly #sqs: SqsService;
  readonly #injector: Injector;
  readonly #consumerOf: (queueArn: string) => string;
  /** Further copies of each message that is received. */
  extraCopies: () => number = () => 0;

  /** @param consumerOf the function that works a queue off: a queue is told apart by it. */
  constructor(sqs: SqsService, options: { injector: Injector; consumerOf: (queueArn: string) => string }) {
    this.#sqs = sqs;
    this.#injector = options.injector;
    this.#consumerOf = options.consumerOf;
  }

  async receive(queueArn: string, maxMessages: number): Promise<ReceivedMessage[]> {
    const messages = await this.#sqs.receive(queueArn, maxMessages);
    if (messages.length === 0) return messages;
    const mode = this.#injector.pass('queue', `queue.${this.#consumerOf(queueArn)}`) as DeliveryMode | undefined;
    const firsts = messages.filter(({ messageAttributes }) => messageAttributes['copy'] === undefined);
    const copies = mode === 'duplicated' ? 1 : this.extraCopies();
    for (let copy = 1; copy <= copies; copy += 1) {
      for (const { body } of firsts) await this.#sqs.send(queueArn, body, { copy: 'yes' });
    }
    // The messages stay hidden for the visibility timeout, as if their consumer had died with them.
    return mode === 'delayed' ? [] : messages;
  }

  onVisible(queueArn: string, wake: () => void): () => void {
    return this.#sqs.onVisible(queueArn, wake);
  }

  delete(queueArn: string, receiptHandles: string[]): Promise<void> {
    return this.#sqs.delete(queueArn, receiptHandles);
  }

  changeVisibility(queueArn: string, receiptHandles: string[], seconds: number): Promise<void> {
    return this.#sqs.changeVisibility(queueArn, receiptHandles, seconds);
  }
}

/** The outbox table's stream, made of the inserts that the store has committed; the same for all who read it. */
export class OutboxStream implements StreamReader {
  readonly #time: VirtualTime;
  readonly #injector: Injector;
  readonly #streamArn: string;
  readonly #place: string;
  readonly #records: StreamRecord[] = [];
  readonly #wakes = new Set<() => void>();
  #heldUntilMs = 0;

  /** @param consumer the function that reads it. */
  constructor(options: { time: VirtualTime; injector: Injector; streamArn: string; consumer: string }) {
    this.#time = options.time;
    this.#injector = options.injector;
    this.#streamArn = options.streamArn;
    this.#place = `stream.${options.consumer}`;
  }

  add(row: OutboxInsert): void {
    const mode = this.#injector.pass('stream', this.#place) as DeliveryMode | undefined;
    const record = this.#recordOf(row);
    if (mode === 'delayed') this.#hold();
    // What nobody read in time is still a row; only nobody is told of it.
    this.#records.push(mode === 'expired' ? { ...record, eventName: 'MODIFY' } : record);
    if (mode === 'duplicated') this.#records.push(record);
    this.#wake();
  }

  #recordOf(row: OutboxInsert): StreamRecord {
    const number = Number(this.#records.at(-1)?.dynamodb.SequenceNumber ?? 0) + 1;
    return {
      eventID: `event-${number}`,
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: this.#streamArn,
      dynamodb: {
        ApproximateCreationDateTime: this.#time.nowMs() / 1000,
        Keys: { eventId: row['eventId'] },
        NewImage: row,
        SequenceNumber: String(number).padStart(21, '0'),
        SizeBytes: 100,
        StreamViewType: 'NEW_IMAGE',
      },
    };
  }

  async read(_streamArn: string, after = '', limit: number): Promise<StreamRecord[]> {
    if (this.#time.nowMs() < this.#heldUntilMs) return [];
    return this.#records.filter(({ dynamodb }) => dynamodb.SequenceNumber > after).slice(0, limit);
  }

  async latestSequenceNumber(): Promise<string | undefined> {
    return this.#records.at(-1)?.dynamodb.SequenceNumber;
  }

  onRecords(_streamArn: string, wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  async trim(): Promise<void> {
    return undefined;
  }

  #hold(): void {
    this.#heldUntilMs = this.#time.nowMs() + DELAY_MS;
    this.#time.at(this.#heldUntilMs, () => this.#wake());
  }

  #wake(): void {
    for (const wake of this.#wakes) setImmediate(() => outsideFunctions(wake));
  }
}
