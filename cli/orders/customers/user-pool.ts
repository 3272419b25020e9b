import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Deployment } from '../../deployment.ts';
import { UserError } from '../../user-error.ts';

const GROUP = 'admin';

/** Works on a user pool as whoever runs it. @throws UserError with Cognito's words when it refuses. */
export async function withUserPool<Result>(
  deployment: Deployment,
  work: (cognito: CognitoIdentityProviderClient) => Promise<Result>,
): Promise<Result> {
  const cognito = new CognitoIdentityProviderClient(deployment.clientConfig);
  try {
    return await work(cognito);
  } catch (error) {
    if (error instanceof Error && '$metadata' in error) throw new UserError(`The user pool refuses: ${error.message}`);
    throw error;
  } finally {
    cognito.destroy();
  }
}

/**
 * Makes the owner of the address an operator; without an account, one is made. It may be done again.
 * @param password of a new account. @returns whether an account was made.
 */
export function addOperator(
  deployment: Deployment,
  { email, password }: { readonly email: string; readonly password: () => string },
): Promise<'made' | 'known'> {
  const UserPoolId = operatorPoolOf(deployment);
  return withUserPool(deployment, async (cognito) => {
    const known = await accountOf(cognito, UserPoolId, email);
    const Username = known?.username ?? randomUUID();
    if (known === undefined) {
      const UserAttributes = [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ];
      // Refused here already when the policy does not take it.
      const account = { UserPoolId, Username, UserAttributes, TemporaryPassword: password() };
      await cognito.send(new AdminCreateUserCommand({ ...account, MessageAction: 'SUPPRESS' }));
    }
    // An account that an interrupted run made has no lasting password yet.
    if (known === undefined || known.status === 'FORCE_CHANGE_PASSWORD') {
      const lasting = { UserPoolId, Username, Password: password(), Permanent: true };
      await cognito.send(new AdminSetUserPasswordCommand(lasting));
    }
    await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: GROUP }));
    return known === undefined ? 'made' : 'known';
  });
}

/** The account stays; a token of before is good for as long as it says. @throws UserError when there is none. */
export function removeOperator(deployment: Deployment, email: string): Promise<void> {
  const UserPoolId = operatorPoolOf(deployment);
  return withUserPool(deployment, async (cognito) => {
    const Username = (await accountOf(cognito, UserPoolId, email))?.username;
    if (Username === undefined) throw new UserError(`There is no account with the address ${email}.`);
    await cognito.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName: GROUP }));
    await cognito.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username }));
  });
}

/** A password that somebody types in or hands over: without the line break. */
export function passwordFrom(given: string | undefined): string {
  if (given === '-') return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  if (given === undefined)
    throw new UserError('A new account needs a password: --password -, which reads it from standard input.');
  return given;
}

/** Where real people buy, operators have a pool of their own. */
function operatorPoolOf(deployment: Deployment): string {
  return deployment.output('OperatorPoolId');
}

async function accountOf(cognito: CognitoIdentityProviderClient, UserPoolId: string, email: string) {
  const Filter = `email = "${email.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId, Filter }));
  const verified = Users.find(({ Attributes = [] }) =>
    Attributes.some(({ Name, Value }) => Name === 'email_verified' && Value === 'true'),
  );
  return verified && { username: verified.Username ?? '', status: verified.UserStatus };
}
