import { DescribeExecutionCommand, paginateListExecutions } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Deployment } from '../../deployment.ts';

export interface StartedExecution {
  readonly orderId: string;
  /** When the customer placed the order; undefined when the input is no order command. */
  readonly placedAt: Date | undefined;
}

const Command = z.object({ placedAt: z.iso.datetime() });
const AT_ONCE = 10;

/** Executions of the workflow that started from `from` to before `to`. Step Functions lists the newest first. */
export async function executionsStarted(
  deployment: Deployment,
  from: Date,
  to: Date | undefined,
): Promise<StartedExecution[]> {
  const found: StartedExecution[] = [];
  const pages = paginateListExecutions(
    { client: deployment.stepFunctions },
    { stateMachineArn: deployment.output('StateMachineArn'), maxResults: 1_000 },
  );
  for await (const { executions = [] } of pages) {
    const recent = executions.filter(({ startDate = from }) => startDate >= from);
    const arns = recent.flatMap(({ startDate = from, executionArn }) =>
      executionArn !== undefined && (to === undefined || startDate < to) ? [executionArn] : [],
    );
    for (let at = 0; at < arns.length; at += AT_ONCE) {
      found.push(...(await Promise.all(arns.slice(at, at + AT_ONCE).map((arn) => describe(deployment, arn)))));
    }
    if (recent.length < executions.length) break;
  }
  return found;
}

async function describe(deployment: Deployment, executionArn: string): Promise<StartedExecution> {
  const { name = '', input = 'null' } = await deployment.stepFunctions.send(
    new DescribeExecutionCommand({ executionArn }),
  );
  const command = Command.safeParse(JSON.parse(input));
  return { orderId: name, placedAt: command.success ? new Date(command.data.placedAt) : undefined };
}
