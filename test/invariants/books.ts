import type { ParkingStep } from '../../workflows/workflow-names.ts';
import type {
  ArchivedEvent,
  LedgerRow,
  OrderRow,
  ParkedRow,
  PaymentRow,
  ReservationRow,
  ReturnRow,
} from './snapshot-rows.ts';
import type { Execution, Snapshot } from './snapshot.ts';

/** What the provider took for an order and gave back, in the provider's units. */
export interface Money {
  readonly capturedMinor: number;
  /** Given back to the customer, less what came back because a refund failed. */
  readonly refundedMinor: number;
  /** Taken back by the customer's bank, less what was won back. */
  readonly disputedMinor: number;
  readonly netMinor: number;
}

/** What `orders restore settle` begins anew is named by the order and the set of restored tables. */
export const BEGUN_ANEW = /^(?<orderId>[0-9A-Z]{26})\.r\d{8}t\d{6}z$/;
/** Type of the event by which AWS tells that an execution ended. */
const EXECUTION_STATUS_CHANGE = 'Step Functions Execution Status Change';
const DAY_MS = 86_400_000;
/** Published outbox rows live for 30 days; a day less, because their deletion has no exact time. */
const OUTBOX_KEPT_DAYS = 29;

/** A snapshot, opened at the pages that rules look things up on. */
export class Books {
  readonly snapshot: Snapshot;
  readonly orders: ReadonlyMap<string, OrderRow>;
  readonly reservations: ReadonlyMap<string, ReservationRow>;
  readonly payments: ReadonlyMap<string, PaymentRow>;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly ledger: readonly LedgerRow[];
  readonly archived: readonly ArchivedEvent[];
  readonly #history;
  readonly #parked;
  readonly #returns;
  readonly #ledger;
  readonly #outbox;
  readonly #archived;
  readonly #copies;
  readonly #restored: ReadonlySet<string | undefined>;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.ledger = snapshot.ledger ?? [];
    this.archived = snapshot.archive?.events ?? [];
    this.orders = new Map(snapshot.orders.map((row) => [row.orderId, row]));
    this.reservations = new Map(snapshot.reservations.map((row) => [row.orderId, row]));
    this.payments = new Map(snapshot.payments.map((row) => [row.orderId, row]));
    this.executions = new Map(snapshot.executions.map((execution) => [execution.arn, execution]));
    const history = snapshot.history.toSorted((a, b) => a.version - b.version);
    this.#history = Map.groupBy(history, (row) => row.orderId);
    this.#returns = Map.groupBy(snapshot.returns, (row) => row.orderId);
    this.#parked = Map.groupBy(snapshot.parked, (row) => row.orderId);
    this.#ledger = Map.groupBy(this.ledger, (row) => row.orderId);
    this.#outbox = Map.groupBy(snapshot.outbox, (row) => row.orderId ?? '');
    this.#archived = Map.groupBy(this.archived, (event) => event.detail.orderId ?? '');
    const byExecutions = [...snapshot.executions.map(({ name }) => name), ...snapshot.history.map(nameOfExecution)];
    this.#restored = new Set(byExecutions.map((name) => BEGUN_ANEW.exec(name)?.groups?.['orderId']));
    this.#copies = Map.groupBy(this.archived, (event) => event.detail.eventId);
  }

  /**
   * Whether a restore began its workflow anew. Its rows and its newest events tell then of later moments than what had
   * happened before the loss: payment, mails, events that had been published.
   */
  isRestored(orderId: string): boolean {
    return this.#restored.has(orderId);
  }

  /** In the order of versions. */
  historyOf(orderId: string) {
    return this.#history.get(orderId) ?? [];
  }

  returnsOf(orderId: string): readonly ReturnRow[] {
    return this.#returns.get(orderId) ?? [];
  }

  parkedOf(orderId: string): readonly ParkedRow[] {
    return this.#parked.get(orderId) ?? [];
  }

  openParkingsOf(orderId: string): readonly ParkedRow[] {
    return this.parkedOf(orderId).filter((row) => row.parkedState === 'OPEN');
  }

  /** Whether an event of that type about the order waits for an operator in a dead-letter queue. */
  isDeadLetter(orderId: string, detailType: string): boolean {
    return this.snapshot.deadLetters.some(({ body }) => body.includes(orderId) && body.includes(detailType));
  }

  /** Whether the order is parked, or the end of its broken execution waits in a dead-letter queue to park it. */
  waitsForOperator(orderId: string): boolean {
    return this.openParkingsOf(orderId).length > 0 || this.isDeadLetter(orderId, EXECUTION_STATUS_CHANGE);
  }

  /** Whether a person settled the step by other means and said so. */
  isResolvedByHand(orderId: string, step: ParkingStep | 'Failed refund' | 'Failed return refund'): boolean {
    const row = this.parkedOf(orderId).find((parked) => parked.step === step);
    return row?.decisions.at(-1)?.decision === 'resolved';
  }

  ledgerOf(orderId: string): readonly LedgerRow[] {
    return this.#ledger.get(orderId) ?? [];
  }

  moneyOf(orderId: string): Money {
    const sumOf = (op: LedgerRow['op']): number =>
      this.ledgerOf(orderId)
        .filter((row) => row.ok && row.op === op)
        .reduce((sum, row) => sum + row.amountMinor, 0);
    const capturedMinor = sumOf('CAPTURE');
    const refundedMinor = sumOf('REFUND') - sumOf('REFUND_FAILED');
    const disputedMinor = sumOf('DISPUTE') - sumOf('DISPUTE_WON');
    return { capturedMinor, refundedMinor, disputedMinor, netMinor: capturedMinor - refundedMinor - disputedMinor };
  }

  /** What a return gave back, less what came back because a refund failed; of all returns when none is named. */
  paidForReturn(orderId: string, returnId?: string): { readonly paidMinor: number; readonly isSentBack: boolean } {
    const isOfReturn = (row: LedgerRow): boolean => {
      const key = keyOfReturn(row);
      return key !== undefined && (returnId === undefined || key === `${orderId}:${returnId}`);
    };
    const made = this.ledgerOf(orderId).filter((row) => row.ok && row.op === 'REFUND' && isOfReturn(row));
    const failed = new Set(
      this.ledgerOf(orderId)
        .filter(({ op }) => op === 'REFUND_FAILED')
        .map(({ refund }) => refund),
    );
    const kept = made.filter(({ refund }) => !failed.has(refund));
    return { paidMinor: kept.reduce((sum, row) => sum + row.amountMinor, 0), isSentBack: kept.length < made.length };
  }

  /** What banks and people in the provider's dashboard took back, in the provider's units. */
  takenByOthersMinor(orderId: string): number {
    const refunds = this.ledgerOf(orderId).filter(({ ok, op, actor }) => ok && op === 'REFUND' && actor !== 'merchant');
    const failed = new Set(
      this.ledgerOf(orderId)
        .filter(({ op }) => op === 'REFUND_FAILED')
        .map(({ refund }) => refund),
    );
    const refunded = refunds.filter(({ refund }) => !failed.has(refund));
    return this.moneyOf(orderId).disputedMinor + refunded.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }

  outboxOf(orderId: string) {
    return this.#outbox.get(orderId) ?? [];
  }

  /** Archived events about an order, with copies. */
  archivedOf(orderId: string): readonly ArchivedEvent[] {
    return this.#archived.get(orderId) ?? [];
  }

  /** Every archived copy of one event. */
  copiesOf(eventId: string): readonly ArchivedEvent[] {
    return this.#copies.get(eventId) ?? [];
  }

  get eventIds(): Iterable<string> {
    return this.#copies.keys();
  }

  /** Whether the outbox still has the row of an event of that time. */
  isInOutboxTime(at: string): boolean {
    return this.#ageDays(at) < OUTBOX_KEPT_DAYS;
  }

  /** Whether the archive still has an event of that time. */
  isInArchiveTime(at: string): boolean {
    const retentionDays = this.snapshot.archive?.retentionDays ?? 0;
    return retentionDays === 0 || this.#ageDays(at) < retentionDays - 1;
  }

  /** When the order was first written. */
  bornAt(orderId: string): string {
    return this.historyOf(orderId)[0]?.at ?? this.snapshot.takenAt;
  }

  #ageDays(at: string): number {
    return (Date.parse(this.snapshot.takenAt) - Date.parse(at)) / DAY_MS;
  }
}

/** `<orderId>:<returnId>` of a refund that was made for a return; undefined for any other movement. */
export function keyOfReturn({ key }: Pick<LedgerRow, 'key'>): string | undefined {
  return /^(.+:return-[0-9a-f]{16}):\d+$/.exec(key ?? '')?.[1];
}

function nameOfExecution({ executionId = '' }: { readonly executionId?: string | undefined }): string {
  return executionId.slice(executionId.lastIndexOf(':') + 1);
}
