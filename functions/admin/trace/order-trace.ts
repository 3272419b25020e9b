import type { SFNClient } from '@aws-sdk/client-sfn';
import { paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { FAILED_REFUND_STEP, FAILED_RETURN_STEP } from '../../../events/order-parked.ts';
import { Sku, type OrderId } from '../../../events/vocabulary.ts';
import { ORDER_ITEM, OrderRecord } from '../../orders/order-record.ts';
import { nameOfAttempt } from '../../orders/repeated-refund.ts';
import { shownLine } from '../../orders/order-view.ts';
import { parcelsOf } from '../../orders/parcels.ts';
import { OrderReturn, RETURN_ITEMS } from '../../orders/returns/order-return.ts';
import { inOrder } from '../../orders/returns/return-listing.ts';
import { adminViewOfReturn } from '../../orders/returns/return-view.ts';
import { returnExecutionOf } from '../../orders/returns/return-workflow.ts';
import { isUndecided, ParkedOrder } from '../../parking/parked-order.ts';
import { parkedViewOf } from '../../parking/parked-order-view.ts';
import { PaymentRecord } from '../../payments/ledger/payment-record.ts';
import { refundedMinor } from '../../payments/provider/payment-gateway.ts';
import { Reservation } from '../../inventory/reservation.ts';
import { StockRow } from '../../inventory/stock-row.ts';
import { withShards } from '../../inventory/shards/stock-shards.ts';
import { batchGetTables, wantedRows, type Row } from '../../platform/batch-get.ts';
import { askProvider, isCharged, type AskedProvider } from './ask-provider.ts';
import { booksOf, type BooksView } from './order-books.ts';
import { OrderExecutions } from './order-executions.ts';
import { eventIdsOf, MESSAGE_ATTRIBUTES, messagesOf } from './order-messages.ts';
import { workflowViewOf } from './step-view.ts';
import {
  HistoryFacts,
  OrderFacts,
  PaymentFacts,
  ReservationFacts,
  StockFacts,
  type OrderTraceView,
  type ProviderView,
  type WorkflowView,
} from './trace-view.ts';
import { soundRow, soundRows } from '../../platform/sound-rows.ts';

export interface OrderTracesOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly provider: AskedProvider;
  readonly tables: Readonly<Record<'orders' | 'outbox' | 'mails' | 'payments' | 'reservations' | 'stock', string>>;
  /** ARNs of the machines whose executions are named after orders. */
  readonly sagaArn: string;
  readonly cancellationArn: string;
  readonly returnArn: string;
}

/** What is kept of an order under its id. */
interface OrderRows {
  readonly order: OrderRecord | undefined;
  readonly history: readonly HistoryRow[];
  readonly parked: readonly ParkedOrder[];
  readonly returns: readonly OrderReturn[];
}

/** What is taken of its customer and of the stock. */
interface Standing {
  readonly payment: PaymentRecord | undefined;
  readonly reservation: Reservation | undefined;
}

const HistoryRow = HistoryFacts.extend({ eventId: z.string().optional(), executionId: z.string().optional() });
type HistoryRow = z.infer<typeof HistoryRow>;

const TracedStock = StockFacts.extend({ sku: Sku, shardRows: StockRow.shape.shardRows });

/** Reads everything that the shop, its workflows and its payment provider know of an order. Nothing of it is personal. */
export class OrderTraces {
  readonly #options: OrderTracesOptions;
  readonly #executions: OrderExecutions;

  constructor(options: OrderTracesOptions) {
    this.#options = options;
    this.#executions = new OrderExecutions(options.stepFunctions);
  }

  /** Undefined when nobody knows the order. */
  async find(orderId: OrderId): Promise<OrderTraceView | undefined> {
    const standing = this.#standingOf(orderId);
    const [rows, { payment, reservation }, provider, own] = await Promise.all([
      this.#rowsOf(orderId),
      standing,
      standing.then((known) => askProvider(this.#options.provider, known.payment)),
      this.#ownWorkflows(orderId),
    ]);
    const [others, { stock, ...messages }] = await Promise.all([
      this.#workflows(this.#furtherExecutions(rows, own)),
      this.#consequencesOf(orderId, rows, reservation),
    ]);
    const workflows = [...own, ...others].toSorted((one, other) =>
      (one.startedAt ?? '') < (other.startedAt ?? '') ? -1 : 1,
    );
    if (rows.order === undefined && workflows.length === 0 && messages.events.length === 0) return undefined;
    return {
      orderId,
      ...(rows.order && { order: orderFactsOf(rows.order) }),
      journey: rows.history.map((row) => HistoryFacts.parse(row)),
      workflows,
      returns: rows.returns.map(adminViewOfReturn),
      parked: rows.parked.map((row) => ({ ...parkedViewOf(row), isOpen: row.parkedState === 'OPEN' })),
      ...(payment && { payment: PaymentFacts.parse(payment) }),
      ...provider,
      ...(reservation && { reservation: ReservationFacts.parse(reservation) }),
      stock,
      ...messages,
      books: verdictOf({ rows, workflows, payment, reservation, provider: provider.provider }),
    };
  }

  /** The executions that are named after the order. Few orders are cancelled by the second. */
  async #ownWorkflows(orderId: OrderId): Promise<WorkflowView[]> {
    const { sagaArn, cancellationArn } = this.#options;
    const [saga, cancellation] = await Promise.all([
      this.#workflows([executionArn(sagaArn, orderId)]),
      this.#workflows([executionArn(cancellationArn, `${orderId}.cancellation`)], false),
    ]);
    return [...saga, ...cancellation];
  }

  /** Executions that made transitions of the order, those of its returns, and those that tried a refund again. */
  #furtherExecutions({ history, parked, order, returns }: OrderRows, known: readonly WorkflowView[]): string[] {
    const triesAt = (failed: string): number => parked.find(({ step }) => step === failed)?.parkings ?? 0;
    const tries = triesAt(FAILED_REFUND_STEP);
    const refunds = Array.from({ length: tries }, (_, index) =>
      executionArn(this.#options.cancellationArn, `${order?.orderId}.${nameOfAttempt(index + 1)}`),
    );
    const triesOfReturns = Array.from({ length: triesAt(FAILED_RETURN_STEP) + 1 }, (_, attempt) => attempt);
    const ofReturns = returns.flatMap(({ orderId, returnId }) =>
      triesOfReturns.map((attempt) =>
        executionArn(this.#options.returnArn, returnExecutionOf(orderId, returnId, attempt)),
      ),
    );
    const arns = new Set([...history.flatMap(({ executionId }) => executionId ?? []), ...refunds, ...ofReturns]);
    for (const { executionArn: arn } of known) arns.delete(arn);
    return [...arns];
  }

  async #workflows(executionArns: readonly string[], areLikely = true): Promise<WorkflowView[]> {
    const executions = await Promise.all(executionArns.map((arn) => this.#executions.find(arn, areLikely)));
    return executions.flatMap((execution) => (execution === undefined ? [] : [workflowViewOf(execution)]));
  }

  async #rowsOf(orderId: OrderId): Promise<OrderRows> {
    const items: Row[] = [];
    const pages = paginateQuery(
      { client: this.#options.documents },
      {
        TableName: this.#options.tables.orders,
        KeyConditionExpression: 'orderId = :orderId',
        ExpressionAttributeValues: { ':orderId': orderId },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    const named = (prefix: string): Row[] => items.filter(({ item }) => String(item).startsWith(prefix));
    const row = items.find(({ item }) => item === ORDER_ITEM);
    return {
      order: row === undefined ? undefined : soundRow(OrderRecord, row),
      history: soundRows(HistoryRow, named('HISTORY#')),
      parked: soundRows(ParkedOrder, named('PARKED#')),
      returns: inOrder(soundRows(OrderReturn, named(RETURN_ITEMS))),
    };
  }

  /** Our rows of its payment and of its reservation. */
  async #standingOf(orderId: OrderId): Promise<Standing> {
    const { documents, tables } = this.#options;
    const wanted = wantedRows([{ orderId }], { isConsistent: true });
    const rowsOf = await batchGetTables(documents, { [tables.payments]: wanted, [tables.reservations]: wanted });
    const [payment] = soundRows(PaymentRecord, rowsOf(tables.payments));
    const [reservation] = soundRows(Reservation, rowsOf(tables.reservations));
    return { payment, reservation };
  }

  /** Its events and mails, and how the stock of its products stands now. */
  async #consequencesOf(
    orderId: OrderId,
    rows: OrderRows,
    reservation: Reservation | undefined,
  ): Promise<Pick<OrderTraceView, 'events' | 'mails' | 'stock'>> {
    const { documents, tables } = this.#options;
    const eventIds = eventIdsOf(orderId, rows.history, rows).map((eventId) => ({ eventId }));
    const skus = new Set([...(rows.order?.lines ?? []), ...(reservation?.lines ?? [])].map(({ sku }) => sku));
    const rowsOf = await batchGetTables(documents, {
      [tables.outbox]: wantedRows(eventIds, { attributes: MESSAGE_ATTRIBUTES.events }),
      [tables.mails]: wantedRows(eventIds, { attributes: MESSAGE_ATTRIBUTES.mails }),
      [tables.stock]: wantedRows([...skus].map((sku) => ({ sku }))),
    });
    return {
      ...messagesOf({ events: rowsOf(tables.outbox), mails: rowsOf(tables.mails) }),
      stock: await this.#wholeStock(rowsOf(tables.stock)),
    };
  }

  async #wholeStock(rows: readonly Row[]): Promise<OrderTraceView['stock']> {
    const { documents, tables } = this.#options;
    const whole = await withShards(documents, tables.stock, soundRows(TracedStock, rows));
    return whole
      .map(({ shardRows: _shardRows, ...facts }) => facts)
      .toSorted((one, other) => (one.sku < other.sku ? -1 : 1));
  }
}

function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function orderFactsOf(order: OrderRecord): z.infer<typeof OrderFacts> {
  const { status, reason, customerId, correlationId, currency, totalMinor, placedAt, updatedAt, version, lines } =
    order;
  return {
    status,
    customerId,
    correlationId,
    currency,
    totalMinor,
    placedAt,
    updatedAt,
    version,
    ...(reason !== undefined && { reason }),
    lines: lines.map(shownLine),
    parcels: OrderFacts.shape.parcels.parse(parcelsOf(order)),
  };
}

function verdictOf(known: {
  readonly rows: OrderRows;
  readonly workflows: readonly WorkflowView[];
  readonly payment: PaymentRecord | undefined;
  readonly reservation: Reservation | undefined;
  readonly provider: ProviderView | undefined;
}): BooksView {
  const { rows, payment, reservation, provider } = known;
  const { order, parked } = rows;
  const units = unitsOf(reservation?.lines);
  const shippedUnits = reservation?.shippedAt === undefined ? unitsOf(reservation?.shippedLines) : units;
  const isHolding = reservation !== undefined && reservation.state !== 'RELEASED';
  const isTaken = payment !== undefined && isCharged(payment.state);
  return booksOf({
    status: order?.status,
    isUnderWay:
      known.workflows.some(({ status }) => status === 'RUNNING') ||
      order === undefined ||
      order.returns?.open !== undefined ||
      parked.some(isUndecided),
    isSettledByHand: parked.some(({ decisions }) => decisions.some(({ decision }) => decision === 'resolved')),
    currency: order?.currency ?? payment?.currency ?? 'EUR',
    totalMinor: order?.totalMinor ?? 0,
    takenMinor: provider?.receivedMinor ?? (isTaken ? payment.amountMinor : 0),
    returnedMinor: provider === undefined ? (payment?.refundedMinor ?? 0) : refundedMinor(provider.refunds),
    orderedUnits: unitsOf(order?.lines),
    heldUnits: isHolding ? units - shippedUnits : 0,
    shippedUnits,
    returnedUnits: Object.values(order?.returns?.units ?? {}).reduce((sum, quantity) => sum + quantity, 0),
  });
}

function unitsOf(lines: readonly { readonly quantity: number }[] = []): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
