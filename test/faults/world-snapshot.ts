import { stepFunctionsApi } from '@order-workflow/runtime/services/stepfunctions';
import type { ReceivedMessage, JsonObject } from '@order-workflow/runtime/services/shared';
import { TEST_TABLES } from '../testing/dynamodb.ts';
import type { Execution, Snapshot } from '../invariants/snapshot.ts';
import type {
  ArchivedEvent,
  HistoryRow,
  IdempotencyRow,
  InboxRow,
  OrderRow,
  OutboxRow,
  ParkedRow,
  PaymentRow,
  ReservationRow,
  ReturnRow,
  StockChangeRow,
  StockRow,
} from '../invariants/snapshot-rows.ts';
import type { World } from './world.ts';

const EVERYTHING = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
const FIRST = { timeMs: -1, seq: -1 };
const MAX_EVENTS = 100_000;

/** Everything that a world remembers. Rows are read as they are: what does not fit its schema fails the rules. */
export async function snapshotOf(world: World): Promise<Snapshot> {
  const rows = async <Row>(name: keyof typeof TEST_TABLES): Promise<Row[]> =>
    (await world.tables.rows(TEST_TABLES[name])) as Row[];
  const orderItems = await rows<Record<string, unknown>>('ORDERS_TABLE');
  const items = <Row>(prefix: string): Row[] =>
    orderItems.filter((row) => String(row['item']).startsWith(prefix)) as Row[];
  const orders = items<OrderRow>('ORDER');
  const outOfStock = new Set(orders.filter((row) => row.reason === 'OUT_OF_STOCK').map((row) => row.orderId));
  return {
    takenAt: new Date(world.time.nowMs()).toISOString(),
    orders,
    history: items<HistoryRow>('HISTORY#'),
    returns: items<ReturnRow>('RETURN#'),
    parked: items<ParkedRow>('PARKED#').map((row) => ({ ...row, decisions: row.decisions ?? [] })),
    outbox: await rows<OutboxRow>('OUTBOX_TABLE'),
    stock: await rows<StockRow>('STOCK_TABLE'),
    stockChanges: await rows<StockChangeRow>('STOCK_CHANGES_TABLE'),
    reservations: await rows<ReservationRow>('RESERVATIONS_TABLE'),
    payments: await rows<PaymentRow>('PAYMENTS_TABLE'),
    inbox: await rows<InboxRow>('WEBHOOK_INBOX_TABLE'),
    idempotency: await rows<IdempotencyRow>('IDEMPOTENCY_TABLE'),
    executions: await executionsOf(world, outOfStock),
    deadLetters: await deadLettersOf(world),
    queuedMessages: queuedIn(world),
    ledger: world.provider.ledgerRows.map((row) => ({ ...row })),
    archive: { retentionDays: 0, events: archivedIn(world) },
    acknowledged: world.acknowledged,
  };
}

function archivedIn({ events, topology }: World): ArchivedEvent[] {
  return events.archives
    .page(topology.archiveName, EVERYTHING, FIRST, MAX_EVENTS)
    .map(({ json }) => JSON.parse(json) as ArchivedEvent);
}

async function executionsOf(world: World, wantsFailures: ReadonlySet<string>): Promise<Execution[]> {
  const { executions } = world.stepFunctions;
  const rows = world.topology.machines.flatMap(({ arn }) =>
    executions.list({ machineArn: arn }, Number.MAX_SAFE_INTEGER, MAX_EVENTS),
  );
  return Promise.all(
    rows.map(async ({ id, arn, name, status }) => ({
      arn,
      name,
      status,
      eventCount: executions.lastEventId(id),
      ...(wantsFailures.has(name) && { failures: await failuresOf(world, arn) }),
    })),
  );
}

async function failuresOf({ stepFunctions }: World, executionArn: string) {
  const { operations } = stepFunctionsApi(stepFunctions);
  const call = { requestId: 'request-1', signal: new AbortController().signal };
  const { events } = await operations['GetExecutionHistory']!({ executionArn, maxResults: 1000 }, call);
  return (events as JsonObject[])
    .map(
      (event) =>
        (event['taskFailedEventDetails'] ?? event['lambdaFunctionFailedEventDetails']) as JsonObject | undefined,
    )
    .filter((details) => details !== undefined)
    .map((details) => ({ error: String(details['error']), cause: String(details['cause']) }));
}

async function deadLettersOf(world: World) {
  const found = [];
  for (const queueArn of world.topology.deadLetterQueueArns) {
    const queue = queueArn.split(':').at(-1) ?? '';
    const messages = await receiveAll(world, queueArn);
    found.push(...messages.map(({ messageId, body }) => ({ queue, messageId, body })));
    const handles = messages.map(({ receiptHandle }) => receiptHandle);
    await world.sqs.changeVisibility(queueArn, handles, 0);
  }
  return found;
}

/** Every visible message of a queue, out of sight from then on as for any receiver. */
export async function receiveAll({ sqs }: World, queueArn: string): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  for (;;) {
    const batch = await sqs.receive(queueArn, 10);
    if (batch.length === 0) return messages;
    messages.push(...batch);
  }
}

function queuedIn({ sqs, topology }: World): number {
  const { visible, delayed, inFlight } = sqs.queues.byArn(topology.checkoutQueueArn).counts;
  return visible + delayed + inFlight;
}
