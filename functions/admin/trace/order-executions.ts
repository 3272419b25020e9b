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

/** Reads executions. */
export class OrderExecutions {
  readonly #stepFunctions: SFNClient;
  /** By the version's ARN: a version never changes, and there are few (Developer Guide, "State machine versions"). */
  readonly #workflows = new Map<string, Workflow>();

  constructor(stepFunctions: SFNClient) {
    this.#stepFunctions = stepFunctions;
  }

  /**
   * Undefined when there is no such execution: not yet, or it ended more than 90 days ago.
   * @param isLikely there: its history is asked for at once. Step Functions answers few such requests a second.
   */
  async find(executionArn: string, isLikely: boolean): Promise<OrderExecution | undefined> {
    try {
      const describing = this.#stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      const reading = isLikely ? this.#historyOf(executionArn) : describing.then(() => this.#historyOf(executionArn));
      const [described, events] = await Promise.all([describing, reading]);
      return { described, steps: stepsOf(events), workflow: await this.#workflowOf(described) };
    } catch (error) {
      if (isErrorNamed(error, 'ExecutionDoesNotExist')) return undefined;
      throw error;
    }
  }

  /** An execution that began on no version runs what its machine was when it began. */
  async #workflowOf({ executionArn, stateMachineVersionArn }: DescribeExecutionCommandOutput): Promise<Workflow> {
    const known = stateMachineVersionArn === undefined ? undefined : this.#workflows.get(stateMachineVersionArn);
    if (known !== undefined) return known;
    const machine = await this.#stepFunctions.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    const workflow = workflowOf(machine.definition ?? '');
    if (stateMachineVersionArn !== undefined) this.#workflows.set(stateMachineVersionArn, workflow);
    return workflow;
  }

  async #historyOf(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    const pages = paginateGetExecutionHistory(
      { client: this.#stepFunctions },
      { executionArn, maxResults: EVENTS_A_PAGE, includeExecutionData: true },
    );
    for await (const page of pages) events.push(...(page.events ?? []));
    return events;
  }
}
