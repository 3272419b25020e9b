import type { SFNClient } from '@aws-sdk/client-sfn';
import { GetCommand, paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
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
import { refundedMinor, type PaymentGateway } from '../../payments/provider/payment-gateway.ts';
import { Reservation } from '../../inventory/reservation.ts';
import { StockRow } from '../../inventory/stock-row.ts';
import { withShards } from '../../inventory/shards/stock-shards.ts';
import { batchGet, type Row } from '../../platform/batch-get.ts';
import { errorNameOf } from '../../platform/errors.ts';
import { booksOf, type BooksView } from './order-books.ts';
import { OrderExecutions } from './order-executions.ts';
import { eventIdsOf, messagesOf } from './order-messages.ts';
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
  readonly provider: Pick<PaymentGateway, 'find' | 'aftermath'>;
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

/** What the provider said, or why it said nothing. */
interface Asked {
  readonly provider?: ProviderView;
  readonly providerError?: string;
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
    const { tables, documents } = this.#options;
    const [rows, { payment, ...provider }, reservation, own] = await Promise.all([
      this.#rowsOf(orderId),
      this.#paymentOf(orderId),
      this.#reservationOf(orderId),
      this.#workflows(this.#namedAfter(orderId)),
    ]);
    const eventIds = eventIdsOf(orderId, rows.history, rows);
    const [others, messages, stock] = await Promise.all([
      this.#workflows(this.#furtherExecutions(rows, own)),
      messagesOf({ documents, outboxTable: tables.outbox, mailsTable: tables.mails }, eventIds),
      this.#stockOf(rows.order, reservation),
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

  #namedAfter(orderId: OrderId): string[] {
    const { sagaArn, cancellationArn } = this.#options;
    return [executionArn(sagaArn, orderId), executionArn(cancellationArn, `${orderId}.cancellation`)];
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

  async #workflows(executionArns: readonly string[]): Promise<WorkflowView[]> {
    const executions = await Promise.all(executionArns.map((arn) => this.#executions.find(arn)));
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

  /** Our row of it, and what the provider says. */
  async #paymentOf(orderId: OrderId): Promise<{ readonly payment?: PaymentRecord } & Asked> {
    const row = await this.#get(this.#options.tables.payments, orderId);
    const payment = row && soundRow(PaymentRecord, row);
    return payment === undefined ? {} : { payment, ...(await this.#askProvider(payment)) };
  }

  async #reservationOf(orderId: OrderId): Promise<Reservation | undefined> {
    const row = await this.#get(this.#options.tables.reservations, orderId);
    return row && soundRow(Reservation, row);
  }

  async #get(TableName: string, orderId: OrderId): Promise<Row | undefined> {
    const { documents } = this.#options;
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { orderId }, ConsistentRead: true }));
    return Item;
  }

  async #stockOf(
    order: OrderRecord | undefined,
    reservation: Reservation | undefined,
  ): Promise<OrderTraceView['stock']> {
    const skus = new Set([...(order?.lines ?? []), ...(reservation?.lines ?? [])].map(({ sku }) => sku));
    const keys = [...skus].map((sku) => ({ sku }));
    const { documents, tables } = this.#options;
    const rows = soundRows(TracedStock, await batchGet(documents, tables.stock, keys));
    const whole = await withShards(documents, tables.stock, rows);
    return whole
      .map(({ shardRows: _shardRows, ...facts }) => facts)
      .toSorted((one, other) => (one.sku < other.sku ? -1 : 1));
  }

  /** What is known here is worth showing also when the provider does not answer. */
  async #askProvider({ paymentIntentId, state }: PaymentRecord): Promise<Asked> {
    if (paymentIntentId === undefined) return {};
    const { provider } = this.#options;
    try {
      const [intent, followed] = await Promise.all([
        provider.find(paymentIntentId),
        isCharged(state) ? provider.aftermath(paymentIntentId) : undefined,
      ]);
      if (intent === undefined) return { providerError: `The provider does not know ${paymentIntentId}` };
      // Nothing follows a charge that was not made.
      const mayFollow = intent.receivedMinor > 0;
      const { refunds, disputes } =
        followed ?? (mayFollow ? await provider.aftermath(paymentIntentId) : NOTHING_FOLLOWED);
      return {
        provider: {
          outcome: intent.outcome.kind,
          receivedMinor: intent.receivedMinor,
          refunds: refunds.map(({ refundId, amountMinor, standing }) => ({ refundId, amountMinor, standing })),
          disputes: disputes.map(({ disputeId, amountMinor, standing }) => ({ disputeId, amountMinor, standing })),
        },
      };
    } catch (error) {
      return { providerError: `The provider cannot be asked: ${errorNameOf(error)}` };
    }
  }
}

const NOTHING_FOLLOWED = { refunds: [], disputes: [] } as const;

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

function isCharged(state: PaymentRecord['state']): boolean {
  return ['CHARGED', 'REFUNDED', 'REFUND_FAILED'].includes(state);
}

function unitsOf(lines: readonly { readonly quantity: number }[] = []): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
