import { randomUUID } from 'node:crypto';
import type { Clock } from '@order-workflow/states-language/clock';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { AwsError } from '../shared/aws-error.ts';
import type { SigningKey } from './signing-key.ts';
import type { UserPoolClient } from './user-pool.ts';
import type { PoolUser } from './user-store.ts';

export interface IssuedTokens {
  readonly idToken: string;
  readonly accessToken: string;
  /** Lifetime of the access token in seconds. */
  readonly expiresIn: number;
}

/** Who signed in where, and when. */
export interface SignedIn {
  readonly user: PoolUser;
  readonly client: UserPoolClient;
  readonly issuer: string;
  readonly key: SigningKey;
  readonly authTimeSeconds: number;
  /** As the sign-in pages were asked for; undefined: of the API. */
  readonly scopes?: readonly string[] | undefined;
}

/** The scope of access tokens that come from signing in through the API. */
const SIGN_IN_SCOPE = 'aws.cognito.signin.user.admin';

/** Tokens with the claims that Cognito gives. */
export async function issueTokens(clock: Clock, signedIn: SignedIn): Promise<IssuedTokens> {
  const { user, client, issuer, key, authTimeSeconds, scopes = [SIGN_IN_SCOPE] } = signedIn;
  const { email, email_verified: verified } = user.attributes;
  const shared = {
    sub: user.sub,
    ...(user.groups.length > 0 && { 'cognito:groups': user.groups }),
    iss: issuer,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    auth_time: authTimeSeconds,
  };
  const access = {
    ...shared,
    client_id: client.clientId,
    token_use: 'access',
    scope: scopes.join(' '),
    username: user.username,
  };
  const id = {
    ...shared,
    aud: client.clientId,
    token_use: 'id',
    'cognito:username': user.username,
    ...(email !== undefined && { email, email_verified: verified === 'true' }),
  };
  const sign = (claims: object, lifetimeSeconds: number): Promise<string> => {
    const iat = Math.floor(clock.nowMs() / 1000);
    return new SignJWT({ ...claims, iat, exp: iat + lifetimeSeconds, jti: randomUUID() })
      .setProtectedHeader({ kid: key.kid, alg: 'RS256' })
      .sign(key.privateKey);
  };
  const [accessToken, idToken] = await Promise.all([
    sign(access, client.accessTokenSeconds),
    sign(id, client.idTokenSeconds),
  ]);
  return { idToken, accessToken, expiresIn: client.accessTokenSeconds };
}

/** What an access token says of itself, unchecked. @throws AwsError NotAuthorizedException for no token at all. */
export function issuerClaimOf(accessToken: string): string {
  try {
    return decodeJwt(accessToken).iss ?? '';
  } catch {
    throw new AwsError('NotAuthorizedException', 'Could not verify signature for Access Token');
  }
}

/** Whose access token it is. @throws AwsError NotAuthorizedException. */
export async function verifiedToken(
  accessToken: string,
  { publicJwk }: SigningKey,
  clock: Clock,
): Promise<{ readonly sub: string; readonly issuedAtSeconds: number }> {
  const { payload } = await jwtVerify(accessToken, publicJwk, { currentDate: new Date(clock.nowMs()) }).catch(
    (error: Error) => {
      const isExpired = (error as { code?: string }).code === 'ERR_JWT_EXPIRED';
      const why = isExpired ? 'Access Token has expired' : 'Could not verify signature for Access Token';
      throw new AwsError('NotAuthorizedException', why);
    },
  );
  if (payload['token_use'] !== 'access') throw new AwsError('NotAuthorizedException', 'Invalid Access Token');
  return { sub: payload.sub ?? '', issuedAtSeconds: payload.iat ?? 0 };
}
