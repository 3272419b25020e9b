import { lookup } from 'node:dns/promises';
import { CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { checkBootstrap, checkCredentials, checkRegion } from './account-checks.ts';
import type { ClientConfig } from './client-config.ts';
import { checkEdge } from './edge-checks.ts';
import { refused, type Environment, type Finding } from './finding.ts';
import { checkMailAccount, checkMailDomain } from './mail-checks.ts';
import { checkConcurrency, checkRates } from './quota-checks.ts';
import {
  checkParameters,
  checkReturnDomain,
  checkStackStatus,
  findStack,
  isPlaceholder,
  type LookUp,
  parametersOf,
} from './shop-checks.ts';

export interface PreflightOptions {
  readonly clientConfig: ClientConfig;
  readonly environment: Environment;
  readonly stackName: string;
  /** Parameters of the deployment to come; those of the deployed stack stand beside them. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Asks the provider about its webhook; only a deployed stack can. */
  readonly checkWebhook: () => Promise<Finding>;
  readonly lookUp?: LookUp;
  /** Names of a zone's servers, as the world sees them. */
  readonly nameServersOf?: LookUp;
}

const addressesOf: LookUp = (host) => lookup(host, { all: true });

/** Everything that would stop a deployment or the shop afterwards, in the order in which one would mend it. */
export async function preflight(options: PreflightOptions): Promise<Finding[]> {
  const sts = new STSClient({ ...options.clientConfig });
  const region = await regionOf(sts);
  if (region === undefined) return [checkRegion(region)];
  const { finding: credentials, caller } = await checkCredentials(sts);
  const who = [credentials, checkRegion(region)];
  if (caller === undefined) return who;
  return [
    ...who,
    await checkBootstrap(new SSMClient({ ...options.clientConfig }), caller.accountId, region),
    await checkConcurrency(new LambdaClient({ ...options.clientConfig })),
    ...(await checkRates(new ServiceQuotasClient({ ...options.clientConfig }))),
    ...(await checkMailAccount(new SESv2Client({ ...options.clientConfig }), options.environment)),
    ...(await checkShop(options, caller.accountId)),
  ];
}

async function regionOf(client: STSClient): Promise<string | undefined> {
  try {
    return await client.config.region();
  } catch (error) {
    if (error instanceof Error && /region is missing/i.test(error.message)) return undefined;
    throw error;
  }
}

/** What belongs to this shop, whether it is deployed or not. */
async function checkShop(options: PreflightOptions, accountId: string): Promise<Finding[]> {
  const { environment, clientConfig, stackName, lookUp = addressesOf } = options;
  let stack: Stack | undefined;
  try {
    stack = await findStack(new CloudFormationClient({ ...clientConfig }), stackName);
  } catch (error) {
    return [refused('stack', error, 'cloudformation:DescribeStacks')];
  }
  const parameters = new Map([...parametersOf(stack), ...options.parameters]);
  const edge = await checkEdge({ ...options, accountId, parameters, lookUp });
  const findings = [checkStackStatus(stack), ...checkParameters(parameters, environment), ...edge];
  const ours = (name: string): string => {
    const value = parameters.get(name) ?? '';
    return isPlaceholder(value) ? '' : value;
  };
  const [, mailDomain] = ours('MailSender').split('@');
  const ses = new SESv2Client({ ...clientConfig });
  if (mailDomain !== undefined) findings.push(await checkMailDomain(ses, mailDomain, environment));
  if (ours('PaymentReturnUrl') !== '') findings.push(await checkReturnDomain(ours('PaymentReturnUrl'), lookUp));
  if (stack !== undefined) findings.push(await options.checkWebhook());
  return findings;
}
