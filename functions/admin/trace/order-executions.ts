import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  paginateGetExecutionHistory,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { isErrorNamed } from '../../platform/errors.ts';
import { stepsOf, type Step } from './execution-history.ts';
import { workflowOf, type Workflow } from './workflow-graph.ts';

/** One run of a workflow for an order. */
export interface OrderExecution {
  readonly described: DescribeExecutionCommandOutput;
  /** In the order of their entry. */
  readonly steps: readonly Step[];
  /** The definition that this execution runs, which may be older than the deployed one. */
  readonly workflow: Workflow;
}

/** Bounds one read: 25,000 events are the most that an execution has (Step Functions quotas). */
const EVENTS_A_PAGE = 1000;

/** Undefined when there is no such execution: not yet, or it ended more than 90 days ago. */
export async function findExecution(
  stepFunctions: SFNClient,
  executionArn: string,
): Promise<OrderExecution | undefined> {
  try {
    const [described, definition, events] = await Promise.all([
      stepFunctions.send(new DescribeExecutionCommand({ executionArn })),
      stepFunctions.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
      historyOf(stepFunctions, executionArn),
    ]);
    return { described, steps: stepsOf(events), workflow: workflowOf(definition.definition ?? '') };
  } catch (error) {
    if (isErrorNamed(error, 'ExecutionDoesNotExist')) return undefined;
    throw error;
  }
}

async function historyOf(stepFunctions: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory(
    { client: stepFunctions },
    { executionArn, maxResults: EVENTS_A_PAGE, includeExecutionData: true },
  );
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}
