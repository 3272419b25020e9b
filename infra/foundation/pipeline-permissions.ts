import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../constructs/acknowledge.ts';

interface Permission {
  readonly sid: string;
  readonly actions: readonly string[];
  /** With `<AWS::Partition>` and `<AWS::AccountId>`, as the template checks name them. */
  readonly resources: readonly string[];
  /** Why it names many resources. */
  readonly reason: string;
}

const inAccount = (service: string, resource: string): string =>
  `arn:<AWS::Partition>:${service}:*:<AWS::AccountId>:${resource}`;

const OF_ANY_STACK = 'The shop’s stacks of all environments, and CloudFormation names the rest of what is in them.';
const TAKES_NO_RESOURCE = 'The action takes no resource.';
const TELLS_SETTINGS = 'It tells settings of the account and no data; what is looked at is known when it is deployed.';

/** Permits to take on roles of CDK's bootstrap: they say what may be deployed. */
export function takeOn(...kinds: readonly string[]): Permission {
  return {
    sid: 'TakeOnBootstrapRoles',
    actions: ['sts:AssumeRole'],
    resources: kinds.map(
      (kind) => `arn:<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-hnb659fds-${kind}-role-<AWS::AccountId>-*`,
    ),
    reason: 'The role of each region.',
  };
}

/** For `cdk diff` and `cdk drift`. No data of the shop: nobody approves a look. */
export const SEES_DRIFT: readonly Permission[] = [
  {
    sid: 'LookAtStacks',
    actions: [
      'cloudformation:DescribeStacks',
      'cloudformation:DetectStackDrift',
      'cloudformation:DescribeStackResourceDrifts',
    ],
    resources: [inAccount('cloudformation', 'stack/order-workflow-*/*')],
    reason: OF_ANY_STACK,
  },
  {
    sid: 'WaitForDrift',
    actions: ['cloudformation:DescribeStackDriftDetectionStatus'],
    resources: ['*'],
    reason: TAKES_NO_RESOURCE,
  },
];

/** For `orders preflight`. */
export const FLIES_BEFORE: readonly Permission[] = [
  {
    sid: 'LookAtSettings',
    actions: [
      'acm:DescribeCertificate',
      'lambda:GetAccountSettings',
      'route53:GetHostedZone',
      'servicequotas:ListServiceQuotas',
      'ses:GetAccount',
      'ses:GetEmailIdentity',
      'wafv2:GetWebACL',
      'wafv2:ListWebACLs',
    ],
    resources: ['*'],
    reason: TELLS_SETTINGS,
  },
  {
    sid: 'LookAtBootstrap',
    actions: ['ssm:GetParameter'],
    resources: [inAccount('ssm', 'parameter/cdk-bootstrap/hnb659fds/version')],
    reason: 'The bootstrap of each region.',
  },
];

/** For `orders smoke`, which orders something in dev only. */
export const TRIES_AFTER: readonly Permission[] = [
  {
    sid: 'LookAtAlarms',
    actions: ['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'],
    resources: ['*'],
    reason: TELLS_SETTINGS,
  },
  {
    sid: 'FollowOrdersOfDev',
    actions: ['dynamodb:GetItem', 'dynamodb:Query', 'states:DescribeExecution'],
    resources: [
      inAccount('dynamodb', 'table/order-workflow-dev-*'),
      inAccount('states', 'execution:order-workflow-dev-*'),
    ],
    reason: OF_ANY_STACK,
  },
  {
    sid: 'TryWhatWasDeployed',
    actions: ['events:PutEvents', 'states:StartExecution', 'lambda:InvokeFunction', 'cloudwatch:SetAlarmState'],
    resources: [
      inAccount('events', 'event-bus/order-workflow-*'),
      inAccount('states', 'stateMachine:order-workflow-*'),
      inAccount('lambda', 'function:order-workflow-*'),
      inAccount('cloudwatch', 'alarm:order-workflow-*'),
    ],
    reason: OF_ANY_STACK,
  },
];

/** For `orders publish`. */
export const PUBLISHES: Permission = {
  sid: 'PublishPage',
  actions: ['s3:PutObject', 'cloudfront:CreateInvalidation'],
  resources: [
    'arn:<AWS::Partition>:s3:::order-workflow-*/*',
    'arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/*',
  ],
  reason: 'Pages of all environments, and a distribution’s id says nothing of its stack.',
};

export function permit(role: Role, { sid, actions, resources, reason }: Permission): void {
  role.addToPolicy(
    new PolicyStatement({
      sid,
      actions: [...actions],
      resources: resources.map((resource) =>
        resource.replaceAll('<AWS::Partition>', Aws.PARTITION).replaceAll('<AWS::AccountId>', Aws.ACCOUNT_ID),
      ),
    }),
  );
  for (const resource of resources) acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
}
