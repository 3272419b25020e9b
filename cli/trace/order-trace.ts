import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { readSteps, type Step } from './execution-steps.ts';

/** Everything the deployment knows about one order. */
export interface OrderTrace {
  readonly orderId: string;
  readonly order: OrderRow | undefined;
  /** Statuses with their time, oldest first. */
  readonly journey: readonly HistoryRow[];
  readonly parked: readonly ParkedRow[];
  readonly payment: PaymentRow | undefined;
  readonly reservation: ReservationRow | undefined;
  readonly execution: ExecutionSummary | undefined;
  readonly steps: readonly Step[];
}

export interface ExecutionSummary {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date | undefined;
  readonly error: string | undefined;
}

const OrderRow = z.object({
  status: z.string(),
  customerId: z.string(),
  currency: z.string(),
  totalMinor: z.number(),
  reason: z.string().optional(),
  placedAt: z.string(),
  updatedAt: z.string(),
});
export type OrderRow = z.infer<typeof OrderRow>;

const HistoryRow = z.object({
  version: z.number(),
  status: z.string(),
  at: z.string(),
  reason: z.string().optional(),
  actor: z.string().optional(),
  /** Of the event that the change stated, if it stated one. */
  eventId: z.string().optional(),
});
export type HistoryRow = z.infer<typeof HistoryRow>;

const ParkedRow = z.object({
  reason: z.string(),
  step: z.string(),
  since: z.string(),
  exposureMinor: z.number(),
  exposureCertain: z.boolean(),
  currency: z.string(),
  nextAction: z.string().optional(),
  parkedState: z.string().optional(),
  /** How often the step parked the order so far. */
  parkings: z.number(),
});
export type ParkedRow = z.infer<typeof ParkedRow>;

const PaymentRow = z.object({
  state: z.string(),
  amountMinor: z.number().optional(),
  currency: z.string().optional(),
  paymentIntentId: z.string().optional(),
  declineCode: z.string().optional(),
  refundId: z.string().optional(),
});
export type PaymentRow = z.infer<typeof PaymentRow>;

const ReservationRow = z.object({
  state: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.number() })).optional(),
});
export type ReservationRow = z.infer<typeof ReservationRow>;

/** Reads the order's rows, payment, reservation and execution. Absent parts are undefined: the order may be young. */
export async function readOrderTrace(deployment: Deployment, orderId: string): Promise<OrderTrace> {
  const [rows, payment, reservation, execution] = await Promise.all([
    readOrderRows(deployment, orderId),
    readRow(deployment, 'PaymentsTableName', orderId),
    readRow(deployment, 'ReservationsTableName', orderId),
    deployment.execution(orderId),
  ]);
  const rowsOf = (prefix: string): unknown[] => rows.filter((row) => String(row['item']).startsWith(prefix));
  return {
    orderId,
    order: OrderRow.optional().parse(rowsOf('ORDER')[0]),
    journey: z.array(HistoryRow).parse(rowsOf('HISTORY#')),
    parked: z.array(ParkedRow).parse(rowsOf('PARKED#')),
    payment: PaymentRow.optional().parse(payment),
    reservation: ReservationRow.optional().parse(reservation),
    execution: execution && summaryOf(execution),
    steps:
      execution?.executionArn === undefined ? [] : await readSteps(deployment.stepFunctions, execution.executionArn),
  };
}

async function readOrderRows(deployment: Deployment, orderId: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  const pages = paginateQuery(
    { client: deployment.dynamoDb },
    {
      TableName: deployment.output('OrdersTableName'),
      KeyConditionExpression: 'orderId = :orderId',
      ExpressionAttributeValues: { ':orderId': orderId },
      ConsistentRead: true,
    },
  );
  for await (const page of pages) rows.push(...(page.Items ?? []));
  return rows;
}

async function readRow(deployment: Deployment, tableOutput: string, orderId: string): Promise<unknown> {
  const { Item } = await deployment.dynamoDb.send(
    new GetCommand({ TableName: deployment.output(tableOutput), Key: { orderId }, ConsistentRead: true }),
  );
  return Item;
}

function summaryOf(execution: DescribeExecutionCommandOutput): ExecutionSummary {
  return {
    executionArn: execution.executionArn ?? '',
    status: execution.status ?? 'UNKNOWN',
    startedAt: execution.startDate,
    stoppedAt: execution.stopDate,
    error: execution.error,
  };
}
