import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

/** The functions that the workflow's definition names, as it names them: `${CreateOrder}` and so on. */
export interface OrderSagaSteps {
  readonly CreateOrder: ShopFunction;
  readonly ReserveInventory: ShopFunction;
  readonly ChargePayment: ShopFunction;
  readonly ConfirmOrder: ShopFunction;
  readonly StopOrder: ShopFunction;
  readonly RefundPayment: ShopFunction;
  readonly ReleaseInventory: ShopFunction;
  readonly CancelOrder: ShopFunction;
  readonly ParkOrder: ShopFunction;
}

export interface OrderSagaProps {
  readonly platform: Platform;
  readonly definitionFile: string;
  readonly steps: OrderSagaSteps;
}

/** The workflow that every order is an execution of. STANDARD: it may wait for its customer, and leaves a history. */
export class OrderSaga extends Construct {
  readonly machine: StateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { platform: { settings }, definitionFile, steps }: OrderSagaProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      // The prefix keeps the group out of the account's log resource policy, which holds some ten names and is full then.
      logGroupName: `/aws/vendedlogs/states/${orderSagaName()}`,
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    });
    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: orderSagaName(),
      definitionBody: DefinitionBody.fromFile(definitionFile),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(steps).map(([name, step]: [string, ShopFunction]) => [name, step.functionArn]),
      ),
      role: this.roleFor(Object.values(steps) as ShopFunction[]),
      logs: {
        destination: this.logGroup,
        level: settings.workflowLogLevel,
        includeExecutionData: settings.workflowLogsData,
      },
      tracingEnabled: settings.tracing,
      removalPolicy: removalPolicyOf(settings),
    });
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
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: steps.map((step) => step.functionArn) }),
    );
    acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'Log delivery and X-Ray actions take no resource.');
    return role;
  }
}

/**
 * Fixed, because functions that the machine invokes must name the machine in their roles before it exists; renaming
 * it would let a replay run every old order again, for execution names are unique per machine.
 */
function orderSagaName(): string {
  return `${Aws.STACK_NAME}-order-saga`;
}

/** The machine's ARN, formed from its name: a reference would be circular (machine → function → role → machine). */
function orderSagaArn(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: orderSagaName(),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Permits `worker` to answer the task tokens of waiting orders in the given ways. */
export function allowTaskAnswers(worker: ShopFunction, ...answers: readonly ('Success' | 'Failure')[]): void {
  worker.allow(
    answers.map((answer) => `states:SendTask${answer}`),
    orderSagaArn(worker),
  );
}

/** Permits `worker` one action on any execution of the machine. */
export function allowOnExecutions(worker: ShopFunction, action: 'DescribeExecution' | 'RedriveExecution'): void {
  worker.allow(
    [`states:${action}`],
    Stack.of(worker).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${orderSagaName()}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  acknowledge(
    worker.role,
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<AWS::StackName>-order-saga:*]',
    'An execution is named by its order: the permission is for all executions of this one machine.',
  );
}
