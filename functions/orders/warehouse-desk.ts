import type { Parcel } from '../../events/order-shipped.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { Reservation, shipReservation } from '../inventory/reservation.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { count } from '../platform/metrics.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { ConditionsFailed, type TransactionItem } from '../platform/transaction.ts';
import { OrderHeld, OrderNotFound } from './order-errors.ts';
import type { Decide, OrderJournal } from './order-journal.ts';
import type { OrderRecord } from './order-record.ts';
import type { OrderStanding } from './order-steps.ts';
import { correctParcel, deliver, deliverParcel, ship, type Departure } from './parcel-steps.ts';
import { isAmong, leftToShip, minus, parcelsOf, unitsIn } from './parcels.ts';

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
   * A parcel leaves the warehouse: order, event and stock change in one transaction, once.
   * @throws OrderNotConfirmed, OrderChanged, ParcelMismatch, UnitsNotLeft, OrderHeld when a person must look at its
   * payment first, or ConditionsFailed when the stock is not as the order says.
   */
  async ship(orderId: OrderId, departure: Departure, actor: string): Promise<OrderStanding> {
    const order = await this.#present(orderId);
    const standing = await this.#shipUnlessHeld(order, departure, actor);
    if (order.status === 'CONFIRMED' && standing.status === 'SHIPPED') count('OrdersShipped');
    return standing;
  }

  /** @param shards where the reservation holds its units; it tells when that is not so. */
  async #shipUnlessHeld(
    order: OrderRecord,
    departure: Departure,
    actor: string,
    shards?: Reservation['shards'],
  ): Promise<OrderStanding> {
    const { orderId } = order;
    try {
      const alongside = [...this.#stockMoves(order, departure, shards), this.#payments.notHeld(orderId)];
      return await this.#journal.record(order, ship(order, departure), { actor, alongside });
    } catch (error) {
      const told = error instanceof ConditionsFailed ? error.on(this.#reservationsTable)?.row : undefined;
      if (shards === undefined && told?.['shards'] !== undefined) {
        return this.#shipUnlessHeld(order, departure, actor, wholeRow(Reservation, told).shards);
      }
      const held = error instanceof ConditionsFailed ? error.on(this.#payments.table) : undefined;
      if (held === undefined) throw error;
      throw new OrderHeld(`Order ${orderId} is held: its payment is ${String(held.row?.['hold'])}`, { cause: error });
    }
  }

  /** By the order as it was read; the decision sees to it that it still is. Nothing moves for a repeated request. */
  #stockMoves(order: OrderRecord, departure: Departure, shards: Reservation['shards']): TransactionItem[] {
    const left = leftToShip(order);
    const lines = departure.lines ?? left;
    if (!isAmong(lines, left)) return [];
    return shipReservation({
      stockTable: this.#stockTable,
      reservationsTable: this.#reservationsTable,
      orderId: order.orderId,
      lines,
      shards,
      shippedBefore: unitsIn(parcelsOf(order)),
      isLast: minus(left, lines).length === 0,
      at: timestampOf(this.#clock),
    });
  }

  /** @throws OrderNotShipped. */
  deliver(orderId: OrderId, actor: string): Promise<OrderStanding> {
    return this.#delivered(orderId, deliver(orderId), actor);
  }

  /** @throws ParcelNotFound. */
  deliverParcel(orderId: OrderId, parcelId: string, actor: string): Promise<OrderStanding> {
    return this.#delivered(orderId, deliverParcel(orderId, parcelId), actor);
  }

  /** @throws ParcelNotFound, OrderChanged. */
  async correctParcel(
    orderId: OrderId,
    parcelId: string,
    correction: { readonly parcel: Parcel; readonly version: number; readonly actor: string },
  ): Promise<OrderStanding> {
    const order = await this.#present(orderId);
    const { actor } = correction;
    return this.#journal.record(order, correctParcel(orderId, parcelId, correction), { actor });
  }

  async #delivered(orderId: OrderId, decide: Decide<OrderStanding>, actor: string): Promise<OrderStanding> {
    const order = await this.#present(orderId);
    const standing = await this.#journal.record(order, decide, { actor });
    if (order.status === 'SHIPPED' && standing.status === 'DELIVERED') count('OrdersDelivered');
    return standing;
  }

  async #present(orderId: OrderId): Promise<OrderRecord> {
    const order = await this.#journal.find(orderId);
    if (order === undefined) throw new OrderNotFound(`Order ${orderId} has no row`);
    return order;
  }
}
