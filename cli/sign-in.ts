import * as z from 'zod';
import type { Deployment } from './deployment.ts';
import { UserError } from './user-error.ts';

export interface Tokens {
  /** What the shop's HTTP API takes. */
  readonly accessToken: string;
  /** Tells a client who its user is; no permission to call. */
  readonly idToken: string;
}

/** Asks the person at the terminal. @param secret of an app that is to be set up first, in Base32. */
export type AskCode = (secret?: string) => Promise<string>;

const Answer = z.object({
  AuthenticationResult: z.object({ AccessToken: z.string(), IdToken: z.string() }).optional(),
  ChallengeName: z.string().optional(),
  Session: z.string().optional(),
  SecretCode: z.string().optional(),
  message: z.string().optional(),
});
type Answer = z.infer<typeof Answer>;

/**
 * Signs a user in with a password, by Cognito's public InitiateAuth: it needs no credentials of the account.
 * @param askCode for pools that want a second factor; without it nobody is there to ask.
 * @throws UserError when the pool refuses, or asks for more.
 */
export async function signIn(
  deployment: Deployment,
  username: string,
  password: string,
  askCode?: AskCode,
): Promise<Tokens> {
  const ClientId = deployment.output('UserPoolClientId');
  const call = async (operation: string, input: object): Promise<Answer> => {
    const answer = await ask(deployment, operation, input);
    if (answer.message === undefined) return answer;
    throw new UserError(`Cannot sign ${username} in: ${answer.message}`);
  };
  const respond = ({ ChallengeName, Session }: Answer, more: object): Promise<Answer> => {
    const ChallengeResponses = { USERNAME: username, ...more };
    return call('RespondToAuthChallenge', { ClientId, ChallengeName, Session, ChallengeResponses });
  };
  const AuthParameters = { USERNAME: username, PASSWORD: password };
  let answer = await call('InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters });
  if (answer.ChallengeName === 'MFA_SETUP' && askCode) {
    const { SecretCode, Session } = await call('AssociateSoftwareToken', { Session: answer.Session });
    const UserCode = await askCode(SecretCode);
    const verified = await call('VerifySoftwareToken', { Session, UserCode });
    answer = await respond({ ...answer, Session: verified.Session }, {});
  } else if (answer.ChallengeName === 'SOFTWARE_TOKEN_MFA' && askCode) {
    answer = await respond(answer, { SOFTWARE_TOKEN_MFA_CODE: await askCode() });
  }
  const { AuthenticationResult: tokens, ChallengeName = 'more' } = answer;
  if (tokens === undefined) throw new UserError(`Cannot sign ${username} in: it asks for ${ChallengeName}`);
  return { accessToken: tokens.AccessToken, idToken: tokens.IdToken };
}

/** What the pool answers; a refusal has a message. */
async function ask(deployment: Deployment, operation: string, input: object): Promise<Answer> {
  const response = await fetch(userPoolUrl(deployment), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const answer = Answer.parse(await response.json());
  return response.ok ? answer : { ...answer, message: answer.message ?? `status ${response.status}` };
}

function userPoolUrl(deployment: Deployment): string {
  const { endpointUrl } = deployment.address;
  if (endpointUrl !== undefined) return endpointUrl;
  const [region] = deployment.output('UserPoolId').split('_');
  return `https://cognito-idp.${region}.amazonaws.com/`;
}
