import * as z from 'zod';
import { orNewer } from '../../../events/newer-word.ts';
import { Parcel } from '../../../events/order-shipped.ts';
import { CancellationReason, ORDER_STATUSES } from '../../../events/vocabulary.ts';
import { ParkedOrderView } from '../../parking/parked-order-view.ts';
import { PAYMENT_HOLDS, PAYMENT_STATES } from '../../payments/ledger/payment-record.ts';
import { AdminReturnView } from '../../orders/returns/return-view.ts';
import { BooksView } from './order-books.ts';
import { WorkflowGraph } from './workflow-graph.ts';

/** Everything that is known of one order, as an operator is shown it: the page and the command line read this. */

const Moment = z.string().meta({ description: 'UTC, ISO 8601 with milliseconds' });
const Units = z.array(z.strictObject({ sku: z.string(), quantity: z.int() }));
const amountMinor = z.int().meta({ description: 'In minor units of the currency' });

const AttemptView = z.strictObject({
  scheduledAt: Moment,
  submittedAt: Moment.optional().meta({ description: 'When the task was handed over and its answer awaited' }),
  endedAt: Moment.optional().meta({ description: 'Not present while it runs' }),
  error: z.string().optional(),
  cause: z.string().optional(),
});

export const StepView = z
  .strictObject({
    name: z.string(),
    state: z.enum(['running', 'waiting', 'retrying', 'done', 'failed']).meta({
      description: '`waiting`: for an answer from outside. `retrying`: between two attempts',
    }),
    undoes: z.string().optional().meta({ description: 'The step of the order that this one undoes' }),
    cameFrom: z.string().optional(),
    enteredAt: Moment,
    exitedAt: Moment.optional(),
    attempts: z.array(AttemptView),
    nextTry: z
      .strictObject({ attempt: z.int(), earliestAt: Moment, latestAt: Moment })
      .optional()
      .meta({ description: 'When it is tried again. Step Functions picks a moment between the two' }),
    input: z.string().optional().meta({ description: 'JSON, as the history holds it' }),
    output: z.string().optional(),
  })
  .meta({ id: 'WorkflowStep' });
export type StepView = z.infer<typeof StepView>;

export const WorkflowView = z
  .strictObject({
    name: z.string().meta({ description: '`order-saga`, `order-cancellation` or `order-return`' }),
    executionArn: z.string(),
    status: z.string(),
    startedAt: Moment.optional(),
    stoppedAt: Moment.optional(),
    error: z.string().optional(),
    cause: z.string().optional(),
    redrives: z.int().optional(),
    steps: z.array(StepView),
    graph: WorkflowGraph,
  })
  .meta({ id: 'OrderWorkflow' });
export type WorkflowView = z.infer<typeof WorkflowView>;

const OrderFacts = z.strictObject({
  status: z.enum(ORDER_STATUSES),
  reason: CancellationReason.optional(),
  customerId: z.string(),
  correlationId: z.string(),
  currency: z.string(),
  totalMinor: amountMinor,
  placedAt: Moment,
  updatedAt: Moment,
  version: z.int(),
  lines: z.array(
    z.strictObject({ sku: z.string(), name: z.string().optional(), quantity: z.int(), unitPriceMinor: z.int() }),
  ),
  parcels: z
    .array(
      z.object({
        parcelId: z.string(),
        ...Parcel.shape,
        lines: Units,
        shippedAt: Moment,
        deliveredAt: Moment.optional(),
        corrections: z
          .array(z.object({ ...Parcel.shape, at: Moment, actor: z.string() }))
          .optional()
          .meta({ description: 'What was said of it before' }),
      }),
    )
    .meta({ description: 'What has left so far, oldest first' }),
});

export const PaymentFacts = z.object({
  state: z.enum(PAYMENT_STATES),
  amountMinor,
  currency: z.string(),
  paymentIntentId: z.string().optional(),
  declineCode: z.string().optional(),
  refundId: z.string().optional(),
  refundedMinor: amountMinor.optional(),
  hold: orNewer(z.enum(PAYMENT_HOLDS)).optional(),
  updatedAt: Moment,
});

export const ProviderView = z.strictObject({
  outcome: z.string().meta({ description: 'What the provider says of the payment: `charged`, `declined` and so on' }),
  receivedMinor: amountMinor,
  refunds: z.array(
    z.strictObject({ refundId: z.string(), amountMinor, standing: z.enum(['made', 'underWay', 'failed']) }),
  ),
  disputes: z.array(
    z.strictObject({ disputeId: z.string(), amountMinor, standing: z.enum(['open', 'lost', 'settledForUs']) }),
  ),
});
export type ProviderView = z.infer<typeof ProviderView>;

export const ReservationFacts = z.object({
  state: z.enum(['HELD', 'COMMITTED', 'RELEASED']),
  lines: Units,
  reservedAt: Moment.optional(),
  committedAt: Moment.optional(),
  releasedAt: Moment.optional(),
  shippedAt: Moment.optional(),
  shippedLines: Units.optional(),
});

export const HistoryFacts = z.object({
  version: z.int(),
  status: z.enum(ORDER_STATUSES),
  at: Moment,
  reason: CancellationReason.optional(),
  actor: z.string().optional(),
});

/** How an event comes to the bus. */
const EventDelivery = z.enum(['STREAM', 'WAITING', 'PUBLISHED', 'SET_ASIDE']).meta({
  description:
    'STREAM: the outbox’s stream brings it to the bus, within seconds, and nothing is noted of it. WAITING: for the ' +
    'sweeper, since the bus refused it or an operator wants it published again. PUBLISHED: at publishedAt, after it had ' +
    'waited. SET_ASIDE: it is malformed',
});
export type EventDelivery = z.infer<typeof EventDelivery>;

export const EventFacts = z.strictObject({
  eventId: z.string(),
  detailType: z.string(),
  createdAt: Moment,
  delivery: EventDelivery,
  publishedAt: Moment.optional(),
  delayMs: z.int().optional().meta({ description: 'From the transaction that made it true to the bus' }),
});

export const MailFacts = z.object({
  eventId: z.string(),
  kind: z.string(),
  state: z.string(),
  sentAt: Moment.optional(),
});

export const StockFacts = z.object({
  sku: z.string(),
  available: z.int(),
  onHold: z.int(),
  shipped: z.int().default(0),
});

export const OrderTraceView = z
  .strictObject({
    orderId: z.string(),
    order: OrderFacts.optional().meta({ description: 'Not present until the saga has written the order' }),
    journey: z.array(HistoryFacts),
    workflows: z.array(WorkflowView).meta({ description: 'In the order in which they began' }),
    returns: z.array(AdminReturnView).meta({ description: 'Oldest first' }),
    parked: z.array(ParkedOrderView.extend({ isOpen: z.boolean() })),
    payment: PaymentFacts.optional(),
    provider: ProviderView.optional(),
    providerError: z.string().optional().meta({ description: 'Why the provider’s figures are missing' }),
    reservation: ReservationFacts.optional(),
    stock: z.array(StockFacts),
    events: z.array(EventFacts).meta({ description: 'Kept for 30 days after their publication' }),
    mails: z.array(MailFacts),
    books: BooksView,
  })
  .meta({ id: 'OrderTrace' });
export type OrderTraceView = z.infer<typeof OrderTraceView>;
export { OrderFacts };
