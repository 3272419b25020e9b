import type { Parcel } from '../../events/order-shipped.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { shipReservation } from '../inventory/reservation.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { count } from '../platform/metrics.ts';
import { ConditionsFailed, type TransactionItem } from '../platform/transaction.ts';
import { OrderHeld, OrderNotFound } from './order-errors.ts';
import type { OrderJournal } from './order-journal.ts';
import type { OrderRecord } from './order-record.ts';
import { deliver, ship, type OrderStanding } from './order-steps.ts';

/** What keeps an order from being shipped although it is confirmed. */
export interface PaymentHolds {
  readonly table: string;
  /** The part of a transaction that holds only while nothing does. */
  notHeld(orderId: OrderId): TransactionItem;
}

/** What the warehouse says of orders. */
export class WarehouseDesk {
  readonly #journal: OrderJournal;
  readonly #payments: PaymentHolds;
  readonly #stockTable: string;
  readonly #reservationsTable: string;
  readonly #clock: Clock;

  constructor(options: {
    journal: OrderJournal;
    payments: PaymentHolds;
    stockTable: string;
    reservationsTable: string;
    clock: Clock;
  }) {
    this.#journal = options.journal;
    this.#payments = options.payments;
    this.#stockTable = options.stockTable;
    this.#reservationsTable = options.reservationsTable;
    this.#clock = options.clock;
  }

  /**
   * The order leaves the warehouse: status, event and stock change in one transaction, once.
   * @throws OrderNotConfirmed, OrderHeld when a person must look at its payment first, or ConditionsFailed when the
   * stock is not as the order says.
   */
  async ship(orderId: OrderId, parcel: Parcel, actor: string): Promise<OrderStanding> {
    const order = await this.#present(orderId);
    const alongside = shipReservation({
      stockTable: this.#stockTable,
      reservationsTable: this.#reservationsTable,
      orderId,
      lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
      at: timestampOf(this.#clock),
    });
    const standing = await this.#shipUnlessHeld(order, parcel, { actor, alongside });
    if (order.status === 'CONFIRMED') count('OrdersShipped');
    return standing;
  }

  async #shipUnlessHeld(
    order: OrderRecord,
    parcel: Parcel,
    { actor, alongside }: { readonly actor: string; readonly alongside: readonly TransactionItem[] },
  ): Promise<OrderStanding> {
    const { orderId } = order;
    try {
      const parts = [...alongside, this.#payments.notHeld(orderId)];
      return await this.#journal.record(order, ship(orderId, parcel), { actor, alongside: parts });
    } catch (error) {
      const held = error instanceof ConditionsFailed ? error.on(this.#payments.table) : undefined;
      if (held === undefined) throw error;
      throw new OrderHeld(`Order ${orderId} is held: its payment is ${String(held.row?.['hold'])}`, { cause: error });
    }
  }

  /** @throws OrderNotShipped. */
  async deliver(orderId: OrderId, actor: string): Promise<OrderStanding> {
    const order = await this.#present(orderId);
    const standing = await this.#journal.record(order, deliver(orderId), { actor });
    if (order.status === 'SHIPPED') count('OrdersDelivered');
    return standing;
  }

  async #present(orderId: OrderId): Promise<OrderRecord> {
    const order = await this.#journal.find(orderId);
    if (order === undefined) throw new OrderNotFound(`Order ${orderId} has no row`);
    return order;
  }
}
