import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { UserError } from './user-error.ts';

export const DEFAULT_STACK_NAME = 'order-workflow-dev';
export const LOCAL_ENDPOINT_URL = 'http://localhost:4566';

/** Where a deployment lives and how to reach it: the embedded runtime, an emulator or AWS itself. */
export interface DeploymentAddress {
  readonly stackName: string;
  /** Undefined: AWS, as the environment's profile and region say. */
  readonly endpointUrl: string | undefined;
}

/** A running deployment of the stack: its outputs and clients to its account. Public AWS APIs only. */
export class Deployment {
  readonly address: DeploymentAddress;
  /** For clients of services that few commands need. */
  readonly clientConfig: ReturnType<typeof clientConfigOf>;
  readonly dynamoDb: DynamoDBDocumentClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly stepFunctions: SFNClient;
  readonly #outputs: ReadonlyMap<string, string>;

  /** @throws UserError when no such stack answers there. */
  static async find(address: DeploymentAddress): Promise<Deployment> {
    const cloudFormation = new CloudFormationClient(clientConfigOf(address));
    try {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: address.stackName }));
      const outputs = (Stacks?.[0]?.Outputs ?? []).map(
        ({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const,
      );
      return new Deployment(address, new Map(outputs));
    } catch (error) {
      throw new UserError(
        `No stack ${address.stackName} at ${address.endpointUrl ?? 'AWS'}: ${messageOf(error)}. Is \`npm start\` running?`,
        { cause: error },
      );
    } finally {
      cloudFormation.destroy();
    }
  }

  constructor(address: DeploymentAddress, outputs: ReadonlyMap<string, string>) {
    const config = clientConfigOf(address);
    this.address = address;
    this.clientConfig = config;
    this.#outputs = outputs;
    this.dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient(config));
    this.events = new EventBridgeClient(config);
    this.lambda = new LambdaClient(config);
    this.sqs = new SQSClient(config);
    this.stepFunctions = new SFNClient(config);
  }

  /** Value of a stack output. @throws UserError naming the output that an older deployment lacks. */
  output(name: string): string {
    const value = this.#outputs.get(name);
    if (value === undefined) {
      throw new UserError(`Stack ${this.address.stackName} has no output ${name}: deploy the current version first.`);
    }
    return value;
  }

  /** Every output of the stack by its name. */
  outputs(): ReadonlyMap<string, string> {
    return this.#outputs;
  }

  /** The ARN that an execution of the order has: its name is the order's id. */
  executionArn(executionName: string): string {
    return `${this.output('StateMachineArn').replace(':stateMachine:', ':execution:')}:${executionName}`;
  }

  /** The saga of an order; undefined when there is none. */
  async execution(orderId: string): Promise<DescribeExecutionCommandOutput | undefined> {
    try {
      return await this.stepFunctions.send(new DescribeExecutionCommand({ executionArn: this.executionArn(orderId) }));
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }

  close(): void {
    for (const client of [this.dynamoDb, this.events, this.lambda, this.sqs, this.stepFunctions]) client.destroy();
  }
}

/** The embedded runtime accepts any credentials and region, so a new user needs neither. */
export function clientConfigOf({ endpointUrl }: Pick<DeploymentAddress, 'endpointUrl'>) {
  if (endpointUrl === undefined) return {};
  return {
    endpoint: endpointUrl,
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    ...(isLoopback(endpointUrl) && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    disableHostPrefix: true,
  };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname.startsWith('127.');
}

/** Refused connections arrive as an AggregateError without a message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf)[0] ?? 'no answer';
  return error instanceof Error ? error.message : String(error);
}
