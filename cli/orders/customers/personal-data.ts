import * as z from 'zod';
import { askAdmin } from '../../admin-routes.ts';
import type { Deployment } from '../../deployment.ts';

/** As `POST /admin/customers/{customerId}/erasure` answers it. */
const Erasure = z.object({
  customerId: z.string(),
  requestedAt: z.string(),
  requestedBy: z.string(),
  erasedAt: z.string(),
  orders: z.number(),
});
export type Erasure = z.infer<typeof Erasure>;

const Page = z.looseObject({ orders: z.array(z.unknown()), nextCursor: z.string().optional() });
type CustomerData = Readonly<Record<string, unknown>>;

const servedBy = 'ServeCustomersFunctionName';

/** Everything that the shop knows of a customer, over all pages; undefined for nobody. @throws UserError. */
export async function exportCustomer(deployment: Deployment, customerId: string): Promise<CustomerData | undefined> {
  const route = 'GET /admin/customers/{customerId}/data';
  const orders: unknown[] = [];
  let query: Record<string, string> = { limit: '100' };
  for (;;) {
    const page = await askAdmin(deployment, { route, params: { customerId }, query, servedBy }, Page);
    if (page === undefined) return undefined;
    const { nextCursor: cursor, ...rest } = page;
    orders.push(...page.orders);
    if (cursor === undefined) return { ...rest, orders };
    query = { ...query, cursor };
  }
}

/** Undefined for nobody. @throws UserError when the shop refuses, such as while orders are under way. */
export function eraseCustomer(
  deployment: Deployment,
  customerId: string,
  confirm: string,
): Promise<Erasure | undefined> {
  const route = 'POST /admin/customers/{customerId}/erasure';
  return askAdmin(deployment, { route, params: { customerId }, body: { confirm }, servedBy }, Erasure);
}
