import { AdminGetUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { awsClient } from '../platform/aws-client.ts';
import { isErrorNamed } from '../platform/errors.ts';

/** The address that a customer proved to be theirs; undefined when there is none. Personal data. */
export type VerifiedAddressOf = (customerId: string) => Promise<string | undefined>;

/** The addresses of a user pool's accounts. A customer's id is the subject of their tokens, which finds a local user. */
export function addressesOfPool(userPoolId: string): VerifiedAddressOf {
  const cognito = awsClient(CognitoIdentityProviderClient, { maxAttempts: 2, requestTimeoutMs: 2_000 });
  return async (customerId) => {
    try {
      const user = await cognito.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: customerId }));
      const attribute = (name: string) => user.UserAttributes?.find(({ Name }) => Name === name)?.Value;
      return attribute('email_verified') === 'true' ? attribute('email') : undefined;
    } catch (error) {
      if (isErrorNamed(error, 'UserNotFoundException')) return undefined;
      throw error;
    }
  };
}
