import { DescribeExecutionCommand, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalHash, canonicalJson } from '../../events/canonical-json.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { EventRejected } from '../platform/event-consumer.ts';
import type { OrderJournal } from './order-journal.ts';
import { place } from './order-steps.ts';

/** Step Functions takes 256 KiB a state, and the order travels in each of them beside results and errors. */
const MAX_COMMAND_BYTES = 32 * 1024;

/** A command under an id under which another one runs. */
export interface ConflictingCommand {
  readonly orderId: OrderId;
  /** Canonical bytes of the command. */
  readonly command: string;
  readonly hash: string;
  /** Hash of the command that came first. */
  readonly firstHash: string;
}

/** Keeps a conflicting command for an operator; the same one again changes nothing. */
export type ParkConflict = (conflict: ConflictingCommand) => Promise<unknown>;

/** `conflict`: another command runs under this order id, and this one is parked. */
export type StartOutcome = 'started' | 'duplicate' | 'conflict';

/**
 * Starts one execution for each order.
 *
 * Its name is the order id and its input the command's canonical bytes: a copy that comes while it runs is answered
 * by Step Functions with the same execution. What comes later is compared with the order row, which is remembered
 * longer than any execution name.
 */
export class SagaStarter {
  readonly #stepFunctions: SFNClient;
  readonly #stateMachineArn: string;
  readonly #journal: OrderJournal;
  readonly #parkConflict: ParkConflict;

  constructor(options: {
    stepFunctions: SFNClient;
    /** Of the alias that new executions are started by. */
    stateMachineArn: string;
    journal: OrderJournal;
    parkConflict: ParkConflict;
  }) {
    this.#stepFunctions = options.stepFunctions;
    this.#stateMachineArn = options.stateMachineArn;
    this.#journal = options.journal;
    this.#parkConflict = options.parkConflict;
  }

  /**
   * @throws EventRejected when the command is too large to travel through a workflow.
   * @throws whatever Step Functions or the store throw: the message stays in the queue and comes again.
   */
  async start(order: BasketCheckedOut): Promise<StartOutcome> {
    const input = canonicalJson(order);
    if (Buffer.byteLength(input) > MAX_COMMAND_BYTES) {
      throw new EventRejected(`Command is larger than ${MAX_COMMAND_BYTES} bytes`);
    }
    try {
      const request = { stateMachineArn: this.#stateMachineArn, name: order.orderId, input };
      await this.#stepFunctions.send(new StartExecutionCommand(request));
      return 'started';
    } catch (error) {
      if (!isErrorNamed(error, 'ExecutionAlreadyExists')) throw error;
    }
    const hash = canonicalHash(order);
    const firstHash = await this.#hashOfFirst(order);
    if (hash === firstHash) return 'duplicate';
    await this.#parkConflict({ orderId: order.orderId, command: input, hash, firstHash });
    return 'conflict';
  }

  /** The hash of the command that came first: from its order row or, before that is written, from its execution. */
  async #hashOfFirst(order: BasketCheckedOut): Promise<string> {
    const standing = await this.#journal.find(order.orderId);
    if (standing !== undefined) return standing.inputHash;
    const executionArn = executionArnOf(this.#stateMachineArn, order.orderId);
    const { input = '' } = await this.#stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const first = BasketCheckedOut.received.parse(JSON.parse(input));
    const firstHash = canonicalHash(first);
    // A parking needs the order's row. Its own execution would write the same one a moment later.
    if (firstHash !== canonicalHash(order)) await this.#journal.record(undefined, place(first), { executionArn });
    return firstHash;
  }
}

/** Executions are named within their machine, whichever version or alias of it they were started by. */
function executionArnOf(stateMachineArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = stateMachineArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}
