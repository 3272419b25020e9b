import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import type { Command } from 'commander';
import { colors } from '../colors.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { NotFound } from './not-found.ts';
import { parseOrderId } from './order-id.ts';
import { openParkings } from './parked-orders.ts';

export function redriveCommand(): Command {
  return deploymentCommand({
    name: 'redrive',
    summary: 'Continue a failed execution from the state that failed',
    details:
      'For executions that ended FAILED, TIMED_OUT or ABORTED in the last 14 days. For a parked order use\n' +
      '`orders parked retry`, which ends its parking too. Exit code 2 if there is no such execution.',
    examples: ['redrive 01K2Z5N8W0CHECK0VTSAMPRE01'],
  })
    .argument('<order>', 'id of the order')
    .action((order: string, options: CommonOptions) =>
      onDeployment(options, async (deployment) => {
        const orderId = parseOrderId(order);
        await refuseParked(deployment, orderId);
        const redriveDate = await redrive(deployment, orderId);
        if (options.json) printJson({ orderId, redriveDate });
        else
          console.log(
            `${colors.green('✔')} order ${orderId} continues; follow it with \`orders trace ${orderId} --watch\``,
          );
        return EXIT_CODE.done;
      }),
    );
}

async function refuseParked(deployment: Deployment, orderId: string): Promise<void> {
  const parking = (await openParkings(deployment)).find((row) => row.orderId === orderId);
  if (parking) {
    throw new UserError(`Order ${orderId} is parked at "${parking.step}": use \`orders parked retry ${orderId}\`.`);
  }
}

async function redrive(deployment: Deployment, orderId: string): Promise<Date | undefined> {
  try {
    const { redriveDate } = await deployment.stepFunctions.send(
      new RedriveExecutionCommand({ executionArn: deployment.executionArn(orderId) }),
    );
    return redriveDate;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ExecutionDoesNotExist') throw new NotFound(`Order ${orderId} has no execution.`, { cause: error });
    if (name !== 'ExecutionNotRedrivable' && name !== 'ExecutionLimitExceeded') throw error;
    throw new UserError(`Order ${orderId} cannot be redriven: ${message}`, { cause: error });
  }
}
