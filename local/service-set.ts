import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssetLocator } from './assembly/cloud-assembly.ts';
import { inertResourceTypes } from './assembly/inert-resource-types.ts';
import type { StackIdentity } from './assembly/resource-type.ts';
import type { ResourceTypes } from './assembly/stack-plan.ts';
import type { Template } from './assembly/template.ts';
import type { Clock } from './clock.ts';
import type { DataFolder } from './data-folder.ts';
import { AwsError, type AwsJsonService, type AwsRestService } from './endpoint/aws-service.ts';
import { apiGatewayApi } from './services/apigateway/apigateway-api.ts';
import { ApiGatewayService } from './services/apigateway/apigateway-service.ts';
import { apiGatewayResourceTypes } from './services/apigateway/resource-types.ts';
import type { DynamoDbService } from './services/dynamodb/dynamodb-service.ts';
import { dynamoDbResourceTypes } from './services/dynamodb/resource-types.ts';
import { eventBridgeApi } from './services/eventbridge/eventbridge-api.ts';
import { EventBridgeService } from './services/eventbridge/eventbridge-service.ts';
import { eventBridgeResourceTypes } from './services/eventbridge/resource-types.ts';
import { lambdaApi } from './services/lambda/lambda-api.ts';
import { LambdaService } from './services/lambda/lambda-service.ts';
import { lambdaResourceTypes } from './services/lambda/resource-types.ts';
import { logsApi } from './services/logs/logs-api.ts';
import { LogsService } from './services/logs/logs-service.ts';
import { secretsManagerApi } from './services/secretsmanager/secretsmanager-api.ts';
import { SecretsManagerService } from './services/secretsmanager/secretsmanager-service.ts';
import { secretsManagerResourceTypes } from './services/secretsmanager/resource-types.ts';
import { sqsApi } from './services/sqs/sqs-api.ts';
import { SqsService } from './services/sqs/sqs-service.ts';
import { sqsResourceTypes } from './services/sqs/resource-types.ts';
import { stepFunctionsResourceTypes } from './services/stepfunctions/resource-types.ts';
import { stepFunctionsApi } from './services/stepfunctions/stepfunctions-api.ts';
import { StepFunctionsService } from './services/stepfunctions/stepfunctions-service.ts';
import { schedulerResourceTypes } from './services/scheduler/resource-types.ts';
import { schedulerApi } from './services/scheduler/scheduler-api.ts';
import { SchedulerService } from './services/scheduler/scheduler-service.ts';
import { ArnTargetSender } from './services/target-sender.ts';
import { sdkIntegrations } from './sdk-integrations.ts';
import { StartError } from './start-error.ts';
import type { Journal } from './store/journal.ts';

export interface ServiceSetOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly data: DataFolder;
  /** Opened: functions are told its server's address. */
  readonly dynamoDb: DynamoDbService;
  readonly assets: AssetLocator;
  readonly secrets: Readonly<Record<string, string>>;
  /** Port of the first HTTP API. */
  readonly httpApiPort: number;
  /** Told that the runtime cannot go on; what it accepted is in the data folder. */
  readonly onLost: (error: unknown) => void;
}

/**
 * Every service of the runtime, constructed and connected: the one place that knows them all.
 *
 * W1  State of the journal is loaded by the constructors; nothing moves before `start`.
 * W2  `stop` goes against the flow of work: what makes work ends first, what takes it last.
 */
export class ServiceSet {
  readonly logs: LogsService;
  readonly sqs: SqsService;
  readonly dynamoDb: DynamoDbService;
  readonly eventBridge: EventBridgeService;
  readonly scheduler: SchedulerService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly secretsManager: SecretsManagerService;
  readonly apiGateway: ApiGatewayService;
  readonly #assets: AssetLocator;

  constructor(options: ServiceSetOptions) {
    const { journal, clock, stack, data } = options;
    const targets = new ArnTargetSender({ clock });
    this.#assets = options.assets;
    this.logs = new LogsService({ clock, stack, dataFolder: data.path });
    this.secretsManager = new SecretsManagerService({ journal, clock, stack, secrets: options.secrets });
    this.sqs = new SqsService({ journal, clock, stack });
    this.dynamoDb = options.dynamoDb;
    this.eventBridge = new EventBridgeService({ journal, clock, stack, targets, deadLetters: this.sqs });
    this.scheduler = new SchedulerService({ journal, clock, stack, targets, deadLetters: this.sqs });
    this.lambda = new LambdaService({
      journal,
      clock,
      stack,
      queues: this.sqs,
      streams: this.dynamoDb,
      destinations: targets,
      logs: this.logs,
      // Straight to the server: a hop through our endpoint would double the cost of the most frequent calls.
      variables: { AWS_ENDPOINT_URL: stack.endpointUrl, AWS_ENDPOINT_URL_DYNAMODB: this.dynamoDb.serverUrl },
      compileCacheFolder: join(data.path, 'compile-cache'),
    });
    this.stepFunctions = new StepFunctionsService({
      journal,
      clock,
      stack,
      functions: this.lambda,
      integrations: sdkIntegrations(this.dynamoDb, eventBridgeApi(this.eventBridge), sqsApi(this.sqs)),
      events: this.eventBridge,
      onStoreFailure: options.onLost,
    });
    const { lambda: functions, logs } = this;
    this.apiGateway = new ApiGatewayService({ clock, stack, functions, logs, port: options.httpApiPort });
    targets.connect({ queues: this.sqs, functions, executions: this.stepFunctions, buses: this.eventBridge, logs });
  }

  /** Binds the ports of the template's HTTP APIs, whose URLs are part of their identity. @throws StartError */
  async open(template: Template): Promise<void> {
    const resources = Object.entries(template.Resources ?? {});
    const apis = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api').map(([logicalId]) => logicalId);
    try {
      await this.apiGateway.open(apis);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE') throw cause;
      const message = 'A port of the HTTP APIs is in use; stop what uses it, or give another one with --http-api-port.';
      throw new StartError('PORT_IN_USE', message, { cause });
    }
  }

  /** Current text of a secret; undefined when there is none. */
  secretText(secretId: string): string | undefined {
    try {
      return this.secretsManager.version(secretId, {}).value.secretString;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  get json(): AwsJsonService[] {
    return [
      sqsApi(this.sqs),
      eventBridgeApi(this.eventBridge),
      stepFunctionsApi(this.stepFunctions),
      secretsManagerApi(this.secretsManager),
      logsApi(this.logs),
    ];
  }

  get rest(): AwsRestService[] {
    return [lambdaApi(this.lambda), schedulerApi(this.scheduler), apiGatewayApi(this.apiGateway)];
  }

  get resourceTypes(): ResourceTypes {
    return {
      ...inertResourceTypes,
      ...dynamoDbResourceTypes(this.dynamoDb),
      ...sqsResourceTypes(this.sqs),
      ...eventBridgeResourceTypes(this.eventBridge),
      ...schedulerResourceTypes(this.scheduler),
      ...lambdaResourceTypes(this.lambda, (key) => this.#assets.assetPath(key)),
      ...stepFunctionsResourceTypes(this.stepFunctions, {
        readAsset: (key) => readFile(this.#assets.assetPath(key), 'utf8'),
      }),
      ...secretsManagerResourceTypes(this.secretsManager),
      ...apiGatewayResourceTypes(this.apiGateway),
    };
  }

  /** Sets everything going that the data folder holds. Call it when the template is deployed. */
  async start(): Promise<void> {
    this.dynamoDb.start();
    this.sqs.start();
    this.stepFunctions.resume();
    await this.eventBridge.start();
    await this.scheduler.start();
    this.lambda.start();
    this.apiGateway.start();
  }

  async stop(): Promise<void> {
    await this.apiGateway.stop();
    await this.scheduler.stop();
    await this.eventBridge.stop();
    await this.stepFunctions.stop();
    await this.lambda.stop();
    await this.sqs.stop();
    await this.logs.stop();
  }
}
