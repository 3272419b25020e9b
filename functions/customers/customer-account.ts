import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { awsClient } from '../platform/aws-client.ts';
import { isErrorNamed } from '../platform/errors.ts';

/** What the user pool knows of a customer. Personal data. */
export interface CustomerAccount {
  readonly username: string;
  readonly createdAt: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The accounts of customers, by the subject of their tokens. */
export interface CustomerAccounts {
  find(customerId: string): Promise<CustomerAccount | undefined>;
  /** Deletes the account and ends its sessions; tokens of before are good for as long as they say. Idempotent. */
  remove(customerId: string): Promise<void>;
}

/** A customer's id is the subject of their tokens, which finds a local user (API reference, AdminGetUser). */
export function accountsOfPool(userPoolId: string): CustomerAccounts {
  const cognito = awsClient(CognitoIdentityProviderClient, { maxAttempts: 2, requestTimeoutMs: 2_000 });
  const keyOf = (customerId: string) => ({ UserPoolId: userPoolId, Username: customerId });
  return {
    async find(customerId) {
      try {
        const user = await cognito.send(new AdminGetUserCommand(keyOf(customerId)));
        const { Username = '', UserCreateDate, UserAttributes = [] } = user;
        const attributes = UserAttributes.map(({ Name = '', Value = '' }) => [Name, Value] as const);
        // Names find users too: one who chose somebody's id as their name is not that somebody.
        if (Object.fromEntries(attributes)['sub'] !== customerId) return undefined;
        return {
          username: Username,
          createdAt: (UserCreateDate ?? new Date(0)).toISOString(),
          attributes: Object.fromEntries(attributes),
        };
      } catch (error) {
        if (isErrorNamed(error, 'UserNotFoundException')) return undefined;
        throw error;
      }
    },
    async remove(customerId) {
      if ((await this.find(customerId)) === undefined) return;
      try {
        await cognito.send(new AdminDeleteUserCommand(keyOf(customerId)));
      } catch (error) {
        if (!isErrorNamed(error, 'UserNotFoundException')) throw error;
      }
    },
  };
}
