import { paginateListExecutions, type ExecutionListItem } from '@aws-sdk/client-sfn';
import type { Deployment } from '../../../cli/deployment.ts';
import { inParallel } from '../../../cli/in-parallel.ts';
import { readFailures } from '../../invariants/read-executions.ts';

/** How the workflow of one order went. */
export interface OrderRun {
  readonly endedAtMs: number;
  /** Steps that were tried again because others held their rows. */
  readonly contendedSteps: number;
}

/** @param orderIds of orders whose executions have ended. */
export async function runsOf(deployment: Deployment, orderIds: ReadonlySet<string>): Promise<OrderRun[]> {
  const client = deployment.stepFunctions;
  const stateMachineArn = deployment.output('StateMachineArn');
  const ours: ExecutionListItem[] = [];
  for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn, maxResults: 1000 })) {
    ours.push(...executions.filter(({ name = '' }) => orderIds.has(name)));
  }
  return inParallel(ours, async ({ executionArn = '', stopDate }) => {
    const failures = await readFailures(deployment, executionArn);
    const contendedSteps = failures.filter(({ error }) => error === 'TransactionConflict').length;
    return { endedAtMs: stopDate?.getTime() ?? Number.NaN, contendedSteps };
  });
}
