import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnOIDCProvider, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { FLIES_BEFORE, permit, PUBLISHES, SEES_DRIFT, takeOn, TRIES_AFTER } from './pipeline-permissions.ts';

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
    for (const permission of [takeOn('lookup'), ...SEES_DRIFT]) permit(looker, permission);
    const deploys = takeOn('deploy', 'file-publishing', 'lookup');
    for (const permission of [deploys, ...SEES_DRIFT, ...FLIES_BEFORE, ...TRIES_AFTER, PUBLISHES]) {
      permit(deployer, permission);
    }
    new CfnOutput(this, 'LookRoleArn', { value: looker.roleArn });
    new CfnOutput(this, 'PipelineRoleArn', { value: deployer.roleArn });
  }
}
