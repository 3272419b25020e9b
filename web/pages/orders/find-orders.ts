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

export interface OrderPage {
  readonly orders: readonly FoundOrder[];
  readonly nextCursor?: string;
}

export interface OrderFilter {
  readonly status?: string | undefined;
  readonly customer?: string | undefined;
  readonly parked?: string | undefined;
}

/** Everybody's orders, newest first. @throws Problem */
export async function findOrders({ status, customer, parked }: OrderFilter, cursor?: string): Promise<OrderPage> {
  const given = Object.entries({ status, customer, parked, cursor });
  const wanted = given.filter((entry): entry is [string, string] => Boolean(entry[1]));
  return (await callAs<OrderPage>('operator', `/admin/orders?${new URLSearchParams(wanted)}`)).body;
}
