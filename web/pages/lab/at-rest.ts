import type { OrderTrace } from '../order/order-trace.ts';

/** Statuses that a workflow takes an order out of. */
const MOVING: readonly string[] = ['PENDING', 'AWAITING_CUSTOMER', 'CANCELLING'];

/**
 * Nothing moves any more, or only a person can move it. Workflows alone do not tell: the order is read beside them, and
 * may be from before they ended.
 */
export function isAtRest({ order, workflows, parked }: Known): boolean {
  if (parked.some(({ isOpen }) => isOpen)) return true;
  return (
    order !== undefined &&
    !MOVING.includes(order.status) &&
    workflows.length > 0 &&
    workflows.every(({ status }) => status !== 'RUNNING')
  );
}

interface Known {
  readonly order?: Pick<NonNullable<OrderTrace['order']>, 'status'>;
  readonly workflows: readonly Pick<OrderTrace['workflows'][number], 'status'>[];
  readonly parked: readonly Pick<OrderTrace['parked'][number], 'isOpen'>[];
}
