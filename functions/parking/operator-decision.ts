import { RedriveExecutionCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { FAILED_REFUND_STEP, FAILED_RETURN_STEP } from '../../events/order-parked.ts';
import { OrderId, type ReturnId } from '../../events/vocabulary.ts';
import type { ParkingStep } from '../../workflows/workflow-names.ts';
import type { Clock } from '../platform/clock.ts';
import { isErrorNamed, TransactionConflict } from '../platform/errors.ts';
import { lines } from '../platform/http/text.ts';
import { answerWaiting, isLate, type Answered } from '../platform/task-token.ts';
import {
  DecisionUnconfirmed,
  NothingWaits,
  NotParked,
  ParkAlreadyDecided,
  RedriveRefused,
  RetryInVain,
  StillOpen,
} from './operator-errors.ts';
import { isSold, type OrderRecord } from '../orders/order-record.ts';
import {
  isAboutRetry,
  isProven,
  ParkDecision,
  PAYMENT_REVIEW_STEP,
  RETURN_STEP,
  tokensOf,
  type ParkedOrder,
} from './parked-order.ts';
import type { FailedRefunds } from './failed-refunds.ts';
import type { ParkedOrders } from './parked-orders.ts';

const STEPS_OF_RETURNS: readonly string[] = [RETURN_STEP, 'Refund return' satisfies ParkingStep];

const MAX_ROUNDS = 3;

/** What an operator asks. `resolved` says that money and stock are right by other means, and so needs evidence. */
export const OperatorRequest = z
  .strictObject({
    orderId: OrderId,
    step: z.string().min(1).max(60),
    decision: ParkDecision,
    /** Who decides; kept with the decision. */
    actor: z.string().min(1).max(128),
    /** E.g. the provider's reference of a refund made by hand. */
    evidence: lines(1, 1024).optional(),
    /** Retry also while the provider repeats its failure. */
    anyway: z.boolean().optional(),
  })
  .refine(...isProven)
  .refine(...isAboutRetry);
export type OperatorRequest = z.infer<typeof OperatorRequest>;

/** `delivered` is false when nothing was left to deliver: the workflow had this decision, or the order has ended. */
export type DecisionOutcome = {
  readonly orderId: OrderId;
  readonly step: string;
  readonly decision: ParkDecision;
  readonly delivered: boolean;
  /** A retry can only fail until then. */
  readonly providerRepeatsFailureUntil?: string;
};

/** What an operator can bring about with payments that no workflow waits for. */
export interface SettledPayments {
  /** A person has looked: the order may leave. */
  liftHold(orderId: OrderId): Promise<void>;
  /** Gives back, once more, what a failed refund left open. @param attempt makes a repetition harmless. */
  refundAgain(orderId: OrderId, attempt: number, actor: string): Promise<void>;
  /** The same for the refunds of returns. */
  refundReturnsAgain(orderId: OrderId, returnIds: readonly ReturnId[], attempt: number): Promise<void>;
}

/**
 * Answers parked orders in an operator's name. A decision is recorded first and delivered second, so that a crash in
 * between is mended by deciding the same again.
 */
export class OperatorDesk {
  readonly #parked: ParkedOrders;
  readonly #findOrder: (orderId: OrderId) => Promise<OrderRecord | undefined>;
  readonly #stepFunctions: SFNClient;
  readonly #payments: SettledPayments;
  readonly #failedRefunds: Pick<FailedRefunds, 'settledByHand'>;
  readonly #clock: Clock;

  constructor(options: {
    parked: ParkedOrders;
    findOrder: (orderId: OrderId) => Promise<OrderRecord | undefined>;
    stepFunctions: SFNClient;
    payments: SettledPayments;
    failedRefunds: Pick<FailedRefunds, 'settledByHand'>;
    clock: Clock;
  }) {
    this.#clock = options.clock;
    this.#payments = options.payments;
    this.#failedRefunds = options.failedRefunds;
    this.#parked = options.parked;
    this.#findOrder = options.findOrder;
    this.#stepFunctions = options.stepFunctions;
  }

  /**
   * Ends the parking. The same decision again finishes what a crash left half done.
   * @throws NotParked, ParkAlreadyDecided, StillOpen, RetryInVain, RedriveRefused or NothingWaits; each leaves the parking
   * as it was.
   * @throws DecisionUnconfirmed (transient): the decision stands, and the same one again finishes it.
   */
  async decide(request: OperatorRequest, round = 1): Promise<DecisionOutcome> {
    const { orderId, step, decision, actor, evidence, anyway } = request;
    const row = await this.#parked.find(orderId, step);
    if (row?.parkedState !== 'OPEN') throw new NotParked(`Order ${orderId} is not parked at "${step}"`);
    await this.#refuseImpossible(row, decision);
    const until = decision === 'retry' ? this.#failureRepeatedUntil(row) : undefined;
    if (row.decision === undefined) {
      if (until !== undefined && anyway !== true) throw new RetryInVain(orderId, until);
      const recorded = await this.#parked.recordDecision(row, decision, actor, evidence);
      if (!recorded) return this.#decideAnew(request, round);
    } else if (row.decision !== decision || !isEvidenceOf(row, evidence)) {
      throw new ParkAlreadyDecided(`Order ${orderId} at "${step}" is decided already: ${row.decision}`);
    }
    const delivered = await this.#deliver(row, decision, actor);
    if (!delivered) await this.#refuseUnheard(row, decision);
    if (decision === 'resolved') await this.#failedRefunds.settledByHand(row);
    await this.#parked.close(row);
    return { orderId, step, decision, delivered, ...(until !== undefined && { providerRepeatsFailureUntil: until }) };
  }

  /** Another operator was quicker, or the step parked again: who comes second is told what is so now. */
  #decideAnew(request: OperatorRequest, round: number): Promise<DecisionOutcome> {
    if (round < MAX_ROUNDS) return this.decide(request, round + 1);
    throw new TransactionConflict(`The parking of order ${request.orderId} at "${request.step}" keeps changing`);
  }

  /** Until when at least a retry gets the failure that the provider remembers. */
  #failureRepeatedUntil({ particulars }: ParkedOrder): string | undefined {
    const until = particulars?.['providerRepeatsFailureUntil'];
    return until !== undefined && Date.parse(until) > this.#clock.now().getTime() ? until : undefined;
  }

  /** Where nothing waits for an answer, "resolved" is only true of an order that has ended. */
  async #refuseImpossible(row: ParkedOrder, decision: ParkDecision): Promise<void> {
    if (row.taskToken !== undefined) return;
    if (row.reason === 'IDENTITY_CONFLICT') {
      if (decision === 'retry')
        throw new RedriveRefused('A second command under the same id is never run; decide resolved');
      return;
    }
    if (row.step === PAYMENT_REVIEW_STEP && decision === 'retry') {
      throw new RedriveRefused('Nothing of this payment can be tried again: cancel the order, or decide resolved');
    }
    if (decision === 'retry') return;
    if (await this.#hasEnded(row)) return;
    throw new StillOpen(`Order ${row.orderId} has not ended: end it before it is resolved`);
  }

  /**
   * A decision that nobody heard and that is not true by itself is taken back. One that stood already is not: an
   * earlier call may have delivered it and crashed.
   */
  async #refuseUnheard(row: ParkedOrder, decision: ParkDecision): Promise<void> {
    if (row.decision !== undefined || (decision === 'resolved' && (await this.#hasEnded(row)))) return;
    await this.#parked.withdrawDecision(row);
    throw new NothingWaits(`No workflow waits for order ${row.orderId} at "${row.step}"`);
  }

  async #hasEnded({ orderId, step }: ParkedOrder): Promise<boolean> {
    const order = await this.#findOrder(orderId);
    // Nobody but its workflow ends a return, and no other one begins before that.
    if (STEPS_OF_RETURNS.includes(step)) return order?.returns?.open === undefined;
    return order !== undefined && (isSold(order.status) || order.status === 'CANCELLED');
  }

  async #deliver(row: ParkedOrder, decision: ParkDecision, actor: string): Promise<boolean> {
    if (row.taskToken !== undefined) {
      return (await answerWaiting(tokensOf(row), (token) => this.#answer(token, decision))) === 'answered';
    }
    if (row.step === PAYMENT_REVIEW_STEP) await this.#payments.liftHold(row.orderId);
    if (decision === 'resolved') return true;
    if (row.step === FAILED_REFUND_STEP) {
      await this.#payments.refundAgain(row.orderId, row.parkings, actor);
      return true;
    }
    if (row.step === FAILED_RETURN_STEP) {
      await this.#payments.refundReturnsAgain(row.orderId, row.returnIds ?? [], row.parkings);
      return true;
    }
    try {
      await this.#redrive(row);
      return true;
    } catch (error) {
      if (!isErrorNamed(error, 'ExecutionNotRedrivable', 'ExecutionDoesNotExist')) throw error;
      await this.#parked.withdrawDecision(row);
      throw new RedriveRefused(`${row.executionArn ?? 'The execution'} cannot be redriven: ${error.message}`, {
        cause: error,
      });
    }
  }

  async #answer(taskToken: string, decision: ParkDecision): Promise<Answered> {
    try {
      await this.#stepFunctions.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ decision }) }));
      return 'answered';
    } catch (error) {
      if (!isLate(error)) throw error;
      if (!wasSentOnce(error))
        throw new DecisionUnconfirmed('An earlier copy of it may have arrived', { cause: error });
      return 'late';
    }
  }

  async #redrive({ executionArn, orderId, parkings }: ParkedOrder): Promise<void> {
    await this.#stepFunctions.send(
      new RedriveExecutionCommand({ executionArn, clientToken: `${orderId}.${parkings}` }),
    );
  }
}

/** The SDK sends again what was not answered: the workflow may have heard the first copy. */
function wasSentOnce(error: Error): boolean {
  return ((error as Error & { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) === 1;
}

/** Whether the standing decision was made with this evidence: other evidence would be lost. */
function isEvidenceOf({ decisions, parkings }: ParkedOrder, evidence: string | undefined): boolean {
  return evidence === undefined || decisions.some((taken) => taken.parking === parkings && taken.evidence === evidence);
}
