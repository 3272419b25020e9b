import path from 'node:path';
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { checkMachineSteps } from '../checks/machine-steps.ts';
import { acknowledge } from './acknowledge.ts';
import { LeanRole } from './lean-role.ts';
import { pinLogicalId, removalPolicyOf, type Platform } from './platform.ts';
import { PublishedMachine } from './published-machine.ts';
import { LIVE, type ShopFunction } from './shop-function.ts';

/** The workflows of an order; also the end of each one's name, and its definition's file in `workflows/`. */
export const ORDER_MACHINES = ['order-saga', 'order-cancellation', 'order-return'] as const;
export type OrderMachineName = (typeof ORDER_MACHINES)[number];

export interface OrderMachineProps {
  readonly platform: Platform;
  readonly name: OrderMachineName;
  /** Folder of the definitions. */
  readonly definitionsFolder: string;
  /** The functions that the definition names, as it names them: `${CreateOrder}` and so on. */
  readonly steps: Readonly<Record<string, ShopFunction>>;
}

/** A workflow of which an order has an execution. STANDARD: it may wait for a person, and leaves a history. */
export class OrderMachine extends Construct {
  readonly name: OrderMachineName;
  readonly machine: StateMachine;
  /** What executions are started by. */
  readonly published: PublishedMachine;
  readonly steps: readonly ShopFunction[];
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: OrderMachineProps) {
    super(scope, id);
    const { settings } = props.platform;
    const { name, steps, definitionsFolder } = props;
    this.name = name;
    this.steps = Object.values(steps);
    checkMachineSteps({ name, definitionsFolder, steps: Object.keys(steps) });
    this.logGroup = new LogGroup(this, 'Logs', {
      // The prefix keeps the group out of the account's log resource policy, which holds some ten names and is full then.
      logGroupName: `/aws/vendedlogs/states/${fullNameOf(name)}`,
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    });
    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: fullNameOf(name),
      definitionBody: DefinitionBody.fromFile(path.join(definitionsFolder, `${name}.asl.json`)),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(steps).map(([step, worker]) => [step, worker.versionArn]),
      ),
      role: this.roleFor(this.steps),
      logs: {
        destination: this.logGroup,
        level: settings.workflowLogLevel,
        includeExecutionData: settings.workflowLogsData,
      },
      tracingEnabled: settings.tracing,
      removalPolicy: removalPolicyOf(settings),
    });
    // Their names are fixed: were they others after a move in the tree, the deployment would fail on them.
    const idOf = name
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    pinLogicalId(this.machine, `${idOf}Machine`);
    pinLogicalId(this.logGroup, `${idOf}Logs`);
    this.published = new PublishedMachine(this, 'Published', this.machine, idOf);
    acknowledge(
      this.machine,
      'AwsSolutions-SF1',
      'The execution history already holds every event; logging all of them again costs more than the executions.',
    );
    if (!settings.tracing) {
      acknowledge(this.machine, 'AwsSolutions-SF2', 'Traces are switched on by environment.');
    }
  }

  private roleFor(steps: readonly ShopFunction[]): Role {
    const role = new LeanRole(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    // Executions of older versions go on with this role, and call the versions of functions that they began with.
    const everyVersion = steps.map(({ lambda }) => `${lambda.functionArn}:*`);
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: everyVersion }));
    for (const step of steps) {
      acknowledge(role, `AwsSolutions-IAM5[Resource::<${step.logicalName}Function.Arn>:*]`, VERSIONS_OUTLIVE);
    }
    acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'Log delivery and X-Ray actions take no resource.');
    return role;
  }
}

const VERSIONS_OUTLIVE = 'Older executions call older versions of the one function, whose numbers nobody knows here.';

/**
 * Fixed, because functions that the machine invokes must name the machine in their roles before it exists; renaming
 * it would let a replay run every old order again, for execution names are unique per machine.
 */
function fullNameOf(name: OrderMachineName): string {
  return `${Aws.STACK_NAME}-${name}`;
}

/** ARNs are formed from the fixed name: a reference would be circular (machine → function → role → machine). */
function arnOf(scope: Construct, resource: 'stateMachine' | 'execution', resourceName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** For a function that starts executions of a machine which may invoke it. */
export function liveMachineArn(scope: Construct, name: OrderMachineName): string {
  return `${orderMachineArn(scope, name)}:${LIVE}`;
}

/** What permissions are given on: IAM looks at the machine, whichever version or alias of it is asked for. */
export function orderMachineArn(scope: Construct, name: OrderMachineName): string {
  return arnOf(scope, 'stateMachine', fullNameOf(name));
}

/** Of all executions of a machine. */
export function orderExecutionsArn(scope: Construct, name: OrderMachineName): string {
  return arnOf(scope, 'execution', `${fullNameOf(name)}:*`);
}

/** Permits `worker` to answer the task tokens of a machine's waiting orders in the given ways. */
export function allowTaskAnswers(
  worker: ShopFunction,
  name: OrderMachineName,
  ...answers: readonly ('Success' | 'Failure')[]
): void {
  worker.allow(
    answers.map((answer) => `states:SendTask${answer}`),
    arnOf(worker, 'stateMachine', fullNameOf(name)),
  );
}

/** Permits `worker` these actions on any execution of a machine. */
export function allowOnExecutions(
  worker: ShopFunction,
  name: OrderMachineName,
  ...actions: readonly (
    | 'DescribeExecution'
    | 'DescribeStateMachineForExecution'
    | 'GetExecutionHistory'
    | 'RedriveExecution'
  )[]
): void {
  worker.allow(
    actions.map((action) => `states:${action}`),
    orderExecutionsArn(worker, name),
  );
  acknowledge(
    worker.role,
    `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<AWS::StackName>-${name}:*]`,
    'An execution is named by its order: the permission is for all executions of this one machine.',
  );
}
