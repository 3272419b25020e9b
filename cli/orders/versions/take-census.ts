import { paginateListStackResources, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  paginateListAliases,
  paginateListVersionsByFunction,
  type AliasConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  paginateListExecutions,
  type ExecutionListItem,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Deployment } from '../../deployment.ts';
import { inParallel } from '../../in-parallel.ts';
import type { Census, FunctionVersion, MachineVersion } from './census.ts';

const MACHINES = {
  'order-saga': 'StateMachineArn',
  'order-cancellation': 'CancellationStateMachineArn',
  'order-return': 'ReturnStateMachineArn',
} as const;

/** An execution can be redriven for so long after it broke (API reference, RedriveExecution). */
const REDRIVABLE_MS = 14 * 24 * 3_600_000;
/** Lambda takes 15 such calls a second. */
const AT_ONCE = 5;
const BROKEN = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** Executions by what they run on. */
interface Users {
  readonly running: ReadonlyMap<string | undefined, readonly ExecutionListItem[]>;
  readonly redrivable: ReadonlyMap<string | undefined, readonly ExecutionListItem[]>;
}

/** Counts every version of the stack's workflows and functions, and what needs each. Reads only. */
export async function takeCensus(deployment: Deployment, now: Date): Promise<Census> {
  const { stepFunctions, lambda } = deployment;
  const machines = await Promise.all(
    Object.entries(MACHINES).map(async ([name, output]) => {
      const machineArn = deployment.output(output);
      const users = await usersOf(stepFunctions, machineArn, now);
      const versions = await machineVersions(stepFunctions, machineArn, users);
      return { name, versions, calledWithoutVersion: await calledWithoutVersion(stepFunctions, machineArn, users) };
    }),
  );
  const names = await functionsOf(deployment);
  const versionsOf = (name: string): Promise<FunctionVersion[]> => functionVersions(lambda, name);
  const functions = (await inParallel(names, versionsOf, AT_ONCE)).flat();
  return { machines, functions, calledWithoutVersion: machines.flatMap((machine) => machine.calledWithoutVersion) };
}

async function usersOf(client: SFNClient, stateMachineArn: string, now: Date): Promise<Users> {
  const list = async (statusFilter: (typeof BROKEN)[number] | 'RUNNING'): Promise<ExecutionListItem[]> => {
    const found: ExecutionListItem[] = [];
    for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn, statusFilter })) {
      found.push(...executions);
    }
    return found;
  };
  const since = now.getTime() - REDRIVABLE_MS;
  const broken = (await Promise.all(BROKEN.map(list))).flat();
  const redrivable = broken.filter(({ stopDate }) => (stopDate ?? now).getTime() > since);
  const byVersion = ({ stateMachineVersionArn }: ExecutionListItem) => stateMachineVersionArn;
  return { running: Map.groupBy(await list('RUNNING'), byVersion), redrivable: Map.groupBy(redrivable, byVersion) };
}

async function machineVersions(client: SFNClient, stateMachineArn: string, users: Users): Promise<MachineVersion[]> {
  const weights = await weightsOf(client, stateMachineArn);
  const versions: MachineVersion[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListStateMachineVersionsCommand({ stateMachineArn, nextToken }));
    for (const { stateMachineVersionArn: arn = '', creationDate = new Date(0) } of page.stateMachineVersions ?? []) {
      const { definition } = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }));
      versions.push({
        arn,
        number: Number(arn.split(':').at(-1)),
        createdAt: creationDate,
        weight: weights.get(arn) ?? 0,
        running: users.running.get(arn)?.length ?? 0,
        redrivable: users.redrivable.get(arn)?.length ?? 0,
        calls: functionsCalledBy(definition),
      });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return versions;
}

/** Percent of the new executions, by version. */
async function weightsOf(client: SFNClient, stateMachineArn: string): Promise<Map<string, number>> {
  const { stateMachineAliases = [] } = await client.send(new ListStateMachineAliasesCommand({ stateMachineArn }));
  const weights = new Map<string, number>();
  for (const { stateMachineAliasArn } of stateMachineAliases) {
    const alias = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
    for (const { stateMachineVersionArn: arn = '', weight = 0 } of alias.routingConfiguration ?? []) {
      weights.set(arn, (weights.get(arn) ?? 0) + weight);
    }
  }
  return weights;
}

/** Such an execution runs on the revision that the workflow had then, which may be none of its versions. */
async function calledWithoutVersion(client: SFNClient, machineArn: string, users: Users): Promise<string[]> {
  const executions = [...(users.running.get(undefined) ?? []), ...(users.redrivable.get(undefined) ?? [])];
  const { definition } = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
  const called = new Set(functionsCalledBy(definition));
  for (const { executionArn } of executions) {
    const used = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    for (const arn of functionsCalledBy(used.definition)) called.add(arn);
  }
  return [...called];
}

/** ARNs of versions in a definition. */
function functionsCalledBy(definition = ''): string[] {
  return [
    ...new Set([...definition.matchAll(/arn:[\w-]+:lambda:[\w-]+:\d+:function:[\w-]+:\d+/gu)].map(([arn]) => arn)),
  ];
}

async function functionsOf({ address, clientConfig }: Deployment): Promise<string[]> {
  const client = new CloudFormationClient(clientConfig);
  const names: string[] = [];
  try {
    const pages = paginateListStackResources({ client }, { StackName: address.stackName });
    for await (const { StackResourceSummaries = [] } of pages) {
      const functions = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::Lambda::Function');
      names.push(...functions.flatMap(({ PhysicalResourceId: name }) => (name === undefined ? [] : [name])));
    }
  } finally {
    client.destroy();
  }
  return names;
}

async function functionVersions(client: LambdaClient, FunctionName: string): Promise<FunctionVersion[]> {
  const aliases: AliasConfiguration[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client }, { FunctionName })) aliases.push(...Aliases);
  const versions: FunctionVersion[] = [];
  for await (const { Versions = [] } of paginateListVersionsByFunction({ client }, { FunctionName })) {
    for (const { Version = '', FunctionArn: arn = '' } of Versions) {
      if (Version === '$LATEST') continue;
      const users = aliases.filter((alias) => leadsTo(alias, Version)).map(({ Name = '' }) => Name);
      versions.push({ arn, functionName: FunctionName, number: Number(Version), aliases: users });
    }
  }
  return versions;
}

function leadsTo({ FunctionVersion, RoutingConfig }: AliasConfiguration, version: string): boolean {
  return FunctionVersion === version || version in (RoutingConfig?.AdditionalVersionWeights ?? {});
}
