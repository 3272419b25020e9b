import * as z from 'zod';
import { askAdmin } from '../../admin-routes.ts';
import type { Deployment } from '../../deployment.ts';
import { NotFound } from '../not-found.ts';
import type { LineToReturn } from './return-line.ts';

const OrderReturn = z.looseObject({
  orderId: z.string(),
  returnId: z.string(),
  state: z.string(),
  acceptedAt: z.string(),
  closedAt: z.string().optional(),
  currency: z.string(),
  refundMinor: z.number(),
  refundOutcome: z.string().optional(),
  reason: z.string(),
  actor: z.string(),
  lines: z.array(
    z.looseObject({ sku: z.string(), quantity: z.number(), refundMinor: z.number(), disposition: z.string() }),
  ),
});
export type OrderReturn = z.infer<typeof OrderReturn>;

/** What an operator takes back. */
export interface ReturnToBook {
  readonly wanted: { readonly lines: readonly LineToReturn[] } | { readonly everything: LineToReturn['disposition'] };
  readonly reason: string;
  readonly actor: string;
  /** The same key is the same return. */
  readonly key: string;
}

const ROUTE = '/admin/orders/{orderId}/returns';

/** The returns of an order, oldest first. @throws NotFound. */
export async function returnsOf(deployment: Deployment, orderId: string): Promise<readonly OrderReturn[]> {
  const request = { route: `GET ${ROUTE}`, params: { orderId }, servedBy: 'ServeOrdersFunctionName' } as const;
  const answer = await askAdmin(deployment, request, z.looseObject({ returns: z.array(OrderReturn) }));
  if (answer === undefined) throw new NotFound(`There is no order ${orderId}.`);
  return answer.returns;
}

/** @throws NotFound. @throws UserError with the shop's problem when it does not accept the return. */
export async function bookReturn(
  deployment: Deployment,
  orderId: string,
  { wanted, reason, actor, key }: ReturnToBook,
): Promise<OrderReturn> {
  const accepted = await askAdmin(
    deployment,
    {
      route: `POST ${ROUTE}`,
      params: { orderId },
      headers: { 'idempotency-key': key },
      body: { ...wanted, reason },
      actor,
      servedBy: 'ServeOrdersFunctionName',
    },
    OrderReturn,
  );
  if (accepted === undefined) throw new NotFound(`There is no order ${orderId}.`);
  return accepted;
}
