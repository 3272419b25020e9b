import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  type SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  UpdateStateMachineCommand,
  type DescribeExecutionOutput,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { vi } from 'vitest';
import { engineKind } from './engine.ts';

/** An execution that has ended, with all its events. */
export interface Ended {
  readonly end: DescribeExecutionOutput;
  readonly history: readonly HistoryEvent[];
}

const ROLE = 'arn:aws:iam::123456789012:role/workflow-tests';
/** Where time really passes, eleven attempts take a while. */
const MAX_RUN_MS = 100_000;

/** Creates the machine, or brings one of an earlier run to this definition. @returns its ARN. */
export async function putStateMachine(client: SFNClient, name: string, definition: string): Promise<string> {
  try {
    const created = await client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE }));
    return created.stateMachineArn!;
  } catch (error) {
    if (!(error instanceof StateMachineAlreadyExists)) throw error;
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({ maxResults: 1000 }));
    const stateMachineArn = stateMachines.find((machine) => machine.name === name)!.stateMachineArn!;
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition, roleArn: ROLE }));
    return stateMachineArn;
  }
}

/** Starts an execution and waits for its end. @param stateMachineArn with `#test case` where tasks are mocked. */
export async function execute(client: SFNClient, stateMachineArn: string, input: object): Promise<Ended> {
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  const { executionArn } = await client.send(start);
  const end = await endOf(client, executionArn!);
  return { end, history: await historyOf(client, executionArn!) };
}

/** Asks again and again: Step Functions has no call that waits for the end of a Standard execution. */
function endOf(client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput> {
  const ended = async (): Promise<DescribeExecutionOutput | false> => {
    const found = await client.send(new DescribeExecutionCommand({ executionArn }));
    return found.status !== 'RUNNING' && found;
  };
  return vi.waitUntil(ended, { interval: engineKind === 'embedded' ? 2 : 100, timeout: MAX_RUN_MS });
}

async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}
