import type { PageOf } from '../../platform/page-of.ts';
import { callAs } from '../../platform/session.ts';

export interface FoundOrder {
  readonly orderId: string;
  readonly status: string;
  readonly reason?: string;
  readonly customerId: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly placedAt: string;
  readonly isParked: boolean;
}

export interface OrderFilter {
  readonly status?: string | undefined;
  readonly customer?: string | undefined;
  readonly parked?: string | undefined;
}

/** Everybody's orders, newest first. @throws Problem */
export async function findOrders(
  { status, customer, parked }: OrderFilter,
  cursor?: string,
): Promise<PageOf<FoundOrder>> {
  const given = Object.entries({ status, customer, parked, cursor });
  const wanted = given.filter((entry): entry is [string, string] => Boolean(entry[1]));
  const path = `/admin/orders?${new URLSearchParams(wanted)}`;
  const { body } = await callAs<{ orders: FoundOrder[]; nextCursor?: string }>('operator', path);
  return { items: body.orders, nextCursor: body.nextCursor };
}
