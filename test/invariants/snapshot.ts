import type {
  ArchivedEvent,
  HistoryRow,
  IdempotencyRow,
  InboxRow,
  LedgerRow,
  OrderRow,
  OutboxRow,
  ParkedRow,
  PaymentRow,
  ReservationRow,
  ReturnRow,
  StockChangeRow,
  StockRow,
} from './snapshot-rows.ts';

/** Everything that a shop remembers at one time: what the rules are checked on. */
export interface Snapshot {
  readonly takenAt: string;
  readonly orders: readonly OrderRow[];
  readonly history: readonly HistoryRow[];
  readonly returns: readonly ReturnRow[];
  readonly parked: readonly ParkedRow[];
  readonly outbox: readonly OutboxRow[];
  readonly stock: readonly StockRow[];
  /** What people did to it, beside the orders that took from it. */
  readonly stockChanges: readonly StockChangeRow[];
  readonly reservations: readonly ReservationRow[];
  readonly payments: readonly PaymentRow[];
  readonly inbox: readonly InboxRow[];
  readonly idempotency: readonly IdempotencyRow[];
  readonly executions: readonly Execution[];
  readonly deadLetters: readonly DeadLetter[];
  /** Messages on their way in the work queues. */
  readonly queuedMessages: number;
  /** Undefined where the provider's books cannot be read. */
  readonly ledger?: readonly LedgerRow[];
  /** Undefined when the archive was not read. */
  readonly archive?: Archive;
  /** Checkouts that the system took, as those remember who sent them. */
  readonly acknowledged?: readonly Acknowledgement[];
  readonly logLines?: readonly string[];
  /** Undefined where nobody is erased. */
  readonly people?: People;
  /** Rows that could not be read; none of them stands in the lists above. */
  readonly malformed?: readonly MalformedRow[];
}

/** Whom the shop forgot, and of whom it has something. Never what it has. */
export interface People {
  /** Customers whose erasure is over. */
  readonly erased: readonly string[];
  readonly traces: readonly { readonly place: string; readonly customerId: string; readonly key: string }[];
}

export interface MalformedRow {
  /** The table, or the books. */
  readonly place: string;
  readonly key: string;
  readonly because: string;
}

export interface Archive {
  /** 0 keeps events for ever. */
  readonly retentionDays: number;
  readonly events: readonly ArchivedEvent[];
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  /** Number of events in its history. */
  readonly eventCount: number;
  /** What its tasks failed with; read only for orders that a rule wants it of. */
  readonly failures?: readonly { readonly error: string; readonly cause: string }[];
}

export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
}

export interface Acknowledgement {
  readonly orderId: string;
  readonly acknowledgedAt: string;
}
