import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { canonicalJson } from '../../../events/canonical-json.ts';
import { ReturnId } from '../../../events/vocabulary.ts';
import { isErrorNamed } from '../../platform/errors.ts';
import { nameOfAttempt } from '../repeated-refund.ts';

/** The input of an execution that refunds a return. */
export const ReturnInput = z.object({ order: BasketCheckedOut.received, returnId: ReturnId });
export type ReturnInput = z.infer<typeof ReturnInput>;

/** The workflow that gives the money of a return back. All of it is harmless where it was done before. */
export class ReturnWorkflow {
  readonly #stepFunctions: SFNClient;
  readonly #stateMachineArn: string;

  constructor(options: { stepFunctions: SFNClient; stateMachineArn: string }) {
    this.#stepFunctions = options.stepFunctions;
    this.#stateMachineArn = options.stateMachineArn;
  }

  /**
   * Starts one execution a return, however often it is asked to.
   * @param attempt of a refund that was made and came to nothing, from 1.
   */
  async start(input: ReturnInput, attempt = 0): Promise<'started' | 'duplicate'> {
    try {
      await this.#stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachineArn,
          name: returnExecutionOf(input.order.orderId, input.returnId, attempt),
          input: canonicalJson(input),
        }),
      );
      return 'started';
    } catch (error) {
      if (!isErrorNamed(error, 'ExecutionAlreadyExists')) throw error;
      return 'duplicate';
    }
  }
}

/** The name of the execution. @param attempt 0 of the first one. */
export function returnExecutionOf(orderId: string, returnId: string, attempt = 0): string {
  return [orderId, returnId, ...(attempt === 0 ? [] : [nameOfAttempt(attempt)])].join('.');
}
