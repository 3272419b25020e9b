import { randomUUID } from 'node:crypto';
import { sleepUntil, type Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import type { InvocationResult } from '../../shared/ports/functions.ts';
import type { StreamReader, StreamRecord } from '../../shared/ports/streams.ts';
import type { TargetSender } from '../../shared/ports/targets.ts';
import type { MappingPorts, MappingSettings, RunningMapping, StreamMappingSettings } from './mapping-settings.ts';
import { recordFilter, type RecordFilter } from './record-filter.ts';
import { planAfterFailure, succeededCount, type StreamBatch } from './stream-batch.ts';
import { arrivedAtMs, streamFailureRecord, type StreamDiscard } from './stream-failure-record.ts';
import type { StreamPositions } from './stream-positions.ts';
import { WakeUp } from './wake-up.ts';

export interface StreamMappingOptions extends MappingPorts {
  readonly settings: MappingSettings;
  readonly stream: StreamMappingSettings;
  readonly streams: StreamReader;
  readonly destinations: TargetSender;
  readonly positions: StreamPositions;
  readonly clock: Clock;
}

const FIRST_RETRY_DELAY_MS = 1000;
const MAX_RETRY_DELAY_MS = 60_000;

/**
 * Brings a stream's records to a function, in order, one batch at a time (one shard).
 *
 * T1  A record is passed only when the function succeeded with it, no filter wants it, or it was given up: then its
 *     position has gone to the on-failure destination first.
 * T2  Retries begin at the lowest record that failed; records before it are not run again.
 * T3  A refusal (throttle) is retried until the record is too old and uses up no retries.
 */
export class StreamMapping implements RunningMapping {
  readonly settings: MappingSettings;
  lastProcessingResult = 'No records processed';
  readonly #options: StreamMappingOptions;
  readonly #filter: RecordFilter | undefined;
  readonly #bell = new WakeUp();
  readonly #stop = new AbortController();
  #stopListening: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #idle = Promise.withResolvers<void>();
  /** Runs and waits since the last progress, for the growing delay between tries. */
  #refusals = 0;

  constructor(options: StreamMappingOptions) {
    this.settings = options.settings;
    this.#options = options;
    this.#filter = recordFilter(options.settings.filterPatterns);
    this.#idle.resolve();
  }

  start(): void {
    this.#stopListening = this.#options.streams.onRecords(this.settings.eventSourceArn, () => this.#bell.ring());
    this.#idle = Promise.withResolvers();
    this.#reading = this.#read().finally(() => this.#idle.resolve());
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('The mapping was stopped.'));
    this.#stopListening?.();
    this.#bell.ring();
    await this.#reading;
  }

  settled(): Promise<void> {
    return this.#idle.promise;
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      try {
        const records = await this.#collect();
        if (records.length > 0) await this.#process(records);
        else await this.#rest();
      } catch (error) {
        if (this.#stopped) return;
        this.#noteProblem(error);
        await this.#backOff((this.#refusals += 1));
      }
    }
  }

  /** Nothing to do until the stream rings. */
  async #rest(): Promise<void> {
    await this.#options.positions.trim(this.settings.uuid);
    this.#idle.resolve();
    await this.#bell.sleep(this.#options.clock);
    this.#idle = Promise.withResolvers();
  }

  /** Within a window each ring adds what is new: a rush would have the same records read a hundred times otherwise. */
  async #collect(): Promise<StreamRecord[]> {
    const { positions, clock, turn } = this.#options;
    const { uuid, batchSize, batchingWindowSeconds } = this.settings;
    await turn();
    const records = await this.#readAfter(positions.of(uuid), batchSize);
    const closesAtMs = clock.nowMs() + batchingWindowSeconds * 1000;
    while (records.length > 0 && records.length < batchSize && clock.nowMs() < closesAtMs && !this.#stopped) {
      await this.#bell.sleep(clock, closesAtMs);
      const lastRead = records.at(-1)?.dynamodb.SequenceNumber;
      records.push(...(await this.#readAfter(lastRead, batchSize - records.length)));
    }
    return records;
  }

  #readAfter(sequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]> {
    return this.#options.streams.read(this.settings.eventSourceArn, sequenceNumber, limit);
  }

  async #process(records: readonly StreamRecord[]): Promise<void> {
    const pending: StreamBatch[] = [{ records, failures: 0 }];
    for (let batch = pending.shift(); batch && !this.#stopped; batch = pending.shift()) {
      pending.unshift(...(await this.#attempt(batch)));
    }
  }

  /** Runs a batch once; what is left to do stands in the answer. */
  async #attempt(batch: StreamBatch): Promise<readonly StreamBatch[]> {
    const fresh = await this.#discardExpired(batch);
    if (fresh.length === 0) return [];
    const wanted = this.#filter ? fresh.filter(this.#filter) : fresh;
    if (wanted.length === 0) return this.#pass(fresh);
    const requestId = randomUUID();
    const result = await this.#invoke(wanted, requestId);
    if (!result) {
      await this.#backOff((this.#refusals += 1));
      return [{ ...batch, records: fresh }];
    }
    this.#refusals = 0;
    const succeeded = succeededCount(wanted, result, this.settings.reportsBatchItemFailures);
    const firstFailed = wanted[succeeded];
    this.lastProcessingResult = firstFailed ? 'PROBLEM: Function call failed' : 'OK';
    if (!firstFailed) return this.#pass(fresh);
    return this.#afterFailure({ ...batch, records: fresh }, fresh.indexOf(firstFailed), { requestId, result });
  }

  async #afterFailure(
    batch: StreamBatch,
    succeeded: number,
    run: { requestId: string; result: InvocationResult },
  ): Promise<readonly StreamBatch[]> {
    const plan = planAfterFailure(batch, succeeded, this.#options.stream);
    await this.#pass(plan.done);
    if (plan.discarded.length > 0) {
      await this.#discard(plan.discarded, {
        requestId: run.requestId,
        condition: 'RetryAttemptsExhausted',
        invokeCount: batch.failures + 1,
        functionError: run.result.functionError !== undefined,
      });
    }
    if (plan.backsOff) await this.#backOff(plan.next[0]?.failures ?? 1);
    return plan.next;
  }

  /** Undefined when the function did not run. */
  async #invoke(records: readonly StreamRecord[], requestId: string): Promise<InvocationResult | undefined> {
    try {
      const payload = JSON.stringify({ Records: records });
      return await this.#options.invoke(this.settings.functionReference, payload, requestId);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.lastProcessingResult = `PROBLEM: ${error.code}: ${error.message}`;
      return undefined;
    }
  }

  async #discardExpired(batch: StreamBatch): Promise<readonly StreamRecord[]> {
    const oldestMs = this.#options.clock.nowMs() - this.#options.stream.maximumRecordAgeSeconds * 1000;
    const firstFresh = batch.records.findIndex((record) => arrivedAtMs(record) >= oldestMs);
    if (firstFresh === 0) return batch.records;
    const count = firstFresh === -1 ? batch.records.length : firstFresh;
    await this.#discard(batch.records.slice(0, count), {
      requestId: randomUUID(),
      condition: 'RecordAgeExceeded',
      invokeCount: batch.failures,
      functionError: batch.failures > 0,
    });
    return batch.records.slice(count);
  }

  async #discard(
    records: readonly StreamRecord[],
    why: Pick<StreamDiscard, 'requestId' | 'condition' | 'invokeCount' | 'functionError'>,
  ): Promise<void> {
    const [first, ...others] = records;
    if (!first) return;
    const { stream, clock, destinations } = this.#options;
    const record = streamFailureRecord({
      ...why,
      functionArn: this.settings.functionReference,
      records: [first, ...others],
      streamArn: this.settings.eventSourceArn,
      atMs: clock.nowMs(),
    });
    this.#options.onProblem(this.settings.functionReference, `Discarded stream records: ${record}`);
    if (stream.onFailureArn !== undefined) await destinations.deliver(stream.onFailureArn, record);
    await this.#pass(records);
  }

  async #pass(records: readonly StreamRecord[]): Promise<[]> {
    const last = records.at(-1);
    if (!last) return [];
    const { positions, clock, onIteratorAge } = this.#options;
    onIteratorAge(this.settings.functionReference, clock.nowMs() - arrivedAtMs(last));
    await positions.advance(this.settings.uuid, last.dynamodb.SequenceNumber, records.length);
    return [];
  }

  async #backOff(tries: number): Promise<void> {
    const { clock } = this.#options;
    const delayMs = Math.min(FIRST_RETRY_DELAY_MS * 2 ** (tries - 1), MAX_RETRY_DELAY_MS);
    try {
      await sleepUntil(clock, clock.nowMs() + delayMs, this.#stop.signal);
    } catch (error) {
      if (error !== this.#stop.signal.reason) throw error;
    }
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #noteProblem(error: unknown): void {
    this.lastProcessingResult = `PROBLEM: ${String(error)}`;
    this.#options.onProblem(this.settings.functionReference, `${this.settings.eventSourceArn}: ${String(error)}`);
  }
}
