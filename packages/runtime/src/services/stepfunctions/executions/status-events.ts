import { exceedsBytes } from '@order-workflow/states-language';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import type { Journal } from '../../../store/journal.ts';
import type { EventPublisher } from '../../shared/ports/events.ts';
import { qualifiedArns, type ExecutionRow } from './execution-store.ts';
import type { RedriveFields } from './redrive.ts';

/** EventBridge takes 256 KiB an event; above this the data is left out of it. */
const MAX_DATA_BYTES = 248 * 1024;
const RETRY_AFTER_MS = 1000;

interface PendingEvent {
  readonly id: number;
  readonly executionArn: string;
  readonly detail: unknown;
}

/**
 * Execution status changes on their way to the default bus. An event is stored together with the change that it
 * tells of and forgotten when the bus has it: a crash in between publishes it again, none is lost.
 */
export class StatusEvents {
  readonly #options: StatusEventsOptions;
  readonly #inFlight = new Set<Promise<void>>();
  #retry: Timer | undefined;
  #isStopped = false;

  constructor(options: StatusEventsOptions) {
    this.#options = options;
  }

  /** Stores the execution's present status as an event, with the write that made it, and then publishes it. */
  announce(execution: ExecutionRow): void {
    const { journal, redriveFields } = this.#options;
    const detail = statusDetail(execution, redriveFields(execution));
    let id = 0;
    const noted = journal.write(() => {
      const { lastInsertRowid } = journal
        .sql('INSERT INTO sfn_status_event (execution_arn, detail) VALUES (?, ?)')
        .run(execution.arn, JSON.stringify(detail));
      id = Number(lastInsertRowid);
    });
    this.#track(noted.then(() => this.#publish({ id, executionArn: execution.arn, detail })));
  }

  /** Publishes what a crash, or a bus that failed, left behind. */
  publishPending(): void {
    const rows = this.#options.journal.sql('SELECT id, execution_arn, detail FROM sfn_status_event ORDER BY id').all();
    for (const row of rows) {
      const detail: unknown = JSON.parse(String(row['detail']));
      const event = { id: Number(row['id']), executionArn: String(row['execution_arn']), detail };
      this.#track(this.#publish(event));
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry?.cancel();
    await Promise.all(this.#inFlight);
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch(this.#options.onStoreFailure).finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
  }

  async #publish(event: PendingEvent): Promise<void> {
    const { journal, clock, publisher } = this.#options;
    try {
      await publisher.publish({
        source: 'aws.states',
        detailType: 'Step Functions Execution Status Change',
        detail: event.detail,
        resources: [event.executionArn],
      });
    } catch {
      // The row stays, so nothing is lost: all pending events are offered again, in their order, a little later.
      if (this.#isStopped) return;
      this.#retry?.cancel();
      this.#retry = clock.at(clock.nowMs() + RETRY_AFTER_MS, () => this.publishPending());
      return;
    }
    await journal.write(() => void journal.sql('DELETE FROM sfn_status_event WHERE id = ?').run(event.id));
  }
}

export interface StatusEventsOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly publisher: EventPublisher;
  readonly redriveFields: (execution: ExecutionRow) => RedriveFields;
  readonly onStoreFailure: (error: unknown) => void;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
function statusDetail(row: ExecutionRow, redrive: RedriveFields): unknown {
  const isIncluded = !exceedsBytes(row.input + (row.output ?? ''), MAX_DATA_BYTES);
  return {
    executionArn: row.arn,
    stateMachineArn: row.machineArn,
    name: row.name,
    status: row.status,
    startDate: row.startedMs,
    stopDate: row.stoppedMs,
    input: isIncluded ? row.input : null,
    output: isIncluded ? row.output : null,
    inputDetails: { included: isIncluded },
    outputDetails: row.output === null ? null : { included: isIncluded },
    error: row.error,
    cause: row.cause,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    ...qualifiedArns(row),
    redriveCount: row.redriveCount,
    redriveDate: row.redrivenMs,
    redriveStatus: redrive.redriveStatus,
    redriveStatusReason: redrive.redriveStatusReason ?? null,
  };
}
