import {
  GetExecutionHistoryCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  type ExecutionListItem,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import type { Deployment } from '../../cli/deployment.ts';
import { inParallel } from '../../cli/in-parallel.ts';
import type { Execution } from './snapshot.ts';

/** @param wantsFailures names of executions whose failed tasks are of interest: reading them takes a whole history. */
export async function readExecutions(deployment: Deployment, wantsFailures: ReadonlySet<string>): Promise<Execution[]> {
  const client = deployment.stepFunctions;
  const listed: ExecutionListItem[] = [];
  const stateMachineArn = deployment.output('StateMachineArn');
  for await (const page of paginateListExecutions({ client }, { stateMachineArn, maxResults: 1000 })) {
    listed.push(...(page.executions ?? []));
  }
  return inParallel(listed, async ({ executionArn: arn = '', name = '', status = '' }) => {
    const failures = wantsFailures.has(name) ? await readFailures(deployment, arn) : undefined;
    const eventCount = await countEvents(deployment, arn);
    return { arn, name, status, eventCount, ...(failures && { failures }) };
  });
}

/** Events are numbered from 1, so the number of the last one is their count. */
async function countEvents({ stepFunctions }: Deployment, executionArn: string): Promise<number> {
  const { events } = await stepFunctions.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1, includeExecutionData: false }),
  );
  return events?.[0]?.id ?? 0;
}

/** What the tasks of an execution failed with, in order. */
export async function readFailures({ stepFunctions: client }: Deployment, executionArn: string) {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 })) {
    events.push(...(page.events ?? []));
  }
  return events
    .map((event) => event.taskFailedEventDetails ?? event.lambdaFunctionFailedEventDetails)
    .filter((details) => details !== undefined)
    .map(({ error = '', cause = '' }) => ({ error, cause }));
}
