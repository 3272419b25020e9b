import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { eventIdOf, type CancellationReason, type OrderId, type OrderStatus } from '../../events/vocabulary.ts';
import {
  IdentityConflict,
  OrderAlreadyConfirmed,
  OrderAlreadySettled,
  OrderNotFound,
  OrderStopped,
} from './order-errors.ts';
import { stated, type Decide } from './order-journal.ts';
import { advanced, firstRecord, isSold, isStopped, type OrderRecord } from './order-record.ts';

/**
 * The steps of an order as decisions: each looks at the order as it stands and says what follows. All tolerate being
 * asked again after their effect.
 */

/** How an order stands after a step. A type and not an interface, because it is a task's JSON result. */
export type OrderStanding = { readonly orderId: OrderId; readonly status: OrderStatus };

/** How an order stands on the way to its cancellation. */
export type StoppedStanding = OrderStanding & { readonly reason: CancellationReason };

/**
 * Accepts the order.
 * @throws IdentityConflict when another command stands under its id.
 * @throws OrderAlreadySettled when it is sold, being cancelled or cancelled: late copies and replays end here.
 */
export function place(order: BasketCheckedOut): Decide<OrderStanding> {
  return (current, at) => {
    const first = firstRecord(order, 'PENDING', at);
    if (current === undefined) {
      return { kind: 'move', next: first, event: orderPlaced(first), result: standing(first) };
    }
    if (current.inputHash !== first.inputHash) {
      throw new IdentityConflict(
        `Order ${order.orderId} already stands with other content (hash ${current.inputHash})`,
      );
    }
    if (isSold(current.status) || isStopped(current.status)) {
      throw new OrderAlreadySettled(`Order ${order.orderId} is ${current.status} already`);
    }
    return settled(current);
  };
}

/**
 * Says that the customer must confirm the payment at `confirmationUrl`.
 * @throws OrderStopped when the order is being cancelled: the payment must not go on.
 */
export function awaitCustomer(order: BasketCheckedOut, confirmationUrl: string): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, order.orderId);
    refuseStopped(present);
    if (present.status !== 'PENDING') return settled(present);
    const next = advanced(present, 'AWAITING_CUSTOMER', at);
    const event = stated(PaymentActionRequired, eventIdOf(order.orderId, 'PaymentActionRequired'), (seq) => ({
      ...eventFields(present, 'PaymentActionRequired'),
      seq,
      requestedAt: at,
      confirmationUrl,
    }));
    return { kind: 'move', next, event, result: standing(next) };
  };
}

/**
 * Sells the order.
 * @throws OrderStopped when a cancellation came first.
 */
export function confirm(order: BasketCheckedOut): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, order.orderId);
    refuseStopped(present);
    if (isSold(present.status)) return settled(present);
    const next = advanced(present, 'CONFIRMED', at);
    const { currency, totalMinor } = present;
    const event = stated(OrderConfirmed, eventIdOf(order.orderId, 'OrderConfirmed'), (seq) => ({
      ...eventFields(present, 'OrderConfirmed'),
      seq,
      confirmedAt: at,
      currency,
      totalMinor,
    }));
    return { kind: 'move', next, event, result: standing(next) };
  };
}

/**
 * Stops the order before anything of it is undone. Without an order row it leaves one, so that a late `place` fails.
 * @param reasonOf the reason, given the status at which the order is stopped. The first recorded reason stays.
 * @throws OrderAlreadyConfirmed when the sale came first.
 */
export function stop(
  order: BasketCheckedOut,
  reasonOf: (status: OrderStatus | undefined) => CancellationReason,
): Decide<StoppedStanding> {
  return (current, at) => {
    if (current !== undefined && isStopped(current.status)) return settledStop(current);
    if (current !== undefined && isSold(current.status)) {
      throw new OrderAlreadyConfirmed(
        `Order ${order.orderId} is ${current.status}: the saga cannot cancel it any more`,
      );
    }
    const reason = reasonOf(current?.status);
    const next =
      current === undefined
        ? { ...firstRecord(order, 'CANCELLING', at), reason }
        : advanced(current, 'CANCELLING', at, reason);
    return { kind: 'move', next, result: { ...standing(next), reason } };
  };
}

/**
 * Ends a stopped order, after its money and stock are back.
 * @throws Error when the order was never stopped: the workflow would be wrong.
 */
export function cancel(orderId: OrderId): Decide<StoppedStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    if (present.status === 'CANCELLED') return settledStop(present);
    const next = advanced(present, 'CANCELLED', at);
    const reason = reasonOfStopped(present);
    const event = stated(OrderCancelled, eventIdOf(orderId, 'OrderCancelled'), (seq) => ({
      ...eventFields(present, 'OrderCancelled'),
      seq,
      cancelledAt: at,
      reason,
    }));
    return { kind: 'move', next, event, result: { ...standing(next), reason } };
  };
}

/** What every event says of an order, from its row. */
export function eventFields(order: OrderRecord, name: string, discriminator?: string) {
  return {
    eventId: eventIdOf(order.orderId, name, discriminator),
    schemaVersion: 1 as const,
    orderId: order.orderId,
    customerId: order.customerId,
    correlationId: order.correlationId,
  };
}

function orderPlaced(order: OrderRecord) {
  const { placedAt, currency, totalMinor } = order;
  return stated(OrderPlaced, eventIdOf(order.orderId, 'OrderPlaced'), (seq) => ({
    ...eventFields(order, 'OrderPlaced'),
    seq,
    placedAt,
    currency,
    totalMinor,
  }));
}

function standing({ orderId, status }: OrderRecord): OrderStanding {
  return { orderId, status };
}

function settled(order: OrderRecord) {
  return { kind: 'settled', orderId: order.orderId, result: standing(order) } as const;
}

function settledStop(order: OrderRecord) {
  const result = { ...standing(order), reason: reasonOfStopped(order) };
  return { kind: 'settled', orderId: order.orderId, result } as const;
}

function reasonOfStopped(order: OrderRecord): CancellationReason {
  if (order.reason === undefined) throw new Error(`Order ${order.orderId} is ${order.status} without a reason`);
  return order.reason;
}

function refuseStopped(order: OrderRecord): void {
  if (isStopped(order.status)) throw new OrderStopped(`Order ${order.orderId} is ${order.status} (${order.reason})`);
}

function mustExist(current: OrderRecord | undefined, orderId: OrderId): OrderRecord {
  if (current === undefined) throw new OrderNotFound(`Order ${orderId} has no row, though an earlier step writes it`);
  return current;
}
