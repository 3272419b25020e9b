import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { canonicalJson } from '../../events/canonical-json.ts';
import { isErrorNamed } from '../platform/errors.ts';
import type { CancellationInput } from './cancellation-request.ts';

/** The workflow that takes an order back: money, stock, status. All of it is harmless where it was done before. */
export class CancellationWorkflow {
  readonly #stepFunctions: SFNClient;
  readonly #stateMachineArn: string;

  constructor(options: { stepFunctions: SFNClient; stateMachineArn: string }) {
    this.#stepFunctions = options.stepFunctions;
    this.#stateMachineArn = options.stateMachineArn;
  }

  /**
   * Starts one execution of each purpose, whoever asks and however often; the first one's reason counts.
   * @param purpose the end of its name, after the order's id.
   */
  async start(input: CancellationInput, purpose = 'cancellation'): Promise<void> {
    try {
      await this.#stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachineArn,
          name: `${input.order.orderId}.${purpose}`,
          input: canonicalJson(input),
        }),
      );
    } catch (error) {
      if (!isErrorNamed(error, 'ExecutionAlreadyExists')) throw error;
    }
  }
}
