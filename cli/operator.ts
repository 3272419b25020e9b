import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Deployment } from './deployment.ts';
import { UserError } from './user-error.ts';

/** What a recorded name may be made of, and how long it may be (`functions/platform/http/caller.ts`). */
const NO_LETTER_OF_A_NAME = /[^A-Za-z0-9._:@-]/g;
const MAX_LETTERS = 100;

/**
 * Who is recorded as having decided what a command does. On AWS it is the caller's IAM identity, which STS tells, and
 * nobody's word; on this machine it is what they say, or their user's name.
 * @throws UserError for a name that is given on AWS.
 */
export async function operatorOf(deployment: Deployment, given?: string): Promise<string> {
  if (deployment.address.endpointUrl !== undefined) return given ?? localUser();
  if (given !== undefined) {
    throw new UserError('On AWS your IAM identity is recorded, and no other name: leave --actor out.');
  }
  const sts = new STSClient({ ...deployment.clientConfig });
  try {
    const { Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return nameOfIdentity(Arn);
  } finally {
    sts.destroy();
  }
}

/**
 * `iam:alice` of a user, `iam:Operator:alice` of a role's session, `iam:root` of the account.
 * @param arn as GetCallerIdentity tells it (IAM user guide, "IAM identifiers"). @throws UserError for any other.
 */
export function nameOfIdentity(arn: string): string {
  const [, kind, path = ''] =
    /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(root|user|assumed-role|federated-user)(?:\/(.+))?$/.exec(arn) ?? [];
  if (kind === undefined) throw new UserError(`STS told an identity of no known form: ${arn}`);
  const parts = path.split('/');
  const who = kind === 'root' ? 'root' : kind === 'assumed-role' ? parts.join(':') : parts.at(-1);
  // The session is who it was: where there is too much, the role's name gives way.
  const name = who!.replaceAll(NO_LETTER_OF_A_NAME, '-');
  return `iam:${name.slice(-(MAX_LETTERS - 'iam:'.length)).replace(/^[^A-Za-z0-9]+/, '')}`;
}

/** The user of this machine, in letters that a token's subject has. */
function localUser(): string {
  return userInfo().username.replaceAll(/[^A-Za-z0-9._-]/g, '') || 'operator';
}
