import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { systemClock, type Clock } from '@order-workflow/states-language/clock';
import { Journal } from '../../../store/journal.ts';
import type { LogSink } from '../../shared/ports/logs.ts';
import type { QueueConsumer, ReceivedMessage } from '../../shared/ports/queues.ts';
import type { StreamReader, StreamRecord } from '../../shared/ports/streams.ts';
import { testStack } from '../../testing/test-stack.ts';
import type { FunctionSettings } from '../function-settings.ts';
import { LambdaService, type LambdaServiceOptions } from '../lambda-service.ts';

/** A LambdaService over a temporary folder, with small in-memory partners that keep the contracts of the ports. */
export class LambdaBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'lambda-'));
  readonly queue: MemoryQueue;
  readonly stream = new MemoryStream();
  readonly lines: string[] = [];
  readonly delivered: { targetArn: string; payload: string }[] = [];
  readonly clock: Clock;
  /** Set to make every delivery to a destination fail. */
  refusal: Error | undefined;
  journal: Journal;
  service: LambdaService;
  readonly #overrides: Partial<LambdaServiceOptions>;

  constructor(overrides: Partial<LambdaServiceOptions> = {}) {
    this.#overrides = overrides;
    this.clock = overrides.clock ?? systemClock;
    this.queue = new MemoryQueue(this.clock);
    this.journal = new Journal(join(this.folder, 'runtime.sqlite'));
    this.service = this.#open();
  }

  /** Declares a function with `source` as its ES module; returns its name. */
  async declare(functionName: string, source: string, settings: Partial<FunctionSettings> = {}): Promise<string> {
    writeFileSync(join(this.folder, `${functionName}.mjs`), source);
    await this.service.putFunction({
      functionName,
      functionArn: arnOf(functionName),
      codeFolder: this.folder,
      handler: `${functionName}.handler`,
      runtime: 'nodejs24.x',
      timeoutMs: 900_000, // However slow the machine is: tests of time-outs say their own.
      memorySizeMb: 128,
      variables: {},
      logging: {
        logGroup: `/aws/lambda/${functionName}`,
        format: 'Text',
        applicationLogLevel: 'INFO',
        systemLogLevel: 'INFO',
      },
      ...settings,
    });
    return functionName;
  }

  /** Forgets everything that is not on disk, as a kill and a restart do. The functions must be declared again. */
  async crash(): Promise<void> {
    await this.journal.flushed();
    await this.service.stop();
    this.journal.close();
    this.journal = new Journal(join(this.folder, 'runtime.sqlite'));
    this.service = this.#open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.stop();
    this.journal.close();
    rmSync(this.folder, { recursive: true });
  }

  #open(): LambdaService {
    return new LambdaService({
      journal: this.journal,
      clock: this.clock,
      stack: testStack,
      queues: this.queue,
      streams: this.stream,
      destinations: {
        deliver: async (targetArn, payload) => {
          if (this.refusal) throw this.refusal;
          this.delivered.push({ targetArn, payload });
        },
      },
      versionsFolder: join(this.folder, 'function-code'),
      logs: { append: (_, line) => void this.lines.push(line) } satisfies LogSink,
      ...this.#overrides,
    });
  }
}

/** Resolves when `condition` holds; gives slow machines time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 60_000, interval: 5 });
}

export function arnOf(functionName: string): string {
  return `arn:aws:lambda:${testStack.region}:${testStack.accountId}:function:${functionName}`;
}

export const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:work';
export const STREAM_ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/notes/stream/2026-01-01T00:00:00.000';

/**
 * A function whose environments wait in it until there are two of them, which they tell in the folder that MEETING names.
 * Each invocation says when it comes and goes, and answers with its environment and how many were in there with it.
 */
export const MEETING = `
  import { readdirSync, writeFileSync } from 'node:fs';
  import { setTimeout } from 'node:timers/promises';
  import { threadId } from 'node:worker_threads';
  const { MEETING } = process.env;
  let busy = 0;
  export const handler = async () => {
    console.log('in');
    busy += 1;
    const seen = busy;
    writeFileSync(MEETING + '/' + threadId, '');
    do await setTimeout(5); while (readdirSync(MEETING).length < 2);
    busy -= 1;
    console.log('out');
    return { threadId, seen };
  };`;

/** One queue. Messages that were received stay invisible for 30 s. */
export class MemoryQueue implements QueueConsumer {
  readonly #clock: Clock;
  readonly #visible: ReceivedMessage[] = [];
  readonly #hidden = new Map<string, ReceivedMessage>();
  readonly #wakes = new Set<() => void>();
  readonly #receives = new Map<string, number>();
  #sent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get visibleBodies(): string[] {
    return this.#visible.map(({ body }) => body);
  }

  get hiddenBodies(): string[] {
    return [...this.#hidden.values()].map(({ body }) => body);
  }

  send(...bodies: string[]): void {
    for (const body of bodies) {
      const messageId = `m-${(this.#sent += 1)}`;
      this.#show({ messageId, receiptHandle: '', body, md5OfBody: 'md5', attributes: {}, messageAttributes: {} });
    }
  }

  async receive(_: string, maxMessages: number): Promise<ReceivedMessage[]> {
    const taken = this.#visible.splice(0, maxMessages).map((message) => this.#hide(message));
    return taken;
  }

  onVisible(_: string, wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  async delete(_: string, receiptHandles: string[]): Promise<void> {
    for (const handle of receiptHandles) this.#hidden.delete(handle);
  }

  async changeVisibility(_: string, receiptHandles: string[], seconds: number): Promise<void> {
    for (const handle of receiptHandles) this.#showAt(handle, this.#clock.nowMs() + seconds * 1000);
  }

  #hide(message: ReceivedMessage): ReceivedMessage {
    const count = (this.#receives.get(message.messageId) ?? 0) + 1;
    this.#receives.set(message.messageId, count);
    const received = {
      ...message,
      receiptHandle: `${message.messageId}#${count}`,
      attributes: { ApproximateReceiveCount: String(count) },
    };
    this.#hidden.set(received.receiptHandle, received);
    this.#showAt(received.receiptHandle, this.#clock.nowMs() + 30_000);
    return received;
  }

  #showAt(handle: string, atMs: number): void {
    this.#clock.at(atMs, () => {
      const message = this.#hidden.get(handle);
      if (message && this.#hidden.delete(handle)) this.#show(message);
    });
  }

  #show(message: ReceivedMessage): void {
    this.#visible.push(message);
    for (const wake of this.#wakes) setImmediate(wake);
  }
}

/** One stream; sequence numbers are 101, 102 … */
export class MemoryStream implements StreamReader {
  readonly records: StreamRecord[] = [];
  trimmedTo: string | undefined;
  /** Records that were handed out, again and again included. */
  readCount = 0;
  readonly #wakes = new Set<() => void>();

  put(nowMs: number, ...notes: string[]): void {
    for (const note of notes) this.records.push(noteRecord(note, String(101 + this.records.length), nowMs));
    for (const wake of this.#wakes) setImmediate(wake);
  }

  async read(_: string, after: string | undefined, limit: number): Promise<StreamRecord[]> {
    const start = after === undefined ? 0 : Number(after) - 100;
    const records = this.records.slice(start, start + limit);
    this.readCount += records.length;
    return records;
  }

  async latestSequenceNumber(): Promise<string | undefined> {
    return this.records.at(-1)?.dynamodb.SequenceNumber;
  }

  onRecords(_: string, wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  async trim(_: string, upToSequenceNumber: string): Promise<void> {
    this.trimmedTo = upToSequenceNumber;
  }
}

function noteRecord(note: string, sequenceNumber: string, nowMs: number): StreamRecord {
  return {
    eventID: `e-${sequenceNumber}`,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: testStack.region,
    eventSourceARN: STREAM_ARN,
    dynamodb: {
      ApproximateCreationDateTime: nowMs / 1000,
      Keys: { note: { S: note } },
      NewImage: { note: { S: note }, size: { N: '1' } },
      SequenceNumber: sequenceNumber,
      SizeBytes: 10,
      StreamViewType: 'NEW_IMAGE',
    },
  };
}
