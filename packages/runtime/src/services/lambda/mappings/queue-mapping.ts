import { randomUUID } from 'node:crypto';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import type { InvocationResult } from '../../shared/ports/functions.ts';
import type { QueueConsumer, ReceivedMessage } from '../../shared/ports/queues.ts';
import { readBatchVerdict } from './batch-failures.ts';
import { InFlight } from '../in-flight.ts';
import type { MappingPorts, MappingSettings, RunningMapping } from './mapping-settings.ts';
import { queueEvent } from './queue-event.ts';
import { filterableMessage, recordFilter, type RecordFilter } from './record-filter.ts';
import { WakeUp } from './wake-up.ts';

export interface QueueMappingOptions extends MappingPorts {
  readonly settings: MappingSettings;
  readonly queues: QueueConsumer;
  readonly clock: Clock;
  readonly region: string;
}

/** While its window is open a batch looks for more so often, and not at each arrival: every look is a receive. */
const LOOK_EVERY_MS = 100;

/**
 * Brings a queue's messages to a function.
 *
 * Q1  A message is deleted only after the function succeeded with it, or when no filter wants it. Any other end
 *     leaves it invisible until its visibility timeout: then it comes again, or goes to the dead-letter queue.
 * Q2  Never more batches side by side than MaximumConcurrency, or, without one, than a function has environments:
 *     a message that waits in the queue loses nothing of its visibility timeout. A throttled batch does (as in AWS,
 *     where reserved concurrency sends good messages to the dead-letter queue).
 * Q3  A batch is what is there when its turn comes; only a batching window makes it wait for more.
 */
export class QueueMapping implements RunningMapping {
  readonly settings: MappingSettings;
  lastProcessingResult = 'No records processed';
  readonly #options: QueueMappingOptions;
  readonly #filter: RecordFilter | undefined;
  readonly #bell = new WakeUp();
  readonly #batches = new InFlight();
  #stopListening: (() => void) | undefined;
  #polling: Promise<void> | undefined;
  #isFilling = false;
  #stopped = false;

  constructor(options: QueueMappingOptions) {
    this.settings = options.settings;
    this.#options = options;
    this.#filter = recordFilter(options.settings.filterPatterns);
  }

  start(): void {
    this.#stopListening = this.#options.queues.onVisible(this.settings.eventSourceArn, () => {
      if (!this.#isFilling) this.#bell.ring();
    });
    this.#polling = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening?.();
    this.#bell.ring();
    await this.#polling;
    await this.#batches.settled();
  }

  settled(): Promise<void> {
    return this.#batches.settled();
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      const batch = this.#batches.size < this.#maximumConcurrency ? await this.#collect() : [];
      if (batch.length > 0) this.#begin(batch);
      else await this.#bell.sleep(this.#options.clock);
    }
  }

  #begin(batch: readonly ReceivedMessage[]): void {
    this.#batches.begin(
      this.#deliver(batch),
      (error) => this.#noteProblem(error),
      () => this.#bell.ring(),
    );
  }

  get #maximumConcurrency(): number {
    return this.settings.maximumConcurrency ?? this.#options.defaultConcurrency;
  }

  async #collect(): Promise<ReceivedMessage[]> {
    await this.#options.turn();
    const batch = await this.#receive(this.settings.batchSize);
    if (batch.length === 0 || this.settings.batchingWindowSeconds === 0) return batch;
    await this.#fill(batch);
    return batch;
  }

  async #fill(batch: ReceivedMessage[]): Promise<void> {
    const { clock } = this.#options;
    const closesAtMs = clock.nowMs() + this.settings.batchingWindowSeconds * 1000;
    this.#isFilling = true;
    while (batch.length < this.settings.batchSize && clock.nowMs() < closesAtMs && !this.#stopped) {
      await this.#bell.sleep(clock, Math.min(closesAtMs, clock.nowMs() + LOOK_EVERY_MS));
      batch.push(...(await this.#receive(this.settings.batchSize - batch.length)));
    }
    this.#isFilling = false;
  }

  async #receive(maxMessages: number): Promise<ReceivedMessage[]> {
    try {
      return await this.#options.queues.receive(this.settings.eventSourceArn, maxMessages);
    } catch (error) {
      this.#noteProblem(error);
      return [];
    }
  }

  async #deliver(batch: readonly ReceivedMessage[]): Promise<void> {
    const wanted = this.#filter ? await this.#dropUnwanted(batch, this.#filter) : batch;
    if (wanted.length === 0) return;
    const payload = queueEvent(wanted, this.settings.eventSourceArn, this.#options.region);
    const result = await this.#invoke(payload);
    if (!result) return;
    const done = this.#doneOf(wanted, result);
    this.lastProcessingResult = done.length === wanted.length ? 'OK' : 'PROBLEM: Function call failed';
    await this.#delete(done);
  }

  async #invoke(payload: string): Promise<InvocationResult | undefined> {
    try {
      return await this.#options.invoke(this.settings.functionReference, payload, randomUUID());
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.lastProcessingResult = `PROBLEM: ${error.code}: ${error.message}`;
      return undefined;
    }
  }

  #doneOf(batch: readonly ReceivedMessage[], result: InvocationResult): readonly ReceivedMessage[] {
    if (result.functionError) return [];
    if (!this.settings.reportsBatchItemFailures) return batch;
    const verdict = readBatchVerdict(
      result.payload,
      batch.map(({ messageId }) => messageId),
    );
    if (verdict.kind === 'allFailed') return [];
    return verdict.kind === 'done' ? batch : batch.filter(({ messageId }) => !verdict.identifiers.has(messageId));
  }

  async #dropUnwanted(batch: readonly ReceivedMessage[], filter: RecordFilter): Promise<ReceivedMessage[]> {
    const wanted = batch.filter((message) => filter(filterableMessage(message)));
    const kept = new Set(wanted);
    await this.#delete(batch.filter((message) => !kept.has(message)));
    return wanted;
  }

  async #delete(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.#options.queues.delete(
      this.settings.eventSourceArn,
      messages.map(({ receiptHandle }) => receiptHandle),
    );
  }

  #noteProblem(error: unknown): void {
    this.lastProcessingResult = `PROBLEM: ${String(error)}`;
    this.#options.onProblem(this.settings.functionReference, `${this.settings.eventSourceArn}: ${String(error)}`);
  }
}
