import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';

/** Where a function of the stack writes. */
export interface FunctionLog {
  /** Name of the function's file, e.g. `create-order`. */
  readonly entry: string;
  readonly functionName: string;
  readonly logGroup: string;
}

/** Of every function of the stack, by entry. */
export async function functionLogs(deployment: Deployment): Promise<FunctionLog[]> {
  const ours = await functionNames(deployment);
  const found: FunctionLog[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: deployment.lambda }, {})) {
    for (const { FunctionName: functionName = '', Handler = '', LoggingConfig } of Functions) {
      if (!ours.has(functionName)) continue;
      const logGroup = LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`;
      found.push({ entry: Handler.replace(/\.\w+$/u, ''), functionName, logGroup });
    }
  }
  return found.toSorted((a, b) => (a.entry < b.entry ? -1 : 1));
}

/** @throws UserError naming the functions that there are. */
export function logsOfFunction(logs: readonly FunctionLog[], name: string): FunctionLog[] {
  const exact = logs.filter(({ entry, functionName }) => entry === name || functionName === name);
  const found = exact.length > 0 ? exact : logs.filter(({ entry }) => entry.includes(name));
  if (found.length > 0) return found;
  throw new UserError(`There is no function "${name}" here; there are ${logs.map(({ entry }) => entry).join(', ')}.`);
}

async function functionNames({ address, clientConfig }: Deployment): Promise<Set<string>> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const names = new Set<string>();
    for await (const page of paginateListStackResources({ client }, { StackName: address.stackName })) {
      for (const { ResourceType, PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
        if (ResourceType === 'AWS::Lambda::Function') names.add(PhysicalResourceId);
      }
    }
    return names;
  } finally {
    client.destroy();
  }
}
