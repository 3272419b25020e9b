import { paginateListExecutions, type ExecutionListItem, type SFNClient } from '@aws-sdk/client-sfn';
import { paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGet, type Row } from '../platform/batch-get.ts';
import type { Clock } from '../platform/clock.ts';
import { soundRows } from '../platform/sound-rows.ts';
import { ParkedOrder } from './parked-order.ts';

/** What is open at one moment. */
export interface OpenOrders {
  /** Age of the oldest order that is on its way and not parked, in seconds; 0 when there is none. */
  readonly oldestUnfinishedSeconds: number;
  /** Parkings that nobody has decided, and those that nobody can read. */
  readonly waitingForOperator: number;
  /** Money of customers in those parkings, in minor units by currency. An upper bound while an outcome is open. */
  readonly moneyAtRiskMinor: Readonly<Record<string, number>>;
}

export interface OrderWatchOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly ordersTable: string;
  readonly stepFunctions: SFNClient;
  /** The workflows that orders are in. */
  readonly stateMachineArns: readonly string[];
  readonly clock: Clock;
}

/** Bound one look; past them the figures are lower bounds, and an alarm rings long before. */
const MAX_EXECUTION_PAGES = 10;
const EXECUTIONS_A_PAGE = 1000;
const MAX_PARKED_PAGES = 10;
/** What one BatchGetItem takes. */
const PARKED_A_PAGE = 100;

/**
 * Looks at what is open: executions that run, from Step Functions, and parked orders, from their index. An index of
 * unfinished orders would cost two writes on every order's way; this costs two or three reads a minute.
 */
export class OrderWatch {
  readonly #options: OrderWatchOptions;

  constructor(options: OrderWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<OpenOrders> {
    const { parked, unreadable } = await this.#parkedOrders();
    const parkedIds = new Set<string>(parked.map(({ orderId }) => orderId));
    const undecided = parked.filter(({ decision }) => decision === undefined);
    return {
      oldestUnfinishedSeconds: await this.#oldestUnfinishedSeconds(parkedIds),
      waitingForOperator: undecided.length + unreadable,
      moneyAtRiskMinor: moneyByCurrency(parked),
    };
  }

  async #oldestUnfinishedSeconds(parkedIds: ReadonlySet<string>): Promise<number> {
    const nowMs = this.#options.clock.now().getTime();
    let oldestMs = nowMs;
    for (const stateMachineArn of this.#options.stateMachineArns) {
      for await (const execution of this.#running(stateMachineArn)) {
        if (!parkedIds.has(orderIdOf(execution))) oldestMs = Math.min(oldestMs, begunAtMs(execution) ?? nowMs);
      }
    }
    return Math.floor((nowMs - oldestMs) / 1000);
  }

  /** Newest first, as Step Functions lists them: the oldest is on the last page. */
  async *#running(stateMachineArn: string): AsyncGenerator<ExecutionListItem> {
    const pages = paginateListExecutions(
      { client: this.#options.stepFunctions, pageSize: EXECUTIONS_A_PAGE },
      { stateMachineArn, statusFilter: 'RUNNING' },
    );
    let seen = 0;
    for await (const { executions = [] } of pages) {
      yield* executions;
      if (++seen >= MAX_EXECUTION_PAGES) return;
    }
  }

  async #parkedOrders(): Promise<{ parked: readonly ParkedOrder[]; unreadable: number }> {
    const { documents, ordersTable } = this.#options;
    const pages = paginateQuery(
      { client: documents, pageSize: PARKED_A_PAGE },
      {
        TableName: ordersTable,
        IndexName: 'ParkedIndex',
        KeyConditionExpression: 'parkedState = :open',
        ExpressionAttributeValues: { ':open': 'OPEN' },
      },
    );
    const rows: Row[] = [];
    let seen = 0;
    for await (const { Items = [] } of pages) {
      rows.push(...(await this.#rowsOf(Items)));
      if (++seen >= MAX_PARKED_PAGES) break;
    }
    const parked = soundRows(ParkedOrder, rows);
    return { parked, unreadable: rows.length - parked.length };
  }

  async #rowsOf(entries: readonly Row[]): Promise<readonly Row[]> {
    const { documents, ordersTable } = this.#options;
    const keys = entries.map(({ orderId, item }) => ({ orderId, item }));
    const rows = await batchGet(documents, ordersTable, keys);
    return rows.filter(({ parkedState }) => parkedState === 'OPEN'); // the index is a moment behind its table
  }
}

/** Executions are named by their order; that of a cancellation adds a suffix. */
function orderIdOf({ name = '' }: ExecutionListItem): string {
  return name.split('.')[0]!;
}

/** A redriven execution begins anew. */
function begunAtMs({ redriveDate, startDate }: ExecutionListItem): number | undefined {
  return (redriveDate ?? startDate)?.getTime();
}

/** An order that is parked at two steps has its money open once: each of its rows shows all of it. */
function moneyByCurrency(parked: readonly ParkedOrder[]): Record<string, number> {
  const byOrder = new Map<string, ParkedOrder>();
  for (const row of parked) {
    const known = byOrder.get(row.orderId);
    if (known === undefined || known.exposureMinor < row.exposureMinor) byOrder.set(row.orderId, row);
  }
  const total: Record<string, number> = {};
  for (const { currency, exposureMinor } of byOrder.values()) total[currency] = (total[currency] ?? 0) + exposureMinor;
  return total;
}
