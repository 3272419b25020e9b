import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import type { Journal } from '../../../store/journal.ts';
import type { InvocationResult } from '../../shared/ports/functions.ts';
import type { TargetSender } from '../../shared/ports/targets.ts';
import type { AsyncSettings } from './async-settings.ts';
import { destinationRecord, type DestinationCondition } from './destination-record.ts';
import type { FunctionMetrics } from '../function-metrics.ts';
import type { FunctionSettings } from '../function-settings.ts';
import { InFlight } from '../in-flight.ts';

export interface AsyncInvocationsOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly destinations: TargetSender;
  readonly invoke: (functionName: string, payload: string, requestId: string) => Promise<InvocationResult>;
  readonly settingsOf: (functionName: string) => { function: FunctionSettings; async: AsyncSettings } | undefined;
  readonly metrics: FunctionMetrics;
  /** Told of what went wrong outside the function, e.g. a destination that is gone. */
  readonly onProblem: (functionName: string, problem: string) => void;
}

interface AsyncEvent {
  readonly requestId: string;
  /** With the qualifier that the caller named, if any. */
  readonly functionName: string;
  readonly payload: string;
  readonly acceptedAtMs: number;
  /** Runs that ended in an error of the function. */
  failures: number;
  /** Refusals in a row (throttles, errors of the service): they back off, but do not count as runs. */
  refusals: number;
}

const MINUTE_MS = 60_000;
/** Lambda waits one minute before the first retry and two before the second. */
const RETRY_DELAYS_MS = [MINUTE_MS, 2 * MINUTE_MS];
const FIRST_REFUSAL_DELAY_MS = 1000;
const MAX_REFUSAL_DELAY_MS = 5 * MINUTE_MS;

/**
 * Lambda's queue of asynchronous invocations.
 *
 * A1  An event is accepted when its row is on disk; the row goes when the function succeeded or the event was handed
 *     to its destination. A kill in between runs the event again.
 * A2  Retries keep their absolute time over a restart.
 * A3  An event that is throttled, or meets an error of the service, is retried until it is too old; that does not use
 *     up its retries (docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #timers = new Map<string, Timer>();
  readonly #running = new InFlight();
  /** What an earlier process accepted, until `start`. */
  #inherited: { event: AsyncEvent; dueAtMs: number }[];
  #stopped = false;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
    options.journal.migrate(`CREATE TABLE IF NOT EXISTS lambda_async_event (
      request_id TEXT PRIMARY KEY, function_name TEXT NOT NULL, payload TEXT NOT NULL, accepted_at_ms INTEGER NOT NULL,
      due_at_ms INTEGER NOT NULL, failures INTEGER NOT NULL
    ) STRICT`);
    this.#inherited = options.journal.sql('SELECT * FROM lambda_async_event ORDER BY rowid').all().map(inheritedEvent);
  }

  /** Goes on with what an earlier process accepted; the functions must be known by now. */
  start(): void {
    for (const { event, dueAtMs } of this.#inherited.splice(0)) this.#runAt(event, dueAtMs);
  }

  /** Begins no more runs. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  /** Resolves when every run that has begun has ended; retries that wait for their time do not count. */
  settled(): Promise<void> {
    return this.#running.settled();
  }

  /** Resolves when the event is durable. */
  async accept(functionName: string, payload: string, requestId: string = randomUUID()): Promise<void> {
    const acceptedAtMs = this.#options.clock.nowMs();
    const event: AsyncEvent = { requestId, functionName, payload, acceptedAtMs, failures: 0, refusals: 0 };
    const insert = 'INSERT INTO lambda_async_event VALUES (?, ?, ?, ?, ?, 0)';
    await this.#options.journal.write(() =>
      this.#options.journal.sql(insert).run(requestId, functionName, payload, acceptedAtMs, acceptedAtMs),
    );
    this.#begin(event);
  }

  #begin(event: AsyncEvent): void {
    if (this.#stopped) return;
    this.#running.begin(this.#run(event), (error) =>
      this.#options.onProblem(event.functionName, `Asynchronous invocation ${event.requestId}: ${String(error)}`),
    );
  }

  async #run(event: AsyncEvent): Promise<void> {
    const settings = this.#options.settingsOf(event.functionName);
    if (!settings) return this.#remove(event);
    if (this.#ageMs(event) > settings.async.maximumEventAgeSeconds * 1000) {
      return this.#giveUp(event, 'EventAgeExceeded', undefined);
    }
    const result = await this.#invoke(event);
    if (!result) return this.#retry(event, this.#refusalDelayMs(event));
    if (!result.functionError) return this.#succeed(event, result);
    event.failures += 1;
    if (event.failures > settings.async.maximumRetryAttempts) return this.#giveUp(event, 'RetriesExhausted', result);
    await this.#retry(event, RETRY_DELAYS_MS[event.failures - 1] ?? 2 * MINUTE_MS);
  }

  /** Undefined when the function was not run: throttled, or by an error of the service. */
  async #invoke(event: AsyncEvent): Promise<InvocationResult | undefined> {
    try {
      return await this.#options.invoke(event.functionName, event.payload, event.requestId);
    } catch (error) {
      if (error instanceof AwsError && (error.statusCode === 429 || error.statusCode >= 500)) return undefined;
      throw error;
    }
  }

  async #succeed(event: AsyncEvent, result: InvocationResult): Promise<void> {
    const { onSuccessArn } = this.#settings(event).async;
    if (onSuccessArn !== undefined) {
      await this.#deliver(event, onSuccessArn, this.#record(event, 'Success', result));
    }
    await this.#remove(event);
  }

  async #giveUp(
    event: AsyncEvent,
    condition: DestinationCondition,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const { function: target, async } = this.#settings(event);
    this.#options.metrics.count(target.functionName, 'AsyncEventsDropped');
    if (async.onFailureArn !== undefined) {
      await this.#deliver(event, async.onFailureArn, this.#record(event, condition, result));
    }
    if (target.deadLetterArn !== undefined) await this.#deliver(event, target.deadLetterArn, event.payload);
    await this.#remove(event);
  }

  /** A destination that refuses loses the record, as in Lambda (`DestinationDeliveryFailures`); the log keeps it. */
  async #deliver(event: AsyncEvent, targetArn: string, payload: string): Promise<void> {
    try {
      await this.#options.destinations.deliver(targetArn, payload);
    } catch (error) {
      this.#options.metrics.count(event.functionName, 'DestinationDeliveryFailures');
      this.#options.onProblem(event.functionName, `Delivery to ${targetArn} failed: ${String(error)}. ${payload}`);
    }
  }

  #record(event: AsyncEvent, condition: DestinationCondition, result: InvocationResult | undefined): string {
    return destinationRecord({
      requestId: event.requestId,
      functionArn: this.#settings(event).function.functionArn,
      condition,
      invokeCount: event.failures + (condition === 'Success' ? 1 : 0),
      payload: event.payload,
      result,
      atMs: this.#options.clock.nowMs(),
    });
  }

  async #retry(event: AsyncEvent, delayMs: number): Promise<void> {
    const dueAtMs = this.#options.clock.nowMs() + delayMs;
    this.#runAt(event, dueAtMs);
    const update = 'UPDATE lambda_async_event SET due_at_ms = ?, failures = ? WHERE request_id = ?';
    await this.#options.journal.write(() =>
      this.#options.journal.sql(update).run(dueAtMs, event.failures, event.requestId),
    );
  }

  #runAt(event: AsyncEvent, dueAtMs: number): void {
    if (this.#stopped) return;
    const timer = this.#options.clock.at(dueAtMs, () => {
      this.#timers.delete(event.requestId);
      this.#begin(event);
    });
    this.#timers.set(event.requestId, timer);
  }

  async #remove(event: AsyncEvent): Promise<void> {
    const remove = 'DELETE FROM lambda_async_event WHERE request_id = ?';
    await this.#options.journal.write(() => this.#options.journal.sql(remove).run(event.requestId));
  }

  #refusalDelayMs(event: AsyncEvent): number {
    event.refusals += 1;
    return Math.min(FIRST_REFUSAL_DELAY_MS * 2 ** (event.refusals - 1), MAX_REFUSAL_DELAY_MS);
  }

  #settings(event: AsyncEvent): { function: FunctionSettings; async: AsyncSettings } {
    const settings = this.#options.settingsOf(event.functionName);
    if (!settings) throw new Error(`Function ${event.functionName} was removed while its event ran.`);
    return settings;
  }

  #ageMs(event: AsyncEvent): number {
    return this.#options.clock.nowMs() - event.acceptedAtMs;
  }
}

function inheritedEvent(row: Record<string, unknown>): { event: AsyncEvent; dueAtMs: number } {
  return {
    dueAtMs: row['due_at_ms'] as number,
    event: {
      requestId: row['request_id'] as string,
      functionName: row['function_name'] as string,
      payload: row['payload'] as string,
      acceptedAtMs: row['accepted_at_ms'] as number,
      failures: row['failures'] as number,
      refusals: 0,
    },
  };
}
