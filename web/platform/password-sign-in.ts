import type { KnownUser } from './config.ts';
import { aws } from './aws.ts';

interface Answer {
  readonly AuthenticationResult?: { readonly AccessToken: string };
}

/** Cognito's public InitiateAuth, as `npm run token` calls it. @returns the access token. @throws Problem */
export async function signInWithPassword(clientId: string, { username, password }: KnownUser): Promise<string> {
  const { AuthenticationResult: tokens } = await aws<Answer>('AWSCognitoIdentityProviderService.InitiateAuth', {
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: clientId,
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  if (!tokens) throw new Error(`The user pool wants more than the password of ${username}.`);
  return tokens.AccessToken;
}
