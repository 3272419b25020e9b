import { randomBytes } from 'node:crypto';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { AwsQueryApi } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { checkParameters, type ParameterConstraint } from '../shared/query-constraints.ts';
import { xmlElement, xmlText } from '../shared/xml.ts';

const SESSION_SECONDS = 3600;
/** API reference, AssumeRole. */
const ASSUME_ROLE: readonly ParameterConstraint[] = [
  { name: 'RoleArn', isRequired: true, length: { min: 20, max: 2048 } },
  { name: 'RoleSessionName', isRequired: true, pattern: '[\\w+=,.@-]*', length: { min: 2, max: 64 } },
  { name: 'DurationSeconds', value: { min: 900, max: 43_200 } },
];
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;

/** Who the caller is, and another who: the calls that CLIs and deploy tools make before they do anything. */
export function stsApi(
  stack: Pick<StackIdentity, 'accountId'>,
  { nowMs }: { readonly nowMs: () => number },
): AwsQueryApi {
  return {
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    actions: {
      GetCallerIdentity: () =>
        xmlText('Arn', `arn:aws:iam::${stack.accountId}:root`) +
        xmlText('UserId', stack.accountId) +
        xmlText('Account', stack.accountId),
      AssumeRole: (parameters) => assumedRole(parameters, nowMs()),
    },
  };
}

/** Credentials of their own, as a client keeps them apart; nothing here checks them. @throws AwsError ValidationError. */
function assumedRole(parameters: URLSearchParams, nowMs: number): string {
  checkParameters(parameters, ASSUME_ROLE);
  const roleArn = parameters.get('RoleArn') ?? '';
  const sessionName = parameters.get('RoleSessionName') ?? '';
  const [, accountId, roleName] = ROLE_ARN.exec(roleArn) ?? [];
  if (accountId === undefined || roleName === undefined) throw new AwsError('ValidationError', `${roleArn} is invalid`);
  const seconds = Number(parameters.get('DurationSeconds') ?? SESSION_SECONDS);
  const roleId = `AROA${roleName.toUpperCase().replace(/\W/g, '').slice(0, 17)}`;
  const credentials =
    xmlText('AccessKeyId', `ASIA${randomBytes(8).toString('hex').toUpperCase()}`) +
    xmlText('SecretAccessKey', randomBytes(30).toString('base64')) +
    xmlText('SessionToken', randomBytes(60).toString('base64')) +
    xmlText('Expiration', new Date(nowMs + seconds * 1000).toISOString());
  const user =
    xmlText('AssumedRoleId', `${roleId}:${sessionName}`) +
    xmlText('Arn', `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`);
  return xmlElement('Credentials', credentials) + xmlElement('AssumedRoleUser', user);
}
