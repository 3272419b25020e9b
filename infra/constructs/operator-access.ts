import { Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Effect, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { EventBusWithArchive } from './event-bus-with-archive.ts';
import { ORDER_MACHINES, orderExecutionsArn, orderMachineArn } from './order-machine.ts';
import type { ShopFunction } from './shop-function.ts';
import type { ShopTable } from './shop-table.ts';

export interface OperatorAccessProps {
  /** What an operator's commands call: its live version, as the page does. */
  readonly functions: readonly ShopFunction[];
  /** What its commands read beside them. */
  readonly tables: readonly ShopTable[];
  readonly deadLetters: readonly IQueue[];
  /** Where dead letters and replayed events go back to. */
  readonly workQueues: readonly IQueue[];
  readonly events: EventBusWithArchive;
}

/**
 * What an operator at a command line may do, and the role in which they do it. Whoever takes the role on has a second
 * factor, and a session in their own name: it is what `orders` records as the actor (docs/security.md). People of IAM
 * Identity Center have such a session already, and get the policy.
 */
export class OperatorAccess extends Construct {
  readonly role: Role;
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: OperatorAccessProps) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: 'Find, follow and repair the orders of a shop',
      statements: [
        ...this.looks(props),
        allow(
          'Act',
          ['lambda:InvokeFunction'],
          props.functions.map(({ live }) => live.functionArn),
        ),
        ...this.repairs(props),
      ],
    });
    const account = 'arn:<AWS::Partition>:%:<AWS::Region>:<AWS::AccountId>:';
    for (const resource of [
      ...ORDER_MACHINES.map((name) => `${account.replace('%', 'states')}execution:<AWS::StackName>-${name}:*`),
      `${account.replace('%', 'events')}replay/*`,
    ]) {
      acknowledge(this.policy, `AwsSolutions-IAM5[Resource::${resource}]`, 'Named by orders, and by whoever replays.');
    }
    this.role = new Role(this, 'Role', {
      description: 'An operator, in a session of their own name',
      assumedBy: new AccountRootPrincipal().withConditions({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        StringLike: { 'sts:RoleSessionName': '${aws:username}' },
      }),
      managedPolicies: [this.policy],
    });
  }

  private looks({ tables }: OperatorAccessProps): PolicyStatement[] {
    const stack = Stack.of(this);
    return [
      allow('FindStack', ['cloudformation:DescribeStacks'], [stack.stackId]),
      allow(
        'ReadRows',
        ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
        tables.map(({ arn }) => arn),
      ),
      allow(
        'FollowOrders',
        ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:ListExecutions'],
        this.machinesAndExecutions(),
      ),
    ];
  }

  private repairs({ deadLetters, workQueues, events }: OperatorAccessProps): PolicyStatement[] {
    const stack = Stack.of(this);
    const replays = stack.formatArn({ service: 'events', resource: 'replay', resourceName: '*' });
    return [
      allow('RedriveOrders', ['states:RedriveExecution'], this.machinesAndExecutions()),
      allow(
        'MoveDeadLetters',
        DEAD_LETTER_ACTIONS,
        deadLetters.map(({ queueArn }) => queueArn),
      ),
      allow(
        'SendBack',
        ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
        workQueues.map(({ queueArn }) => queueArn),
      ),
      allow('Replay', ['events:DescribeArchive', 'events:StartReplay'], [events.archiveArn]),
      allow('FollowReplay', ['events:DescribeReplay', 'events:StartReplay'], [replays]),
    ];
  }

  private machinesAndExecutions(): string[] {
    return ORDER_MACHINES.flatMap((name) => [orderMachineArn(this, name), orderExecutionsArn(this, name)]);
  }
}

const DEAD_LETTER_ACTIONS = [
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ListMessageMoveTasks',
  'sqs:ReceiveMessage',
  'sqs:StartMessageMoveTask',
];

function allow(sid: string, actions: readonly string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.ALLOW, actions: [...actions], resources: [...resources] });
}
