import * as z from 'zod';
import type { Deployment } from './deployment.ts';
import { UserError } from './user-error.ts';

export interface Tokens {
  /** What the shop's HTTP API takes. */
  readonly accessToken: string;
  /** Tells a client who its user is; no permission to call. */
  readonly idToken: string;
}

const Answer = z.object({
  AuthenticationResult: z.object({ AccessToken: z.string(), IdToken: z.string() }).optional(),
  ChallengeName: z.string().optional(),
  message: z.string().optional(),
});

/**
 * Signs a user in with a password, by Cognito's public InitiateAuth: it needs no credentials of the account.
 * @throws UserError when the pool refuses, or asks for more than a password.
 */
export async function signIn(deployment: Deployment, username: string, password: string): Promise<Tokens> {
  const response = await fetch(userPoolUrl(deployment), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: deployment.output('UserPoolClientId'),
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  });
  const { AuthenticationResult: tokens, ChallengeName, message } = Answer.parse(await response.json());
  if (tokens === undefined) {
    const reason =
      ChallengeName === undefined ? (message ?? `status ${response.status}`) : `it asks for ${ChallengeName}`;
    throw new UserError(`Cannot sign ${username} in: ${reason}`);
  }
  return { accessToken: tokens.AccessToken, idToken: tokens.IdToken };
}

function userPoolUrl(deployment: Deployment): string {
  const { endpointUrl } = deployment.address;
  if (endpointUrl !== undefined) return endpointUrl;
  const [region] = deployment.output('UserPoolId').split('_');
  return `https://cognito-idp.${region}.amazonaws.com/`;
}
