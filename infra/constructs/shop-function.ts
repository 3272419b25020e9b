import { Aws, CfnParameter, type CfnElement, type Duration, Fn, Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  CfnFunction,
  Function,
  type IFunction,
  type IVersion,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { LeanRole } from './lean-role.ts';
import { cfnResourceOf, removalPolicyOf, type Platform } from './platform.ts';

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

/**
 * A function of the shop: Node 24 on arm64, a role and a log group of its own, and no permission but its log.
 *
 * SF1  A workflow calls a version, so that an execution ends on the code that it began with; everybody else calls the
 *      alias. Nobody calls the function itself, whose code changes in the middle of a deployment.
 * SF2  Versions outlive the deployments that made them, also one that is rolled back: executions may have begun on them.
 *      `orders versions` says which nothing needs any more (docs/decisions/0036).
 * SF3  Its logical ids follow from its entry and service, not from where it stands in the tree: were a moved function
 *      another one, the code of parked orders would be deleted.
 * SF4  A version's description is made of the settings that only a deployment knows. CloudFormation replaces the version
 *      when it changes; otherwise another parameter would reach the function and nobody who calls it (SF1).
 */
export class ShopFunction extends Construct {
  readonly entry: string;
  readonly service: string;
  /** For metrics, which are of all versions together. */
  readonly lambda: Function;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly timeout: Duration;
  /** Leads to the version that new work is given to. */
  readonly live: Alias & IFunction;
  /** All that lead there. */
  readonly aliases: Alias[];

  constructor(scope: Construct, id: string, { platform, ...props }: ShopFunctionProps) {
    super(scope, id);
    const { settings, functionCode } = platform;
    this.entry = props.entry;
    this.service = props.service;
    this.timeout = props.timeout;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    });
    this.role = new LeanRole(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
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
      currentVersionOptions: {
        removalPolicy: RemovalPolicy.RETAIN,
        description: Lazy.string({ produce: () => this.deployedSettings() }),
      },
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
    this.aliases = [];
    this.live = this.addAlias(LIVE);
    if (settings.tracing) acknowledge(this.role, 'AwsSolutions-IAM5[Resource::*]', TRACES_HAVE_NO_RESOURCE);
  }

  get name(): string {
    return this.lambda.functionName;
  }

  /** The code and settings of this deployment, which never change. */
  get versionArn(): string {
    return this.lambda.currentVersion.functionArn;
  }

  /** What its logical ids begin with: `OrdersCreateOrder`. */
  get logicalName(): string {
    const words = `${this.service}-${this.entry}`.split('-');
    return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  }

  /**
   * Leads where `live` leads. Lambda maps a source to a function once ("The event source arn and function provided
   * mapping already exists"): a second mapping of the same source needs an alias of its own.
   */
  addAlias(aliasName: keyof typeof ALIAS_IDS): Alias & IFunction {
    const version = this.lambda.currentVersion as IVersion;
    const alias = new Alias(this, ALIAS_IDS[aliasName], { aliasName, version });
    this.aliases.push(alias);
    return alias as Alias & IFunction;
  }

  /** The fixed logical id of one of its own parts; undefined for what others hang on it. */
  logicalIdOf(part: CfnElement): string | undefined {
    const name = PINNED[part.node.path.slice(this.node.path.length + 1)];
    return name && `${this.logicalName}${name}`;
  }

  /** Those of its environment that follow from a parameter of the deployment; undefined: none does. */
  private deployedSettings(): string | undefined {
    const { environment } = cfnResourceOf(this.lambda, CfnFunction);
    const { variables } = Stack.of(this).resolve(environment) as { variables: Readonly<Record<string, unknown>> };
    const deployed = Object.values(variables).filter((value) => followsParameters(value, Stack.of(this)));
    return deployed.length === 0
      ? undefined
      : Fn.join(
          ' ',
          deployed.map((value) => Token.asString(value)),
        );
  }

  /** Permits `actions` (`service:Action`, no wildcard) on `resources`. */
  allow(actions: readonly string[], ...resources: readonly string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}

/** By a reference, or by a condition, which is always about parameters. */
function followsParameters(resolved: unknown, stack: Stack): boolean {
  const text = JSON.stringify(resolved);
  const parameters = stack.node.children.filter((child) => child instanceof CfnParameter);
  const references = parameters.map((parameter) => JSON.stringify({ Ref: stack.getLogicalId(parameter) }));
  return ['"Fn::If"', ...references].some((expression) => text.includes(expression));
}

/** CloudWatch namespace of what the functions measure: one per stack, or two stacks would ring each other's alarms. */
export const METRICS_NAMESPACE = `Shop/${Aws.STACK_NAME}`;

/** Name of the alias that everybody but a workflow calls. */
export const LIVE = 'live';

const ALIAS_IDS = { [LIVE]: 'Live', progress: 'Progress' } as const;

/** By their path below the function. CDK adds a hash of code and settings to the version's. */
const PINNED: Readonly<Record<string, string>> = {
  'Logs/Resource': 'Logs',
  'Role/Resource': 'Role',
  'Function/Resource': 'Function',
  'Function/CurrentVersion/Resource': 'Version',
  'Live/Resource': 'Live',
  'Progress/Resource': 'Progress',
};

const TRACES_HAVE_NO_RESOURCE = 'xray:PutTraceSegments and xray:PutTelemetryRecords take no resource.';
