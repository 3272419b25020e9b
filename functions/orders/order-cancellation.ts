import { isErrorNamed } from '../platform/errors.ts';
import type { CancellationRequest } from './cancellation-request.ts';
import type { CancellationWorkflow } from './cancellation-workflow.ts';
import { OrderAlreadyShipped } from './order-errors.ts';
import type { OrderJournal } from './order-journal.ts';
import { commandOf, isStopped, type OrderRecord } from './order-record.ts';
import type { OrderRows } from './order-rows.ts';
import { parcelsOf } from './parcels.ts';
import { stop, type OrderStanding, type StoppedStanding } from './order-steps.ts';

/** Ends waits of a saga that only a person, or time, would end. Each tolerates that nothing waits. */
export interface SagaWaits {
  /** The charge that waits for its customer: its task fails with OrderStopped, and the saga compensates. */
  endCustomerWait(order: OrderRecord): Promise<void>;
  /** The reservation that waits for an operator: there is no hurry left in it, and no money. */
  giveUpReservation(order: OrderRecord, request: CancellationRequest): Promise<void>;
}

/**
 * Cancels orders in a person's name. The order row decides: before the sale it is stopped here and its saga undoes
 * what was done; after it the cancellation workflow stops the sale and undoes it.
 */
export class OrderCancellation {
  readonly #journal: OrderJournal;
  readonly #waits: SagaWaits;
  readonly #workflow: CancellationWorkflow;

  constructor(options: { journal: OrderJournal; waits: SagaWaits; workflow: CancellationWorkflow }) {
    this.#journal = options.journal;
    this.#waits = options.waits;
    this.#workflow = options.workflow;
  }

  /**
   * Accepts the cancellation; again for a stopped order mends what a crash left half done.
   * @returns how the order stands now: CONFIRMED means that the workflow is on its way.
   * @throws OrderAlreadyShipped when it comes too late.
   */
  async cancel({ order, isWritten }: OrderRows, request: CancellationRequest): Promise<OrderStanding> {
    try {
      const guess = isWritten ? order : undefined;
      const decide = stop(commandOf(order), () => ({ reason: request.reason }));
      const standing = await this.#journal.record(guess, decide, { actor: request.actor });
      if (standing.status === 'CANCELLING') await this.#endWaits(order, standing, request);
      return standing;
    } catch (error) {
      if (!isErrorNamed(error, 'OrderAlreadyConfirmed')) throw error;
    }
    return this.#takeBack(order, request);
  }

  async #endWaits(order: OrderRecord, { reason }: StoppedStanding, request: CancellationRequest): Promise<void> {
    await this.#waits.endCustomerWait(order);
    if (reason === request.reason) await this.#waits.giveUpReservation(order, request);
  }

  async #takeBack(order: OrderRecord, { reason, actor }: CancellationRequest): Promise<OrderStanding> {
    const present = await this.#journal.find(order.orderId);
    if (present?.status === 'CONFIRMED' && parcelsOf(present).length > 0) {
      throw new OrderAlreadyShipped(`A part of order ${order.orderId} has left: what is back is refunded as a return`);
    }
    if (present?.status !== 'CONFIRMED') {
      // Sold a moment ago and not confirmed any more: it left, or another cancellation was quicker.
      if (present !== undefined && isStopped(present.status))
        return { orderId: present.orderId, status: present.status };
      throw new OrderAlreadyShipped(`Order ${order.orderId} is ${present?.status}: it cannot be cancelled any more`);
    }
    await this.#workflow.start({ order: commandOf(present), reason, actor });
    return { orderId: present.orderId, status: present.status };
  }
}
