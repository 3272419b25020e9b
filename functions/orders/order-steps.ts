import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { PaymentMethodRequired } from '../../events/payment-method-required.ts';
import type { CancellationReason, OrderId, OrderStatus } from '../../events/vocabulary.ts';
import {
  IdentityConflict,
  OrderAlreadyConfirmed,
  OrderAlreadySettled,
  OrderAlreadyShipped,
  OrderNotConfirmed,
  OrderNotFound,
  OrderStopped,
  SomethingToUndo,
} from './order-errors.ts';
import { stated, type Decide } from './order-journal.ts';
import { advanced, changed, firstRecord, isSold, isStopped, type OrderRecord } from './order-record.ts';
import { named, parcelsOf } from './parcels.ts';

/**
 * The steps of an order as decisions: each looks at the order as it stands and says what follows. All tolerate being
 * asked again after their effect.
 */

/** How an order stands after a step. A type and not an interface, because it is a task's JSON result. */
export type OrderStanding = { readonly orderId: OrderId; readonly status: OrderStatus };

/** Why an order is stopped, and which line or payment was the matter. */
export type StopCause = Pick<OrderRecord, 'declineCode' | 'shortLines'> & { readonly reason: CancellationReason };

/** How an order stands on the way to its cancellation. A restore reads the cause from the history of executions. */
export type StoppedStanding = OrderStanding & StopCause;

/**
 * Accepts the order.
 * @throws IdentityConflict when another command stands under its id.
 * @throws OrderAlreadySettled when it is sold, being cancelled or cancelled: late copies and replays end here.
 * @throws OrderStopped when a person cancelled it before anything but its creation was done: the saga must undo that.
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
    if (isStoppedInTheBud(current)) throw new OrderStopped(`Order ${order.orderId} was cancelled before it began`);
    if (isSold(current.status) || isStopped(current.status)) {
      throw new OrderAlreadySettled(`Order ${order.orderId} is ${current.status} already`);
    }
    return settled(current);
  };
}

/** An attempt to pay that the provider declined. */
export interface DeclinedAttempt {
  /** Counted from 1. */
  readonly attempt: number;
  readonly declineCode: string;
  /** Until when the customer may try another method. */
  readonly retryUntil: string;
}

/**
 * Says that the customer must confirm the payment at `confirmationUrl`.
 * @param attempt to pay, counted from 1; each is announced once.
 * @throws OrderStopped when the order is being cancelled: the payment must not go on.
 */
export function awaitCustomer(
  { orderId }: Pick<BasketCheckedOut, 'orderId'>,
  confirmationUrl: string,
  attempt = 1,
): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    refuseStopped(present);
    if (isSold(present.status)) return settled(present);
    if (attempt === 1 && present.status !== 'PENDING') return settled(present);
    const next = awaiting(present, at, { customerAction: 'CONFIRM' });
    const event = stated(PaymentActionRequired, present, { requestedAt: at, confirmationUrl }, laterAttempt(attempt));
    return { kind: 'move', next, event, result: standing(next) };
  };
}

/**
 * Says that the payment was declined, and that the customer may pay with another method.
 * @throws OrderStopped when the order is being cancelled.
 */
export function awaitAnotherMethod(
  { orderId }: Pick<BasketCheckedOut, 'orderId'>,
  decline: DeclinedAttempt,
): Decide<OrderStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    refuseStopped(present);
    if (isSold(present.status)) return settled(present);
    const { attempt, declineCode, retryUntil } = decline;
    const next = awaiting(present, at, { customerAction: 'PAY_AGAIN', declineCode });
    const facts = { attempt, declinedAt: at, declineCode, retryUntil };
    const event = stated(PaymentMethodRequired, present, facts, String(attempt));
    return { kind: 'move', next, event, result: standing(next) };
  };
}

type Awaiting = Pick<OrderRecord, 'customerAction' | 'declineCode'>;

/** A customer who is awaited for something else is still awaited. */
function awaiting(present: OrderRecord, at: string, facts: Awaiting): OrderRecord {
  return present.status === 'AWAITING_CUSTOMER'
    ? changed(present, at, facts)
    : advanced(present, 'AWAITING_CUSTOMER', at, facts);
}

/** The first attempt's event has the id that it always had. */
function laterAttempt(attempt: number): string | undefined {
  return attempt === 1 ? undefined : String(attempt);
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
    const lines = named(present.lines, present);
    const event = stated(OrderConfirmed, present, { confirmedAt: at, currency, totalMinor, lines });
    return { kind: 'move', next, event, result: standing(next) };
  };
}

/**
 * Stops the order before anything of it is undone. Without an order row it leaves one, so that a late `place` fails.
 * @param causeOf why, given how the order stands when it is stopped. The first recorded reason stays.
 * @throws OrderAlreadyConfirmed when the sale came first, be it that the order is being taken back since. Two workflows
 * that undid one order side by side would each park a refund that came back, and one of them would end the order.
 */
export function stop(
  order: BasketCheckedOut,
  causeOf: (present: OrderRecord | undefined) => StopCause,
): Decide<StoppedStanding> {
  return (current, at) => {
    if (current !== undefined && (isSold(current.status) || current.wasSold)) {
      throw new OrderAlreadyConfirmed(
        `Order ${order.orderId} is ${current.status}: the saga cannot cancel it any more`,
      );
    }
    if (current !== undefined && isStopped(current.status)) return settledStop(current);
    const cause = causeOf(current);
    const next =
      current === undefined
        ? { ...firstRecord(order, 'CANCELLING', at), ...cause }
        : advanced(current, 'CANCELLING', at, cause);
    return { kind: 'move', next, result: stoppedStanding(next) };
  };
}

/**
 * Takes a confirmed order back before anything of it is undone: the other half of `stop`, for what is sold.
 * @throws OrderAlreadyShipped when the warehouse was quicker, be it with a part: that comes back as a return.
 * @throws OrderNotConfirmed when it is not sold: `stop` and the saga cancel it.
 */
export function stopSale(orderId: OrderId, reason: CancellationReason): Decide<StoppedStanding> {
  return (current, at) => {
    const present = mustExist(current, orderId);
    if (isStopped(present.status)) return settledStop(present);
    if (present.status === 'SHIPPED' || present.status === 'DELIVERED') {
      throw new OrderAlreadyShipped(`Order ${orderId} is ${present.status}: it cannot be cancelled any more`);
    }
    if (parcelsOf(present).length > 0) throw new OrderAlreadyShipped(`A part of order ${orderId} has left already`);
    if (present.status !== 'CONFIRMED') throw new OrderNotConfirmed(`Order ${orderId} is ${present.status}`);
    const next = advanced(present, 'CANCELLING', at, { reason, wasSold: true });
    return { kind: 'move', next, result: stoppedStanding(next) };
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
    if (present.status !== 'CANCELLING') throw new Error(`Order ${orderId} was never stopped: it is ${present.status}`);
    return cancelled(advanced(present, 'CANCELLED', at));
  };
}

/**
 * Ends an order of which nothing was taken, and that nobody has stopped. Whoever writes it makes sure, in the same
 * transaction, that nothing is taken any more.
 * @throws SomethingToUndo when it is not as `create-order` left it.
 */
export function cancelAtOnce(
  { orderId }: Pick<BasketCheckedOut, 'orderId'>,
  causeOf: (present: OrderRecord) => StopCause,
): Decide<StoppedStanding> {
  return (current, at) => {
    if (current?.status === 'CANCELLED') return settledStop(current);
    if (current?.status !== 'PENDING') throw new SomethingToUndo(`Order ${orderId} is ${current?.status ?? 'absent'}`);
    return cancelled(advanced(current, 'CANCELLED', at, causeOf(current)));
  };
}

function cancelled(next: OrderRecord) {
  const { reason, declineCode, shortLines } = stopCauseOf(next);
  const event = stated(OrderCancelled, next, {
    cancelledAt: next.updatedAt,
    reason,
    declineCode,
    shortLines,
    lines: next.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  });
  return { kind: 'move', next, event, result: stoppedStanding(next) } as const;
}

function orderPlaced(order: OrderRecord) {
  const { placedAt, currency, totalMinor } = order;
  return stated(OrderPlaced, order, { placedAt, currency, totalMinor });
}

export function standing({ orderId, status }: OrderRecord): OrderStanding {
  return { orderId, status };
}

export function settled(order: OrderRecord) {
  return { kind: 'settled', orderId: order.orderId, result: standing(order) } as const;
}

function settledStop(order: OrderRecord) {
  return { kind: 'settled', orderId: order.orderId, result: stoppedStanding(order) } as const;
}

function stoppedStanding(order: OrderRecord): StoppedStanding {
  return { ...standing(order), ...stopCauseOf(order) };
}

function stopCauseOf({ orderId, status, reason, declineCode, shortLines }: OrderRecord): StopCause {
  if (reason === undefined) throw new Error(`Order ${orderId} is ${status} without a reason`);
  return {
    reason,
    // Another method may have been declined before the order ended for another reason.
    ...(reason === 'PAYMENT_DECLINED' && declineCode !== undefined && { declineCode }),
    ...(shortLines !== undefined && { shortLines }),
  };
}

/**
 * Cancelled by a person before the saga got past its first step: at most the order row exists, and nobody but the
 * saga that now creates the order will end it. Later versions are stopped by, or seen by, a later step of the saga.
 */
function isStoppedInTheBud({ status, version, reason }: OrderRecord): boolean {
  const isByPerson = reason === 'CANCELLED_BY_CUSTOMER' || reason === 'CANCELLED_BY_SHOP';
  return status === 'CANCELLING' && version <= 2 && isByPerson;
}

function refuseStopped(order: OrderRecord): void {
  if (isStopped(order.status)) throw new OrderStopped(`Order ${order.orderId} is ${order.status} (${order.reason})`);
}

export function mustExist(current: OrderRecord | undefined, orderId: OrderId): OrderRecord {
  if (current === undefined) throw new OrderNotFound(`Order ${orderId} has no row, though an earlier step writes it`);
  return current;
}
