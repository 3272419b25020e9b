import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { SignJWT } from 'jose';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { SigningKeys, type SigningKey } from './signing-key.ts';
import type { DemoUser, UserPool, UserPoolClient } from './user-pool.ts';

export interface CognitoOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly users?: readonly DemoUser[];
}

export interface IssuedTokens {
  readonly idToken: string;
  readonly accessToken: string;
  /** Lifetime of the access token in seconds. */
  readonly expiresIn: number;
}

/** The scope of access tokens that come from signing in through the API. */
const SIGN_IN_SCOPE = 'aws.cognito.signin.user.admin';

/**
 * User pools that issue tokens as Cognito does.
 *
 * U1  Tokens carry AWS's issuer URL; where the issuer is reached is `addressOf`. No product code needs to know.
 * U2  Signing keys and refresh tokens are durable: tokens stay valid over restarts.
 * U3  No password and no token is logged or stored; of refresh tokens only digests.
 */
export class CognitoService {
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #keys: SigningKeys;
  readonly #refreshTokens: RefreshTokens;
  readonly #users: ReadonlyMap<string, DemoUser>;
  readonly #pools = new Map<string, { pool: UserPool; key: SigningKey }>();

  constructor(options: CognitoOptions) {
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#keys = new SigningKeys(options.journal);
    this.#refreshTokens = new RefreshTokens(options.journal);
    this.#users = new Map((options.users ?? []).map((user) => [user.username, user]));
  }

  async declarePool(poolId: string, name: string): Promise<void> {
    const key = await this.#keys.keyOf(poolId);
    const pool = { poolId, name, createdMs: this.#clock.nowMs(), clients: new Map(), groups: new Set<string>() };
    this.#pools.set(poolId, { pool, key });
  }

  /** @throws AwsError ResourceNotFoundException. */
  pool(poolId: string): UserPool {
    return this.#declared(poolId).pool;
  }

  pools(): UserPool[] {
    return [...this.#pools.values()].map(({ pool }) => pool);
  }

  /** @throws AwsError ResourceNotFoundException. */
  poolOfClient(clientId: string): UserPool {
    const pool = this.pools().find(({ clients }) => clients.has(clientId));
    if (!pool) throw new AwsError('ResourceNotFoundException', 'User pool client does not exist.');
    return pool;
  }

  users(): DemoUser[] {
    return [...this.#users.values()];
  }

  /** @throws AwsError UserNotFoundException. */
  user(username: string): DemoUser {
    // A sub finds a local user too (API reference, AdminGetUser).
    const user = this.#users.get(username) ?? [...this.#users.values()].find(({ sub }) => sub === username);
    if (!user) throw new AwsError('UserNotFoundException', 'User does not exist.');
    return user;
  }

  issuerOf(poolId: string): string {
    return `https://cognito-idp.${this.#stack.region}.amazonaws.com/${poolId}`;
  }

  /** Where to ask for the keys of an issuer: at the runtime for its own pools, at its URL for any other. */
  addressOf(issuer: string): string {
    const poolId = issuer.split('/').at(-1) ?? '';
    return this.#pools.has(poolId) && this.issuerOf(poolId) === issuer ? this.addressOfPool(poolId) : issuer;
  }

  addressOfPool(poolId: string): string {
    return `${this.#stack.endpointUrl}/${poolId}`;
  }

  /** @throws AwsError ResourceNotFoundException. */
  jwksOf(poolId: string): { keys: readonly object[] } {
    return { keys: [this.#declared(poolId).key.publicJwk] };
  }

  /**
   * Tokens for a user without a sign-in: for tools and tests on this machine.
   * @throws AwsError ResourceNotFoundException, UserNotFoundException.
   */
  issueTokens(request: { poolId: string; clientId: string; username: string }): Promise<IssuedTokens> {
    return this.#issue({ ...request, authTimeSeconds: this.#nowSeconds() });
  }

  /** @throws AwsError NotAuthorizedException, the same for an unknown user and for a wrong password. */
  async signIn(clientId: string, username: string, password: string): Promise<IssuedTokens & { refreshToken: string }> {
    const { poolId } = this.poolOfClient(clientId);
    const known = this.#users.get(username)?.password;
    if (known === undefined || !sameSecret(known, password)) {
      throw new AwsError('NotAuthorizedException', 'Incorrect username or password.');
    }
    const session = { poolId, clientId, username, authTimeSeconds: this.#nowSeconds() };
    const { refreshTokenSeconds } = this.#client(poolId, clientId);
    const tokens = await this.#issue(session);
    const expiresAtMs = this.#clock.nowMs() + refreshTokenSeconds * 1000;
    return { ...tokens, refreshToken: await this.#refreshTokens.issue({ ...session, expiresAtMs }) };
  }

  /** @throws AwsError NotAuthorizedException. */
  async refresh(clientId: string, refreshToken: string): Promise<IssuedTokens> {
    const session = this.#refreshTokens.find(refreshToken);
    if (!session || session.clientId !== clientId)
      throw new AwsError('NotAuthorizedException', 'Invalid Refresh Token');
    if (session.expiresAtMs <= this.#clock.nowMs())
      throw new AwsError('NotAuthorizedException', 'Refresh Token has expired');
    return this.#issue(session);
  }

  async #issue(session: {
    poolId: string;
    clientId: string;
    username: string;
    authTimeSeconds: number;
  }): Promise<IssuedTokens> {
    const user = this.user(session.username);
    const client = this.#client(session.poolId, session.clientId);
    const shared = {
      sub: user.sub,
      ...(user.groups.length > 0 && { 'cognito:groups': user.groups }),
      iss: this.issuerOf(session.poolId),
      origin_jti: randomUUID(),
      event_id: randomUUID(),
      auth_time: session.authTimeSeconds,
    };
    const access = {
      ...shared,
      client_id: client.clientId,
      token_use: 'access',
      scope: SIGN_IN_SCOPE,
      username: user.username,
    };
    const id = {
      ...shared,
      aud: client.clientId,
      token_use: 'id',
      'cognito:username': user.username,
      ...(user.email !== undefined && { email: user.email, email_verified: true }),
    };
    const [accessToken, idToken] = await Promise.all([
      this.#sign(session.poolId, access, client.accessTokenSeconds),
      this.#sign(session.poolId, id, client.idTokenSeconds),
    ]);
    return { idToken, accessToken, expiresIn: client.accessTokenSeconds };
  }

  #sign(poolId: string, claims: object, lifetimeSeconds: number): Promise<string> {
    const { key } = this.#declared(poolId);
    const iat = this.#nowSeconds();
    return new SignJWT({ ...claims, iat, exp: iat + lifetimeSeconds, jti: randomUUID() })
      .setProtectedHeader({ kid: key.kid, alg: 'RS256' })
      .sign(key.privateKey);
  }

  #declared(poolId: string): { pool: UserPool; key: SigningKey } {
    const declared = this.#pools.get(poolId);
    if (!declared) throw new AwsError('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
    return declared;
  }

  #client(poolId: string, clientId: string): UserPoolClient {
    const client = this.pool(poolId).clients.get(clientId);
    if (!client) throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
    return client;
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.nowMs() / 1000);
  }
}

function sameSecret(known: string, given: string): boolean {
  const [left, right] = [known, given].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left as Buffer, right as Buffer);
}
