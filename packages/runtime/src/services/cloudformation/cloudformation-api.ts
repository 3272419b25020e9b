import type { DeployedStack, DeployedResource } from '../../assembly/deployed-stack.ts';
import type { AwsRestApi, RestRequest, RestResponse } from '../../endpoint/aws-api.ts';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

type QueryAction = (stack: DeployedStack) => string;

const ACTIONS: Readonly<Record<string, QueryAction>> = {
  DescribeStacks: (stack) => list('Stacks', [describedStack(stack)]),
  ListStackResources: (stack) =>
    list(
      'StackResourceSummaries',
      stack.resources.map((one) => summary(one, stack)),
    ),
  DescribeStackResources: (stack) =>
    list(
      'StackResources',
      stack.resources.map((one) => summary(one, stack)),
    ),
};

/**
 * The reading side of CloudFormation's query API, so that a client finds queues and tables by the stack's outputs, as
 * it would on AWS. Nothing is deployed through it.
 * Source: AWS CloudFormation API reference, version 2010-05-15.
 */
export class CloudFormationApi implements AwsRestApi {
  readonly #stack: () => DeployedStack;

  /** @param stack the stack as it stands; asked at each call. */
  constructor(stack: () => DeployedStack) {
    this.#stack = stack;
  }

  route(request: RestRequest): Promise<RestResponse> | undefined {
    if (request.method !== 'POST' || request.path !== '/') return undefined;
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
    const form = new URLSearchParams(request.body.toString('utf8'));
    const name = form.get('Action') ?? '';
    const action = ACTIONS[name];
    if (form.get('Version') !== '2010-05-15' || action === undefined) return undefined;
    return Promise.resolve(this.#answer(name, action, form.get('StackName'), request.call.requestId));
  }

  #answer(name: string, action: QueryAction, wanted: string | null, requestId: string): RestResponse {
    const stack = this.#stack();
    if (wanted !== null && wanted !== stack.stackName && wanted !== stack.stackId) {
      const message = `Stack with id ${wanted} does not exist; ${stack.stackName} runs here`;
      const error = element(
        'Error',
        element('Type', 'Sender') + element('Code', 'ValidationError') + text('Message', message),
      );
      return xml(400, 'ErrorResponse', error + element('RequestId', requestId));
    }
    const result = element(`${name}Result`, action(stack));
    return xml(200, `${name}Response`, result + element('ResponseMetadata', element('RequestId', requestId)));
  }
}

function describedStack(stack: DeployedStack): string {
  const outputs = Object.entries(stack.outputs).map(
    ([key, value]) => text('OutputKey', key) + text('OutputValue', value),
  );
  const parameters = Object.entries(stack.parameters).map(
    ([key, value]) => text('ParameterKey', key) + text('ParameterValue', value),
  );
  return [
    text('StackName', stack.stackName),
    text('StackId', stack.stackId),
    text('CreationTime', new Date(stack.startedAtMs).toISOString()),
    text('StackStatus', 'CREATE_COMPLETE'),
    list('Outputs', outputs),
    list('Parameters', parameters),
  ].join('');
}

function summary({ logicalId, physicalId, type }: DeployedResource, stack: DeployedStack): string {
  const updatedAt = new Date(stack.startedAtMs).toISOString();
  return [
    text('LogicalResourceId', logicalId),
    text('PhysicalResourceId', physicalId),
    text('ResourceType', type),
    text('ResourceStatus', 'CREATE_COMPLETE'),
    text('LastUpdatedTimestamp', updatedAt),
    text('Timestamp', updatedAt),
  ].join('');
}

function xml(statusCode: number, root: string, content: string): RestResponse {
  return {
    statusCode,
    headers: { 'content-type': 'text/xml' },
    body: `<${root} xmlns="${NAMESPACE}">${content}</${root}>`,
  };
}

function list(name: string, members: readonly string[]): string {
  return element(name, members.map((member) => element('member', member)).join(''));
}

function text(name: string, value: string): string {
  return element(name, value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
