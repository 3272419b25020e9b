import { envVar } from '../platform/env-var.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { CancellationWorkflow } from './cancellation-workflow.ts';

/** The cancellation workflow that this function was deployed with. */
export function deployedCancellationWorkflow(): CancellationWorkflow {
  return new CancellationWorkflow({ stepFunctions, stateMachineArn: envVar('CANCELLATION_STATE_MACHINE_ARN') });
}
