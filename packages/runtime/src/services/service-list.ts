import type { ResourceType } from '../assembly/resource-type.ts';
import { apiGateway, type ApiGatewaySettings } from './apigateway/index.ts';
import { cloudFormation } from './cloudformation/index.ts';
import { cloudWatch } from './cloudwatch/index.ts';
import { cognito, type CognitoSettings } from './cognito/index.ts';
import { dynamoDb, type DynamoDbSettings } from './dynamodb/index.ts';
import { eventBridge, type EventBridgeSettings } from './eventbridge/index.ts';
import { lambda, type LambdaSettings } from './lambda/index.ts';
import { logs, type LogsSettings } from './logs/index.ts';
import { scheduler } from './scheduler/index.ts';
import { secretsManager, type SecretsManagerSettings } from './secretsmanager/index.ts';
import type { Service, ServiceContext } from './service.ts';
import { ses, type SesSettings } from './ses/index.ts';
import { sns } from './sns/index.ts';
import { ArnTargetSender } from './shared/delivery/target-sender.ts';
import { sqs } from './sqs/index.ts';
import { stepFunctions, type StepFunctionsSettings } from './stepfunctions/index.ts';
import { sts } from './sts/index.ts';

/**
 * Every service of the runtime, in the order in which they are made and started; they stop in the opposite one. To add
 * a service: its folder, a line here, a page in docs/compatibility/.
 *
 * W1  State of the journal is loaded when a service is made; nothing moves before `start`.
 * W2  What takes work stands above what makes it. So at a stop what makes work ends first, what takes it last.
 */
const SERVICES = {
  cloudFormation,
  sts,
  sns,
  cloudWatch,
  logs,
  secretsManager,
  ses,
  cognito,
  dynamoDb,
  sqs,
  lambda,
  stepFunctions,
  eventBridge,
  scheduler,
  apiGateway,
};

/** The services of one runtime, by name. */
export type Services = {
  readonly [Name in keyof typeof SERVICES]: Awaited<ReturnType<(typeof SERVICES)[Name]>>;
};

/** What whoever starts the runtime may choose for single services. */
export type ServiceSettings = SecretsManagerSettings &
  DynamoDbSettings &
  SesSettings &
  CognitoSettings &
  LambdaSettings &
  ApiGatewaySettings &
  LogsSettings &
  StepFunctionsSettings &
  EventBridgeSettings;

/** Does not compile when a service needs a port or a setting that nobody offers. */
type MakeService = (context: ServiceContext & ServiceSettings & Services) => Service | Promise<Service>;
const MAKERS: Readonly<Record<keyof Services, MakeService>> = SERVICES;

/**
 * Makes every service (W1). What a service needs of another one stands in its context: of those above it at once, of
 * those below it when it is called. @throws StartError; what was made by then is stopped again.
 */
export async function createServices(context: Omit<ServiceContext, 'targets'> & ServiceSettings): Promise<Services> {
  const targets = new ArnTargetSender(context);
  const made: Record<string, Service> = {};
  const shared = { ...context, targets } as unknown as ServiceContext & ServiceSettings & Services;
  for (const name of Object.keys(MAKERS)) refuseUntilMade(shared, name);
  try {
    for (const [name, make] of Object.entries(MAKERS)) {
      made[name] = await make(shared);
      Object.defineProperty(shared, name, { value: made[name], enumerable: true });
    }
  } catch (error) {
    await stopServices(made);
    throw error;
  }
  targets.connect({
    queues: shared.sqs,
    functions: shared.lambda,
    executions: shared.stepFunctions,
    buses: shared.eventBridge,
    logs: shared.logs,
  });
  return made as unknown as Services;
}

function refuseUntilMade(context: object, name: string): void {
  const get = (): never => {
    throw new Error(`${name} is needed by a service above it: move it up in service-list.ts, or use it later.`);
  };
  Object.defineProperty(context, name, { get, configurable: true, enumerable: false });
}

/** Sets everything going that the data folder holds. Call it when the template is deployed. */
export async function startServices(services: Services): Promise<void> {
  for (const service of listed(services)) await service.start?.();
}

export async function stopServices(services: Readonly<Record<string, Service>>): Promise<void> {
  for (const service of listed(services).toReversed()) await service.stop?.();
}

/** @see Service.skipWaits */
export function skipWaits(services: Readonly<Record<string, Service>>, untilMs: number): number {
  return listed(services).reduce((sum, service) => sum + (service.skipWaits?.(untilMs) ?? 0), 0);
}

/** Every CloudFormation type that a service brings up. */
export function resourceTypesOf(services: Services): Readonly<Record<string, ResourceType>> {
  return Object.assign({}, ...listed(services).map(({ resourceTypes }) => resourceTypes)) as Record<
    string,
    ResourceType
  >;
}

function listed(services: Readonly<Record<string, Service>>): Service[] {
  return Object.values(services);
}
