import { Duration } from 'aws-cdk-lib';
import { ApplicationLogLevel, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogLevel as WorkflowLogLevel } from 'aws-cdk-lib/aws-stepfunctions';

/** How new versions take the work over: a share of it at first, and the rest when no alarm has rung. */
export interface GradualShift {
  readonly percentage: 10;
  /** Those that CodeDeploy has a configuration for. Longer than an alarm takes to ring. */
  readonly minutes: 5 | 10 | 15 | 30;
}

/** Everything in which one environment differs from another. */
export interface EnvironmentSettings {
  readonly name: string;
  /** Tables, secrets, logs and the stack itself refuse to be deleted, and stay behind when it is. */
  readonly keepsData: boolean;
  /** One key of ours encrypts tables, queues, bus, archive and secrets; otherwise AWS's own keys do, for nothing. */
  readonly customerManagedKey: boolean;
  readonly logRetention: RetentionDays;
  /** Of the HTTP API's log, the one with addresses of callers: as long as finding an attacker takes. */
  readonly accessLogRetention: RetentionDays;
  /** What our code logs. Not above INFO: metrics are log lines of that level. */
  readonly functionLogLevel: ApplicationLogLevel.DEBUG | ApplicationLogLevel.INFO;
  /** What Lambda itself logs. WARN leaves out three lines an invocation, which cost more than the invocation. */
  readonly platformLogLevel: SystemLogLevel;
  readonly workflowLogLevel: WorkflowLogLevel;
  /** Whether a workflow's log lines carry input and output of its states. */
  readonly workflowLogsData: boolean;
  readonly tracing: boolean;
  /** How far back events can be replayed. */
  readonly archiveRetention: Duration;
  /**
   * Takes real money and mails real people: its deployment asks for the addresses of the shop and refuses placeholders,
   * and its alarms ring at somebody.
   */
  readonly servesCustomers: boolean;
  /** US dollars a month above which AWS warns by mail (a million confirmed orders cost about 131); undefined: never. */
  readonly monthlyBudgetUsd: number | undefined;
  /** How long a token is good, and so whoever was signed out or lost a right still has it; browsers renew it unseen. */
  readonly tokenValidity: Duration;
  /** Operators have a pool of users of their own, with a second factor; otherwise they are customers in a group. */
  readonly operatorsApart: boolean;
  /** As `tokenValidity`, of operators who are apart. */
  readonly operatorTokenValidity: Duration;
  /** What one customer may check out within an hour; beyond it somebody tries cards, or writes to strangers. */
  readonly checkoutsAnHour: number;
  /** How long names and addresses of an order are kept after its checkout. Longer than an order may run: half a year. */
  readonly contactRetention: Duration;
  /**
   * How long is remembered which mails were sent and which events of the provider were worked through. A month longer
   * than contacts, because DynamoDB deletes late: whoever tells an event again after that finds nobody to write to.
   */
  readonly deliveryRetention: Duration;
  /** Whole API, steady requests a second and burst above it. */
  readonly apiThrottle: { readonly rateLimit: number; readonly burstLimit: number };
  /** Each route that needs no token, webhooks above all: a flood of them must leave room for those who buy. */
  readonly openRouteThrottle: { readonly rateLimit: number; readonly burstLimit: number };
  /** Each route of operators: a few people at a page, and scripts of theirs that must not crowd customers out. */
  readonly operatorRouteThrottle: { readonly rateLimit: number; readonly burstLimit: number };
  /**
   * Concurrent batches that start orders (2-1000). A batch of ten takes about 100 ms, so each makes up to 100 orders a
   * second; prod stays below 70 % of the 300 executions a second that an account may start (docs/scaling.md).
   */
  readonly startConcurrency: number;
  /** Undefined: a deployment moves all work at once. */
  readonly gradualShift: GradualShift | undefined;
}

const dev: EnvironmentSettings = {
  name: 'dev',
  keepsData: false,
  customerManagedKey: false,
  logRetention: RetentionDays.ONE_WEEK,
  accessLogRetention: RetentionDays.ONE_WEEK,
  functionLogLevel: ApplicationLogLevel.DEBUG,
  platformLogLevel: SystemLogLevel.INFO,
  workflowLogLevel: WorkflowLogLevel.ERROR,
  workflowLogsData: true,
  tracing: false,
  archiveRetention: Duration.days(14),
  servesCustomers: false,
  monthlyBudgetUsd: undefined, // there is nobody to tell
  tokenValidity: Duration.hours(1), // scripts and people at a terminal renew nothing
  operatorsApart: false,
  operatorTokenValidity: Duration.hours(1),
  checkoutsAnHour: 1_000_000, // benchmarks order as few customers do
  contactRetention: Duration.days(200),
  deliveryRetention: Duration.days(230),
  // Above what the benchmarks send to one machine, and still a limit that a runaway script meets.
  apiThrottle: { rateLimit: 300, burstLimit: 600 },
  openRouteThrottle: { rateLimit: 200, burstLimit: 400 },
  operatorRouteThrottle: { rateLimit: 200, burstLimit: 400 },
  startConcurrency: 5,
  gradualShift: undefined, // nobody is hurt, and whoever tries something waits for it
};

const prod: EnvironmentSettings = {
  name: 'prod',
  keepsData: true,
  customerManagedKey: true,
  logRetention: RetentionDays.THREE_MONTHS,
  accessLogRetention: RetentionDays.ONE_MONTH,
  functionLogLevel: ApplicationLogLevel.INFO,
  platformLogLevel: SystemLogLevel.WARN,
  workflowLogLevel: WorkflowLogLevel.ERROR,
  workflowLogsData: false,
  tracing: true,
  archiveRetention: Duration.days(365),
  servesCustomers: true,
  monthlyBudgetUsd: 100,
  tokenValidity: Duration.minutes(15),
  operatorsApart: true,
  operatorTokenValidity: Duration.minutes(5),
  checkoutsAnHour: 20,
  // Two years in which a consumer may come back to the seller (Directive (EU) 2019/771, article 10), and the delivery.
  contactRetention: Duration.days(760),
  deliveryRetention: Duration.days(790),
  apiThrottle: { rateLimit: 500, burstLimit: 1000 },
  openRouteThrottle: { rateLimit: 100, burstLimit: 200 },
  operatorRouteThrottle: { rateLimit: 25, burstLimit: 50 },
  startConcurrency: 2,
  gradualShift: { percentage: 10, minutes: 10 }, // alarms look at five minutes, and data come late
};

export const ENVIRONMENTS = { dev, prod } as const;

/** @throws Error when there is no environment of that name. */
export function environmentNamed(name: string): EnvironmentSettings {
  if (name !== 'dev' && name !== 'prod') {
    throw new Error(`There is no environment ${name}: expected one of ${Object.keys(ENVIRONMENTS).join(', ')}.`);
  }
  return ENVIRONMENTS[name];
}
