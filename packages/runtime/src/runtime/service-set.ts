import { join } from 'node:path';
import type { StackIdentity } from '../assembly/resource-type.ts';
import type { Template } from '../assembly/template.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import type { DataFolder } from '../store/data-folder.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import { ApiGatewayService } from '../services/apigateway/apigateway-service.ts';
import { CognitoService } from '../services/cognito/cognito-service.ts';
import type { DemoUser } from '../services/cognito/user-pool.ts';
import type { DynamoDbService } from '../services/dynamodb/dynamodb-service.ts';
import { eventBridgeApi } from '../services/eventbridge/eventbridge-api.ts';
import { EventBridgeService } from '../services/eventbridge/eventbridge-service.ts';
import { LambdaService } from '../services/lambda/lambda-service.ts';
import { LogsService } from '../services/logs/logs-service.ts';
import { MetricsService } from '../services/cloudwatch/metrics-service.ts';
import { SecretsManagerService } from '../services/secretsmanager/secretsmanager-service.ts';
import { SesService } from '../services/ses/ses-service.ts';
import { sqsApi } from '../services/sqs/sqs-api.ts';
import { SqsService } from '../services/sqs/sqs-service.ts';
import { StepFunctionsService } from '../services/stepfunctions/stepfunctions-service.ts';
import { SchedulerService } from '../services/scheduler/scheduler-service.ts';
import { ArnTargetSender } from '../services/shared/delivery/target-sender.ts';
import { countingExecutions, queueGauges } from '../services/cloudwatch/service-metrics.ts';
import { sdkIntegrations } from '../services/stepfunctions/sdk-integrations.ts';
import { StartError } from './start-error.ts';
import type { Journal } from '../store/journal.ts';

export interface ServiceSetOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly data: DataFolder;
  /** Opened: functions are told its server's address. */
  readonly dynamoDb: DynamoDbService;
  readonly secrets: Readonly<Record<string, string>>;
  /** Users of every user pool. */
  readonly users: readonly DemoUser[];
  /** Port of the first HTTP API. */
  readonly httpApiPort: number;
  /** Environment variables of every function, beside and instead of the runtime's own. */
  readonly functionVariables: Readonly<Record<string, string>>;
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
  readonly metrics: MetricsService;
  readonly logs: LogsService;
  readonly sqs: SqsService;
  readonly dynamoDb: DynamoDbService;
  readonly eventBridge: EventBridgeService;
  readonly scheduler: SchedulerService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly secretsManager: SecretsManagerService;
  readonly cognito: CognitoService;
  readonly ses: SesService;
  readonly apiGateway: ApiGatewayService;

  constructor(options: ServiceSetOptions) {
    const { journal, clock, stack, data } = options;
    const targets = new ArnTargetSender({ clock });
    this.metrics = new MetricsService({ clock, stack });
    this.logs = new LogsService({ clock, stack, dataFolder: data.path, metrics: this.metrics });
    this.secretsManager = new SecretsManagerService({ journal, clock, stack, secrets: options.secrets });
    this.sqs = new SqsService({ journal, clock, stack });
    this.metrics.addGauges(() => queueGauges(this.sqs, clock));
    this.cognito = new CognitoService({ journal, clock, stack, users: options.users });
    this.ses = new SesService({ journal, clock, dataFolder: data.path });
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
      metrics: this.metrics,
      // Straight to the server: a hop through our endpoint would double the cost of the most frequent calls.
      variables: {
        AWS_ENDPOINT_URL: stack.endpointUrl,
        AWS_ENDPOINT_URL_DYNAMODB: this.dynamoDb.serverUrl,
        ...options.functionVariables,
      },
      compileCacheFolder: join(data.path, 'compile-cache'),
    });
    this.stepFunctions = new StepFunctionsService({
      journal,
      clock,
      stack,
      functions: this.lambda,
      integrations: sdkIntegrations(this.dynamoDb, eventBridgeApi(this.eventBridge), sqsApi(this.sqs)),
      events: countingExecutions(this.eventBridge, this.metrics, clock),
      onStoreFailure: options.onLost,
    });
    const { lambda: functions, logs } = this;
    this.apiGateway = new ApiGatewayService({
      clock,
      stack,
      functions,
      logs,
      metrics: this.metrics,
      port: options.httpApiPort,
      issuerAddressOf: (issuer) => this.cognito.addressOf(issuer),
    });
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

  /** Sets everything going that the data folder holds. Call it when the template is deployed. */
  async start(): Promise<void> {
    this.metrics.start();
    this.ses.start();
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
    await this.ses.stop();
    this.metrics.stop();
    await this.logs.stop();
  }
}
