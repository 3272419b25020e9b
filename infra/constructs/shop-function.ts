import { Aws, type Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { removalPolicyOf, type Platform } from './platform.ts';

export interface ShopFunctionProps {
  readonly platform: Platform;
  /** Name of the bundle: the function's file without extension. */
  readonly entry: string;
  /** The service it belongs to: what its log lines and metrics are told apart by. */
  readonly service: string;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
}

/** A function of the shop: Node 24 on arm64, a role and a log group of its own, and no permission but its log. */
export class ShopFunction extends Construct {
  readonly entry: string;
  readonly lambda: Function;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, { platform, ...props }: ShopFunctionProps) {
    super(scope, id);
    const { settings, functionCode } = platform;
    this.entry = props.entry;
    this.timeout = props.timeout;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    this.lambda = new Function(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: functionCode,
      handler: `${props.entry}.handler`,
      description: props.description,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: settings.functionLogLevel,
      systemLogLevelV2: settings.platformLogLevel,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        ...props.environment,
      },
    });
    if (settings.tracing) acknowledge(this.role, 'AwsSolutions-IAM5[Resource::*]', TRACES_HAVE_NO_RESOURCE);
  }

  get name(): string {
    return this.lambda.functionName;
  }

  get functionArn(): string {
    return this.lambda.functionArn;
  }

  /** Permits `actions` (`service:Action`, no wildcard) on `resources`. */
  allow(actions: readonly string[], ...resources: readonly string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}

/** CloudWatch namespace of what the functions measure: one per stack, or two stacks would ring each other's alarms. */
export const METRICS_NAMESPACE = `Shop/${Aws.STACK_NAME}`;

const TRACES_HAVE_NO_RESOURCE = 'xray:PutTraceSegments and xray:PutTelemetryRecords take no resource.';
