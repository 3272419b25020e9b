import { aws } from './aws.ts';
import type { KnownUser } from './config.ts';
import { sessionOfToken, type RenewableSession } from './session-tokens.ts';

interface Answer {
  readonly AuthenticationResult?: { readonly AccessToken: string; readonly RefreshToken?: string };
}

/** Cognito's public operations, as a command line calls them. @throws Problem whose code is Cognito's. */
const cognito = <Result>(operation: string, input: object): Promise<Result> =>
  aws<Result>(`AWSCognitoIdentityProviderService.${operation}`, input);

/** @throws Problem */
export async function signInWithPassword(
  clientId: string,
  { username, password }: Pick<KnownUser, 'username' | 'password'>,
): Promise<RenewableSession> {
  const AuthParameters = { USERNAME: username, PASSWORD: password };
  const input = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: clientId, AuthParameters };
  const { AuthenticationResult: tokens } = await cognito<Answer>('InitiateAuth', input);
  if (!tokens) throw new Error(`The user pool wants more than the password of ${username}.`);
  return { ...sessionOfToken(tokens.AccessToken), username, refreshToken: tokens.RefreshToken };
}

/** Undefined when the session has ended. */
export async function renewWithToken(
  clientId: string,
  session: RenewableSession,
): Promise<RenewableSession | undefined> {
  const AuthParameters = { REFRESH_TOKEN: session.refreshToken ?? '' };
  const input = { AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId: clientId, AuthParameters };
  const answer = await cognito<Answer>('InitiateAuth', input).catch(() => undefined);
  const tokens = answer?.AuthenticationResult;
  return tokens && { ...session, ...sessionOfToken(tokens.AccessToken), username: session.username };
}

/** Has a code mailed to the address. @returns the name of the account, which is confirmed by it. @throws Problem */
export async function signUp(clientId: string, email: string, password: string): Promise<string> {
  const Username = crypto.randomUUID(); // an address cannot be a name: it is verified later
  const UserAttributes = [{ Name: 'email', Value: email }];
  await cognito('SignUp', { ClientId: clientId, Username, Password: password, UserAttributes });
  return Username;
}

/** @throws Problem */
export async function confirmSignUp(clientId: string, username: string, code: string): Promise<void> {
  await cognito('ConfirmSignUp', { ClientId: clientId, Username: username, ConfirmationCode: code });
}

/** @throws Problem */
export async function resendCode(clientId: string, username: string): Promise<void> {
  await cognito('ResendConfirmationCode', { ClientId: clientId, Username: username });
}
