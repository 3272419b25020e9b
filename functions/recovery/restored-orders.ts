import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import type { OrderStatus } from '../../events/vocabulary.ts';
import { CancellationRequest } from '../orders/cancellation-request.ts';
import type { CancellationWorkflow } from '../orders/cancellation-workflow.ts';
import type { OrderJournal } from '../orders/order-journal.ts';
import { isSold, isStopped, type OrderRecord } from '../orders/order-record.ts';
import { place, stop } from '../orders/order-steps.ts';
import { isErrorNamed } from '../platform/errors.ts';
import type { RestoredOrder } from './order-fate.ts';

/** `kept`: its rows know how it ended. Otherwise the workflow that brings them there was started. */
export type Settling = {
  readonly orderId: string;
  readonly kind: 'kept' | 'begunAnew' | 'cancelledAnew';
  readonly execution?: string;
};

/**
 * Brings orders to where they were before their rows were given back as of an earlier moment.
 *
 * RO1  A workflow begun anew does only what its rows do not know: each step finds its own row, and the provider its own
 *      key. So money moves once, whatever is repeated.
 * RO2  A cancellation that was decided stays decided. The saga would decide again, perhaps otherwise: the order is
 *      stopped with its reason first, and the workflow of cancellations undoes what there is, asking the provider.
 * RO3  The name of what is begun holds order and set, and its input is the order's own: to begin twice is harmless.
 */
export class RestoredOrders {
  readonly #journal: OrderJournal;
  readonly #stepFunctions: SFNClient;
  readonly #sagaArn: string;
  readonly #cancellations: CancellationWorkflow;

  constructor(parts: {
    readonly journal: OrderJournal;
    readonly stepFunctions: SFNClient;
    readonly sagaArn: string;
    readonly cancellations: CancellationWorkflow;
  }) {
    this.#journal = parts.journal;
    this.#stepFunctions = parts.stepFunctions;
    this.#sagaArn = parts.sagaArn;
    this.#cancellations = parts.cancellations;
  }

  /** @throws whatever Step Functions or the store throw: call again. */
  async settle(restored: RestoredOrder): Promise<Settling> {
    const { order, fate } = restored;
    const { orderId } = order;
    const standing = await this.#journal.find(orderId);
    if (standing !== undefined && isEnded(standing.status, fate.kind)) return { orderId, kind: 'kept' };
    if (fate.kind === 'cancelled' || (standing !== undefined && isStopped(standing.status)))
      return this.#cancel(restored, standing);
    return this.#beginAnew(order, restored.set);
  }

  async #beginAnew(order: BasketCheckedOut, set: string): Promise<Settling> {
    const execution = `${order.orderId}.${set}`;
    const request = { stateMachineArn: this.#sagaArn, name: execution, input: canonicalJson(order) };
    try {
      await this.#stepFunctions.send(new StartExecutionCommand(request));
    } catch (error) {
      if (!isErrorNamed(error, 'ExecutionAlreadyExists')) throw error;
    }
    return { orderId: order.orderId, kind: 'begunAnew', execution };
  }

  async #cancel({ order, fate, set }: RestoredOrder, standing: OrderRecord | undefined): Promise<Settling> {
    const { kind: _cancelled, ...cause } = fate.kind === 'cancelled' ? fate : BY_SHOP;
    if (standing === undefined) await this.#journal.record(undefined, place(order));
    // A sold order is stopped by its workflow, under the warehouse's eyes.
    const isToBeStopped = standing === undefined || !(isSold(standing.status) || isStopped(standing.status));
    if (isToBeStopped)
      await this.#journal.record(
        standing,
        stop(order, () => cause),
      );
    const byPerson = CancellationRequest.shape.reason.catch('CANCELLED_BY_SHOP').parse(cause.reason);
    await this.#cancellations.start({ order, reason: byPerson, actor: 'orders restore' }, set);
    return { orderId: order.orderId, kind: 'cancelledAnew', execution: `${order.orderId}.${set}` };
  }
}

/** Of an order whose executions tell no cancellation, while its row says that it was stopped. */
const BY_SHOP = { kind: 'cancelled', reason: 'CANCELLED_BY_SHOP' } as const;

/** Whether the row already tells how it ended. What left the warehouse is past any cancellation. */
function isEnded(status: OrderStatus, fate: RestoredOrder['fate']['kind']): boolean {
  if (status === 'CANCELLED' || status === 'SHIPPED' || status === 'DELIVERED') return true;
  return status === 'CONFIRMED' && fate !== 'cancelled';
}
