import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { must, ok, refused, type Finding } from './finding.ts';

/** Whose account it is; undefined when nobody is signed in. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
}

export async function checkCredentials(
  sts: STSClient,
): Promise<{ readonly finding: Finding; readonly caller: Caller | undefined }> {
  try {
    const { Account: accountId = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { finding: ok('credentials', `${arn} in account ${accountId}`), caller: { accountId, arn } };
  } catch (error) {
    const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { finding: must('credentials', told, 'aws sso login (or set AWS_PROFILE)'), caller: undefined };
  }
}

/** @param region undefined when neither the environment nor the profile names one. */
export function checkRegion(region: string | undefined): Finding {
  return region === undefined
    ? must('region', 'none is chosen', 'export AWS_REGION=eu-central-1 (or the one of your shop)')
    : ok('region', region);
}

/** What CDK's default synthesizer asks of the account (CDK guide, "Bootstrapping", version history). */
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
const LEAST_BOOTSTRAP_VERSION = 6;

export async function checkBootstrap(ssm: SSMClient, accountId: string, region: string): Promise<Finding> {
  const mend = `npx cdk bootstrap aws://${accountId}/${region}`;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }));
    const version = Number(Parameter?.Value);
    return version >= LEAST_BOOTSTRAP_VERSION
      ? ok('bootstrap', `version ${version}`)
      : must('bootstrap', `version ${Parameter?.Value}, needs ${LEAST_BOOTSTRAP_VERSION}`, mend);
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return must('bootstrap', 'not there', mend);
    return refused('bootstrap', error, 'ssm:GetParameter');
  }
}
