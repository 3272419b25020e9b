import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { Deployment } from '../../deployment.ts';
import { UserError } from '../../user-error.ts';

/**
 * The id of a customer by it, or by the address of their account. An id of another system may hold an @ too, so that
 * only what is found counts as an address.
 * @throws UserError when two accounts have the address: only one of them can have verified it.
 */
export async function customerIdOf(deployment: Deployment, customer: string): Promise<string> {
  if (!customer.includes('@')) return customer;
  const cognito = new CognitoIdentityProviderClient(deployment.clientConfig);
  try {
    const { Users = [] } = await cognito.send(
      new ListUsersCommand({
        UserPoolId: deployment.output('UserPoolId'),
        Filter: `email = "${customer.replaceAll(/["\\]/g, String.raw`\$&`)}"`,
      }),
    );
    const ids = Users.map(({ Attributes = [] }) => Attributes.find(({ Name }) => Name === 'sub')?.Value ?? '');
    if (ids.length > 1)
      throw new UserError(`${ids.length} accounts have this address: name one by its id: ${ids.join(', ')}`);
    return ids[0] ?? customer;
  } finally {
    cognito.destroy();
  }
}
