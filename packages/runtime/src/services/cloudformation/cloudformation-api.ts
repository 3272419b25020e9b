import type { DeployedResource, DeployedStack } from '../../assembly/deployed-stack.ts';
import type { AwsQueryApi } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { checkParameters, type ParameterConstraint } from '../shared/query-constraints.ts';
import { xmlElement, xmlList, xmlText } from '../shared/xml.ts';

type StackView = (stack: DeployedStack, parameters: URLSearchParams) => string;

const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** What is said of one stack, which a request may name. */
const STACK_VIEWS: Readonly<Record<string, StackView>> = {
  DescribeStacks: (stack) => xmlList('Stacks', [describedStack(stack)]),
  ListStackResources: (stack) => xmlList('StackResourceSummaries', resourcesOf(stack).map(members)),
  DescribeStackResources: (stack, parameters) => xmlList('StackResources', namedResources(stack, parameters)),
  DescribeStackResource: (stack, parameters) => resourceDetail(stack, parameters.get('LogicalResourceId') ?? ''),
  DescribeStackEvents: (stack) => xmlList('StackEvents', eventsOf(stack).map(members)),
  GetTemplate: (stack) => xmlText('TemplateBody', stack.templateBody) + stages(),
};

/** The one pattern that AWS prints: humanmade/cf-to-tf#5. */
const STACK_NAME: ParameterConstraint = {
  name: 'StackName',
  pattern: '[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*',
  length: { min: 1 },
};
const STACK_NEEDED = { ...STACK_NAME, isRequired: true };

/** API reference of each action. */
const CONSTRAINTS: Readonly<Record<string, readonly ParameterConstraint[]>> = {
  ListStackResources: [STACK_NEEDED],
  DescribeStackResource: [STACK_NEEDED, { name: 'LogicalResourceId', isRequired: true }],
  DescribeStackEvents: [STACK_NEEDED],
  GetTemplate: [STACK_NEEDED], // or that of a change set, of which there are none
};

/**
 * The reading side of CloudFormation's query API, so that a client finds queues and tables by the stack's outputs, as
 * it would on AWS. Nothing is deployed through it.
 * Source: AWS CloudFormation API reference, version 2010-05-15.
 * @param stack the stack as it stands; asked at each call.
 */
export function cloudFormationApi(stack: () => DeployedStack): AwsQueryApi {
  const views = Object.entries(STACK_VIEWS).map(([action, view]) => [
    action,
    (parameters: URLSearchParams) => {
      checkParameters(parameters, CONSTRAINTS[action] ?? [STACK_NAME]);
      return view(namedStack(stack(), parameters.get('StackName')), parameters);
    },
  ]);
  return {
    version: '2010-05-15',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    actions: {
      ...(Object.fromEntries(views) as AwsQueryApi['actions']),
      ListStacks: () => xmlList('StackSummaries', [members(stackMembers(stack()))]),
      ListExports: () => xmlList('Exports', exportsOf(stack())),
    },
  };
}

/** @throws AwsError ValidationError. */
function namedStack(stack: DeployedStack, wanted: string | null): DeployedStack {
  if (wanted === null || wanted === stack.stackName || wanted === stack.stackId) return stack;
  throw new AwsError('ValidationError', `Stack with id ${wanted} does not exist; ${stack.stackName} runs here`);
}

type Members = Readonly<Record<string, string>>;

function members(values: Members): string {
  return Object.entries(values)
    .map(([name, value]) => xmlText(name, value))
    .join('');
}

function stackMembers({ stackName, stackId, startedAtMs }: DeployedStack): Members {
  return {
    StackName: stackName,
    StackId: stackId,
    CreationTime: new Date(startedAtMs).toISOString(),
    StackStatus: 'CREATE_COMPLETE',
  };
}

function describedStack(stack: DeployedStack): string {
  const outputs = Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => {
    const ExportName = stack.exports[OutputKey];
    return members({ OutputKey, OutputValue, ...(ExportName !== undefined && { ExportName }) });
  });
  const parameters = Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) =>
    members({ ParameterKey, ParameterValue }),
  );
  return members(stackMembers(stack)) + xmlList('Outputs', outputs) + xmlList('Parameters', parameters);
}

function exportsOf({ stackId, exports, outputs }: DeployedStack): string[] {
  return Object.entries(exports).map(([output, Name]) =>
    members({ ExportingStackId: stackId, Name, Value: outputs[output] ?? '' }),
  );
}

function resourcesOf(stack: DeployedStack): Members[] {
  return stack.resources.map((resource) => resourceMembers(resource, stack));
}

/**
 * All resources, or the one that is named: by its logical id, or by its physical one, which finds the stack as well.
 * @throws AwsError ValidationError; its words are not proven.
 */
function namedResources(stack: DeployedStack, parameters: URLSearchParams): string[] {
  const [logicalId, physicalId] = [parameters.get('LogicalResourceId'), parameters.get('PhysicalResourceId')];
  const needed = parameters.has('StackName') || physicalId !== null;
  if (!needed) throw new AwsError('ValidationError', 'Either StackName or PhysicalResourceId must be specified');
  if (parameters.has('StackName') && physicalId !== null)
    throw new AwsError('ValidationError', 'StackName and PhysicalResourceId cannot both be specified');
  const isMeant = (resource: DeployedResource): boolean => logicalId === null || resource.logicalId === logicalId;
  if (physicalId !== null && !stack.resources.some((resource) => resource.physicalId === physicalId))
    throw new AwsError('ValidationError', `Stack for ${physicalId} does not exist`);
  if (logicalId !== null) resourceDetail(stack, logicalId);
  return stack.resources.filter(isMeant).map((resource) => members(resourceMembers(resource, stack)));
}

function resourceMembers({ logicalId, physicalId, type }: DeployedResource, stack: DeployedStack): Members {
  const createdAt = new Date(stack.startedAtMs).toISOString();
  return {
    StackName: stack.stackName,
    StackId: stack.stackId,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
    LastUpdatedTimestamp: createdAt,
    Timestamp: createdAt,
  };
}

/** @throws AwsError ValidationError. */
function resourceDetail(stack: DeployedStack, logicalId: string): string {
  const resource = stack.resources.find((candidate) => candidate.logicalId === logicalId);
  if (!resource) {
    throw new AwsError('ValidationError', `Resource ${logicalId} does not exist for stack ${stack.stackName}`);
  }
  return xmlElement('StackResourceDetail', members(resourceMembers(resource, stack)));
}

/** Newest first, as AWS lists them: the stack is complete when its last resource is. */
function eventsOf(stack: DeployedStack): Members[] {
  const itself = { logicalId: stack.stackName, physicalId: stack.stackId, type: STACK_TYPE };
  return [itself, ...stack.resources.toReversed()].map((resource) => ({
    EventId: `${resource.logicalId}-CREATE_COMPLETE`,
    ...resourceMembers(resource, stack),
  }));
}

function stages(): string {
  return xmlList('StagesAvailable', ['Original', 'Processed']);
}
