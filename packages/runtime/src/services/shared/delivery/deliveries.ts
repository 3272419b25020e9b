import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { AwsError } from '../aws-error.ts';
import type { Journal } from '../../../store/journal.ts';
import type { TargetSender } from '../ports/targets.ts';
import { serviceOfArn } from '../arn.ts';
import { classifyFailure, type DeliveryFailure } from './delivery-failure.ts';
import { EVENTS_SERVICE, type EventQueues } from './event-queues.ts';
import { decideRetry, type ExhaustedCondition, type RetryPolicy } from './retry-schedule.ts';

/** Where something is delivered to, and what happens when it cannot be. */
export interface DeliveryTarget {
  readonly Arn: string;
  readonly RetryPolicy?: RetryPolicy;
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

/** One event on its way to one target. */
export interface DeliveryRequest {
  readonly target: DeliveryTarget;
  readonly payload: string;
  /** What a dead-letter queue gets: the event itself. */
  readonly deadLetterBody: string;
  /** What a dead-letter queue is told beside the error, e.g. RULE_ARN and TARGET_ARN. */
  readonly deadLetterAttributes: Readonly<Record<string, string>>;
  /** The resource that queue policies must allow, for each kind of queue; absent where a role gives permission. */
  readonly permission?: { readonly sourceArn: string; readonly forTarget: boolean };
}

interface PendingDelivery extends DeliveryRequest {
  readonly id: number;
  readonly firstAttemptAtMs: number;
  retries: number;
  nextAttemptAtMs: number;
}

interface Exhaustion {
  readonly retries: number;
  readonly condition?: ExhaustedCondition;
}

/**
 * Brings events to targets.
 *
 * D1  `add` runs inside the journal write that accepts the event: event and deliveries are durable together.
 * D2  A queue lives in the same journal, so its message is part of that write and needs no pending row.
 * D3  Any other delivery is a row until its target has accepted it; after a restart it is attempted again, so a
 *     target may see it twice (EventBridge delivers at least once).
 * D4  What cannot be delivered goes to the dead-letter queue in the write that ends the delivery; without one, or
 *     when that queue's policy does not allow it, the event is dropped, as by EventBridge.
 */
export class Deliveries {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #targets: TargetSender;
  readonly #queues: EventQueues;
  readonly #random: () => number;
  readonly #table: string;
  readonly #timers = new Map<PendingDelivery, Timer>();
  readonly #attempts = new Set<Promise<void>>();
  #resumed: PendingDelivery[];
  #stopped = false;

  constructor(options: {
    journal: Journal;
    clock: Clock;
    targets: TargetSender;
    queues: EventQueues;
    /** Where pending deliveries are kept; each user has its own. */
    table: 'events_deliveries' | 'scheduler_deliveries';
    random?: (() => number) | undefined;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#targets = options.targets;
    this.#queues = options.queues;
    this.#random = options.random ?? Math.random;
    this.#table = options.table;
    this.#journal.migrate(`CREATE TABLE IF NOT EXISTS ${this.#table} (
      id INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL, payload TEXT NOT NULL, dead_letter_body TEXT,
      first_attempt_at_ms INTEGER NOT NULL, retries INTEGER NOT NULL, next_attempt_at_ms INTEGER NOT NULL
    ) STRICT`);
    this.#resumed = this.#load();
  }

  /** How many deliveries wait for their target or for a retry. */
  get pendingCount(): number {
    return this.#timers.size + this.#attempts.size + this.#resumed.length;
  }

  /** Goes on with what a stop interrupted. */
  start(): void {
    for (const delivery of this.#resumed) this.#attemptAt(delivery, delivery.nextAttemptAtMs);
    this.#resumed = [];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await Promise.all(this.#attempts);
  }

  /** Inside a journal write (D1). The first attempt is made right after it. */
  add(request: DeliveryRequest): void {
    if (serviceOfArn(request.target.Arn) === 'sqs') this.#enqueue(request);
    else this.#insert(request);
  }

  /** Inside a journal write: what its target refused, or that has no target, is not tried again (D4). */
  refuse(request: DeliveryRequest, reason: AwsError): void {
    this.#giveUp(request, classifyFailure(reason), { retries: 0 });
  }

  #enqueue(request: DeliveryRequest): void {
    const { target, permission } = request;
    try {
      if (permission?.forTarget && !this.#queues.permits(target.Arn, EVENTS_SERVICE, permission.sourceArn)) {
        throw new AwsError(
          'AccessDeniedException',
          `The policy of ${target.Arn} does not allow ${EVENTS_SERVICE} to send for ${permission.sourceArn}.`,
        );
      }
      this.#queues.enqueue(target.Arn, request.payload);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error; // the journal failed: so does the write, and with it the event
      this.refuse(request, error);
    }
  }

  #insert(request: DeliveryRequest): void {
    const nowMs = this.#clock.nowMs();
    const { payload, deadLetterBody, ...rest } = request;
    const result = this.#journal
      .sql(`INSERT INTO ${this.#table} VALUES (NULL, ?, ?, ?, ?, 0, ?)`)
      .run(JSON.stringify(rest), payload, deadLetterBody === payload ? null : deadLetterBody, nowMs, nowMs);
    const id = Number(result.lastInsertRowid);
    if (this.#stopped) return; // the next start delivers it
    queueMicrotask(() => this.#begin({ ...request, id, firstAttemptAtMs: nowMs, retries: 0, nextAttemptAtMs: nowMs }));
  }

  #begin(delivery: PendingDelivery): void {
    const attempt = this.#attempt(delivery)
      // The outcome could not be stored: the row is still there, so the target is tried again (D3).
      .catch(() => this.#attemptAt(delivery, this.#clock.nowMs() + 1000))
      .finally(() => this.#attempts.delete(attempt));
    this.#attempts.add(attempt);
  }

  async #attempt(delivery: PendingDelivery): Promise<void> {
    try {
      await this.#targets.deliver(delivery.target.Arn, delivery.payload);
    } catch (error) {
      await this.#failed(delivery, classifyFailure(error));
      return;
    }
    await this.#journal.write(() => this.#delete(delivery));
  }

  async #failed(delivery: PendingDelivery, failure: DeliveryFailure): Promise<void> {
    const state = { ...delivery, nowMs: this.#clock.nowMs() };
    const decision = failure.retryable ? decideRetry(delivery.target.RetryPolicy, state, this.#random) : undefined;
    if (decision?.kind === 'retry') {
      delivery.retries += 1;
      delivery.nextAttemptAtMs = decision.atMs;
      await this.#journal.write(() => this.#saveRetry(delivery));
      this.#attemptAt(delivery, decision.atMs);
      return;
    }
    await this.#journal.write(() => {
      this.#delete(delivery);
      this.#giveUp(delivery, failure, {
        retries: delivery.retries,
        ...(decision && { condition: decision.condition }),
      });
    });
  }

  #attemptAt(delivery: PendingDelivery, atMs: number): void {
    if (this.#stopped) return;
    const timer = this.#clock.at(atMs, () => {
      this.#timers.delete(delivery);
      this.#begin(delivery);
    });
    this.#timers.set(delivery, timer);
  }

  /** To the dead-letter queue, if there is one that takes it (D4). */
  #giveUp(request: DeliveryRequest, failure: DeliveryFailure, end: Exhaustion): void {
    const queueArn = request.target.DeadLetterConfig?.Arn;
    if (!queueArn || !this.#takesDeadLetters(queueArn, request)) return;
    this.#queues.enqueue(queueArn, request.deadLetterBody, {
      ...request.deadLetterAttributes,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message || failure.code,
      RETRY_ATTEMPTS: String(end.retries),
      ...(end.condition && { EXHAUSTED_RETRY_CONDITION: end.condition }),
    });
  }

  #takesDeadLetters(queueArn: string, { permission }: DeliveryRequest): boolean {
    try {
      const allowed = this.#queues.permits(queueArn, EVENTS_SERVICE, permission?.sourceArn ?? '');
      return allowed || !permission;
    } catch (error) {
      if (error instanceof AwsError) return false; // the dead-letter queue was deleted
      throw error;
    }
  }

  #saveRetry(delivery: PendingDelivery): void {
    this.#journal
      .sql(`UPDATE ${this.#table} SET retries = ?, next_attempt_at_ms = ? WHERE id = ?`)
      .run(delivery.retries, delivery.nextAttemptAtMs, delivery.id);
  }

  #delete(delivery: PendingDelivery): void {
    this.#journal.sql(`DELETE FROM ${this.#table} WHERE id = ?`).run(delivery.id);
  }

  #load(): PendingDelivery[] {
    const rows = this.#journal.sql(`SELECT * FROM ${this.#table} ORDER BY id`).all();
    return rows.map((row) => ({
      ...(JSON.parse(row.request as string) as Omit<DeliveryRequest, 'payload' | 'deadLetterBody'>),
      payload: row.payload as string,
      deadLetterBody: (row.dead_letter_body ?? row.payload) as string,
      id: row.id as number,
      firstAttemptAtMs: row.first_attempt_at_ms as number,
      retries: row.retries as number,
      nextAttemptAtMs: row.next_attempt_at_ms as number,
    }));
  }
}
