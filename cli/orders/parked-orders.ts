import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { readableRows } from '../readable-row.ts';
import { UserError } from '../user-error.ts';
import { invokeFunction } from './invoke-function.ts';
import { NotFound } from './not-found.ts';

const ParkedOrder = z.object({
  orderId: z.string(),
  step: z.string(),
  reason: z.string(),
  since: z.string(),
  errorName: z.string(),
  exposureMinor: z.number(),
  exposureCertain: z.boolean(),
  currency: z.string(),
  heldLines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
  nextAction: z.string(),
  /** Facts that only some reasons have: ids and amounts of the provider, and until when it repeats a failure. */
  particulars: z.record(z.string(), z.string()).default({}),
  parkings: z.number(),
  /** Of a decision that a crash left undelivered. */
  decision: z.string().optional(),
});
export type ParkedOrder = z.infer<typeof ParkedOrder>;

export interface Decision {
  readonly decision: 'retry' | 'resolved';
  readonly actor: string;
  readonly evidence?: string;
  readonly anyway?: boolean;
}

/** Orders that wait for an operator, longest first. */
export async function openParkings(deployment: Deployment): Promise<ParkedOrder[]> {
  const TableName = deployment.output('OrdersTableName');
  const parked: ParkedOrder[] = [];
  const pages = paginateQuery(
    { client: deployment.dynamoDb },
    {
      TableName,
      IndexName: 'ParkedIndex',
      KeyConditionExpression: 'parkedState = :open',
      ExpressionAttributeValues: { ':open': 'OPEN' },
    },
  );
  for await (const { Items = [] } of pages) {
    // The index holds keys only: parked orders are few, and each attribute in an index is paid for twice.
    const rows = Items.map(({ orderId, item }) =>
      deployment.dynamoDb.send(new GetCommand({ TableName, Key: { orderId, item } })),
    );
    const open = (await Promise.all(rows)).flatMap(({ Item }) => (Item?.['parkedState'] === 'OPEN' ? [Item] : []));
    parked.push(...readableRows(ParkedOrder, open));
  }
  return parked;
}

/**
 * The one parking that is meant.
 * @throws NotFound when the order is not parked. @throws UserError when it is parked twice and no step is named.
 */
export async function openParkingOf(deployment: Deployment, orderId: string, step?: string): Promise<ParkedOrder> {
  const ofOrder = (await openParkings(deployment)).filter((row) => row.orderId === orderId);
  const meant = step === undefined ? ofOrder : ofOrder.filter((row) => row.step === step);
  const [parking, another] = meant;
  if (!parking) throw new NotFound(`Order ${orderId} is not parked${step === undefined ? '' : ` at "${step}"`}.`);
  if (another) {
    throw new UserError(
      `Order ${orderId} is parked at ${meant.map((row) => `"${row.step}"`).join(' and ')}: give --step.`,
    );
  }
  return parking;
}

/** Through the system's own function, which records who decided and why before it goes on. */
export function decideParking(
  deployment: Deployment,
  { orderId, step }: ParkedOrder,
  decision: Decision,
): Promise<unknown> {
  return invokeFunction(deployment, 'DecideParkedOrderFunctionName', { orderId, step, ...decision });
}
