import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { paginateListExecutions, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../deployment.ts';

/** Outputs of the workflows whose executions work on orders. */
export const MACHINE_OUTPUTS = ['StateMachineArn', 'CancellationStateMachineArn', 'ReturnStateMachineArn'] as const;

const PAUSE_MS = 500;

/** What was at work by itself. */
export interface StoppedWork {
  readonly mappings: number;
  readonly rules: number;
  /** Executions that ran; each stays on record as ABORTED. */
  readonly executions: number;
}

/**
 * Ends all work that nobody asks for: queues and the outbox stream keep what they hold, the jobs of every minute pause,
 * and executions end, for they would go on with rows that are about to be others. Repeating it is harmless.
 */
export async function stopWork(deployment: Deployment): Promise<StoppedWork> {
  const { mappings, rules } = await partsOf(deployment);
  for (const Name of rules) await deployment.events.send(new DisableRuleCommand({ Name }));
  await switchMappings(deployment, mappings, false);
  return { mappings: mappings.length, rules: rules.length, executions: await stopExecutions(deployment) };
}

/** Undoes `stopWork`, but for the executions. Repeating it is harmless. */
export async function resumeWork(deployment: Deployment): Promise<void> {
  const { mappings, rules } = await partsOf(deployment);
  await switchMappings(deployment, mappings, true);
  for (const Name of rules) await deployment.events.send(new EnableRuleCommand({ Name }));
}

/**
 * Mappings, and rules of the account's own bus: the jobs, and the one that parks executions that broke. The rules of the
 * shop's bus stay: what they do not deliver would be lost.
 */
async function partsOf(deployment: Deployment): Promise<{ readonly mappings: string[]; readonly rules: string[] }> {
  const client = new CloudFormationClient(deployment.clientConfig);
  const [mappings, rules]: [string[], string[]] = [[], []];
  try {
    const pages = paginateListStackResources({ client }, { StackName: deployment.address.stackName });
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { ResourceType, PhysicalResourceId = '' } of StackResourceSummaries) {
        if (ResourceType === 'AWS::Lambda::EventSourceMapping') mappings.push(PhysicalResourceId);
        // A rule of another bus is `<bus>|<rule>`.
        if (ResourceType === 'AWS::Events::Rule' && !PhysicalResourceId.includes('|')) rules.push(PhysicalResourceId);
      }
    }
    return { mappings, rules };
  } finally {
    client.destroy();
  }
}

async function switchMappings({ lambda }: Deployment, uuids: readonly string[], Enabled: boolean): Promise<void> {
  const wanted = Enabled ? 'Enabled' : 'Disabled';
  for (const UUID of uuids) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  for (const UUID of uuids) {
    while ((await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State !== wanted) await delay(PAUSE_MS);
  }
}

async function stopExecutions(deployment: Deployment): Promise<number> {
  const { stepFunctions: client } = deployment;
  let stopped = 0;
  for (const output of MACHINE_OUTPUTS) {
    const request = { stateMachineArn: deployment.output(output), statusFilter: 'RUNNING', maxResults: 1000 } as const;
    for await (const { executions = [] } of paginateListExecutions({ client }, request)) {
      for (const { executionArn } of executions) {
        await client.send(
          new StopExecutionCommand({ executionArn, error: 'TablesLost', cause: 'orders restore stop' }),
        );
        stopped += 1;
      }
    }
  }
  return stopped;
}
