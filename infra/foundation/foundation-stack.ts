import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnOIDCProvider, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';

export interface FoundationStackProps extends StackProps {
  /** Domain that mails come from; undefined: the account sends none. */
  readonly mailDomain: string | undefined;
  /** `owner/name` of the repository whose pipeline deploys; undefined: people deploy. */
  readonly repository: string | undefined;
}

const GITHUB = 'token.actions.githubusercontent.com';
/** Environments of the repository; each has its own rules of who approves. Nobody approves a look. */
const ENVIRONMENTS_THAT_DEPLOY = ['dev', 'prod'];
const ENVIRONMENT_THAT_LOOKS = 'prod-look';

/**
 * What an account must have before the shop: the identity of its mails, which takes somebody's DNS records and days,
 * and a role for the pipeline. Deployed once, by a person.
 */
export class FoundationStack extends Stack {
  constructor(scope: Construct, id: string, { mailDomain, repository, ...props }: FoundationStackProps) {
    super(scope, id, props);
    if (mailDomain !== undefined) this.ownMailDomain(mailDomain);
    if (repository !== undefined) this.letPipelineDeploy(repository);
  }

  /** The output is what to enter at the DNS provider. */
  private ownMailDomain(domain: string): void {
    const identity = new EmailIdentity(this, 'MailDomain', { identity: Identity.domain(domain) });
    for (const [index, { name, value }] of identity.dkimRecords.entries()) {
      new CfnOutput(this, `DkimRecord${index + 1}`, { value: `${name} CNAME ${value}` });
    }
    new CfnOutput(this, 'DmarcRecord', { value: `_dmarc.${domain} TXT "v=DMARC1; p=quarantine"` });
  }

  /**
   * Short-lived credentials for jobs of the repository that run in one of its environments, and nobody else: no key is
   * stored anywhere. What may be deployed is said by the roles of CDK's bootstrap, which the pipeline takes on.
   */
  private letPipelineDeploy(repository: string): void {
    const provider = new CfnOIDCProvider(this, 'GitHub', {
      url: `https://${GITHUB}`,
      clientIdList: ['sts.amazonaws.com'],
    });
    const roleOf = (id: string, environments: readonly string[]): Role =>
      new Role(this, id, {
        description: `${id} of ${repository}`,
        assumedBy: new WebIdentityPrincipal(provider.attrArn, {
          StringEquals: {
            [`${GITHUB}:aud`]: 'sts.amazonaws.com',
            [`${GITHUB}:sub`]: environments.map((environment) => `repo:${repository}:environment:${environment}`),
          },
        }),
      });
    const deployer = roleOf('Pipeline', ENVIRONMENTS_THAT_DEPLOY);
    const looker = roleOf('Look', [ENVIRONMENT_THAT_LOOKS]);
    takeOn(deployer, 'deploy', 'file-publishing', 'lookup');
    takeOn(looker, 'lookup');
    for (const role of [deployer, looker]) {
      role.addToPolicy(new PolicyStatement({ sid: 'Look', actions: [...LOOKS], resources: ['*'] }));
    }
    deployer.addToPolicy(
      new PolicyStatement({
        sid: 'TryWhatWasDeployed',
        actions: ['events:PutEvents', 'states:StartExecution', 'lambda:InvokeFunction', 'cloudwatch:SetAlarmState'],
        resources: Object.entries(TRIED).map(
          ([service, resource]) => `arn:${Aws.PARTITION}:${service}:*:${Aws.ACCOUNT_ID}:${resource}order-workflow-*`,
        ),
      }),
    );
    deployer.addToPolicy(
      new PolicyStatement({
        sid: 'PublishPage',
        actions: ['s3:PutObject', 'cloudfront:CreateInvalidation'],
        resources: [
          `arn:${Aws.PARTITION}:s3:::order-workflow-*/*`,
          // A distribution's id says nothing of its stack.
          `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*`,
        ],
      }),
    );
    new CfnOutput(this, 'LookRoleArn', { value: looker.roleArn });
    new CfnOutput(this, 'PipelineRoleArn', { value: deployer.roleArn });
  }
}

/** What the smoke test uses, up to the stack's name. */
const TRIED = { events: 'event-bus/', states: 'stateMachine:', lambda: 'function:', cloudwatch: 'alarm:' } as const;

/** Permits to take on roles of CDK's bootstrap. */
function takeOn(role: Role, ...kinds: readonly string[]): void {
  role.addToPolicy(
    new PolicyStatement({
      sid: 'TakeOnBootstrapRoles',
      actions: ['sts:AssumeRole'],
      resources: kinds.map(
        (kind) => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-hnb659fds-${kind}-role-${Aws.ACCOUNT_ID}-*`,
      ),
    }),
  );
}

/** For preflight, smoke test and drift check; most of them take no resource. */
const LOOKS = [
  'acm:DescribeCertificate',
  'cloudformation:DescribeStacks',
  'cloudformation:DetectStackDrift',
  'cloudformation:DescribeStackDriftDetectionStatus',
  'cloudformation:DescribeStackResourceDrifts',
  'cloudwatch:DescribeAlarmHistory',
  'cloudwatch:DescribeAlarms',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'lambda:GetAccountSettings',
  'route53:GetHostedZone',
  'servicequotas:ListServiceQuotas',
  'ses:GetAccount',
  'ses:GetEmailIdentity',
  'ssm:GetParameter',
  'states:DescribeExecution',
  'states:GetExecutionHistory',
  'states:ListExecutions',
  'wafv2:GetWebACL',
  'wafv2:ListWebACLs',
] as const;
