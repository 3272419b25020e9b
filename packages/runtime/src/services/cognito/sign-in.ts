import { createHash, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../shared/aws-error.ts';
import { Challenges, type Challenge, type ChallengeName } from './challenges.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import { hashedPassword, isPassword, requireConforming } from './password.ts';
import type { IssuedTokens } from './token-issuer.ts';
import type { PoolUser } from './user-store.ts';

export type SignInTokens = IssuedTokens & { readonly refreshToken: string };

/** What a user must do before there are tokens. */
export interface Challenged {
  readonly name: ChallengeName;
  readonly session: string;
  readonly user: PoolUser;
}

/** Failed sign-ins without consequence, the longest lock, and the pause after which they are forgotten. */
const FREE_FAILURES = 5;
const MAX_LOCK_SECONDS = 15 * 60;
const FORGOTTEN_AFTER_MS = 15 * 60_000;

/** Signing in with a password, and what is asked for beside it. */
export class SignIn {
  readonly #service: CognitoService;
  readonly challenges: Challenges;

  constructor(service: CognitoService) {
    this.#service = service;
    this.challenges = new Challenges(service.clock);
  }

  /**
   * @throws AwsError NotAuthorizedException, the same for an unknown user and for a wrong password;
   *   UserNotConfirmedException.
   */
  async withPassword(clientId: string, username: string, password: string): Promise<SignInTokens | Challenged> {
    const outcome = await this.memberWith(clientId, username, password);
    return 'session' in outcome ? outcome : this.tokensOf(clientId, outcome);
  }

  /** As `withPassword`, without tokens. @throws AwsError NotAuthorizedException, UserNotConfirmedException. */
  async memberWith(clientId: string, username: string, password: string): Promise<PoolMember | Challenged> {
    const member = await this.#proven(clientId, username, password);
    if (member.user.status !== 'FORCE_CHANGE_PASSWORD') return this.#secondFactorOf(clientId, member) ?? member;
    requireTemporary(member.user, this.#service.clock.nowMs());
    return this.challenge('NEW_PASSWORD_REQUIRED', clientId, member.user);
  }

  async #proven(clientId: string, username: string, password: string): Promise<PoolMember> {
    const pool = this.#service.poolOfClient(clientId);
    const user = this.#service.findUser(pool, username);
    if (!user) {
      const { hidesUsers } = this.#service.client(pool.poolId, clientId);
      throw hidesUsers ? wrongPassword() : new AwsError('UserNotFoundException', 'User does not exist.');
    }
    const member = { pool, user };
    await this.requirePassword(member, password);
    if (!user.isEnabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    if (user.status === 'UNCONFIRMED') throw new AwsError('UserNotConfirmedException', 'User is not confirmed.');
    if (user.failedSignIns.count > 0) {
      await this.#service.save(pool, { ...user, failedSignIns: { count: 0, lastAtMs: 0 } });
    }
    return member;
  }

  /** Counts what is wrong. @throws AwsError NotAuthorizedException. */
  async requirePassword(member: PoolMember, password: string): Promise<void> {
    this.#requireUnlocked(member.user);
    if (await this.#knows(member.user, password)) return;
    await this.#countFailure(member);
    throw wrongPassword();
  }

  /** @throws AwsError NotAuthorizedException, InvalidPasswordException. */
  async withNewPassword(clientId: string, session: string, password: string): Promise<SignInTokens | Challenged> {
    const { pool, user } = this.memberIn(clientId, session, 'NEW_PASSWORD_REQUIRED');
    requireConforming(password, pool.rules.password);
    const { temporaryUntilMs: _ended, ...lasting } = user;
    const passwordHash = await hashedPassword(password);
    await this.#service.save(pool, { ...lasting, status: 'CONFIRMED', passwordHash });
    this.challenges.close(session);
    const member = { pool, user };
    return this.#secondFactorOf(clientId, member) ?? this.tokensOf(clientId, member);
  }

  /** Whose challenge waits in the session. @throws AwsError NotAuthorizedException. */
  memberIn(clientId: string, session: string, name: ChallengeName): PoolMember & { readonly challenge: Challenge } {
    const challenge = this.challenges.find(session, name);
    if (challenge.clientId !== clientId) {
      throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
    }
    const pool = this.#service.poolOfClient(clientId);
    return { pool, user: this.#service.user(pool, challenge.username), challenge };
  }

  /** @throws AwsError NotAuthorizedException. */
  async withRefreshToken(
    clientId: string,
    refreshToken: string,
  ): Promise<IssuedTokens & { readonly scopes?: readonly string[] }> {
    const session = this.#service.refreshTokens.find(refreshToken);
    if (session?.clientId !== clientId) throw new AwsError('NotAuthorizedException', 'Invalid Refresh Token');
    if (session.expiresAtMs <= this.#service.clock.nowMs()) {
      throw new AwsError('NotAuthorizedException', 'Refresh Token has expired');
    }
    const user = this.#service.findUser(this.#service.pool(session.poolId), session.username);
    if (!user?.isEnabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    const tokens = await this.#service.issueTokens(session);
    return { ...tokens, ...(session.scopes && { scopes: session.scopes }) };
  }

  /** @param scopes as they were asked for at the sign-in pages; the API has one of its own. */
  async tokensOf(
    clientId: string,
    { pool: { poolId }, user: { username } }: PoolMember,
    scopes?: readonly string[],
  ): Promise<SignInTokens> {
    const authTimeSeconds = this.#service.nowSeconds();
    const session = { poolId, clientId, username, authTimeSeconds, ...(scopes && { scopes }) };
    const tokens = await this.#service.issueTokens(session);
    const { refreshTokenSeconds } = this.#service.client(poolId, clientId);
    const expiresAtMs = this.#service.clock.nowMs() + refreshTokenSeconds * 1000;
    return { ...tokens, refreshToken: await this.#service.refreshTokens.issue({ ...session, expiresAtMs }) };
  }

  challenge(name: ChallengeName, clientId: string, user: PoolUser): Challenged {
    return { name, user, session: this.challenges.open({ name, clientId, username: user.username }) };
  }

  /** What the pool or the user wants beside the password; undefined: nothing. */
  #secondFactorOf(clientId: string, { pool: { rules }, user }: PoolMember): Challenged | undefined {
    const isSetUp = user.softwareToken !== undefined;
    if (rules.mfa === 'ON') return this.challenge(isSetUp ? 'SOFTWARE_TOKEN_MFA' : 'MFA_SETUP', clientId, user);
    const isWanted = rules.mfa === 'OPTIONAL' && user.softwareToken?.isEnabled === true;
    return isWanted ? this.challenge('SOFTWARE_TOKEN_MFA', clientId, user) : undefined;
  }

  async #knows(user: PoolUser, password: string): Promise<boolean> {
    if (user.passwordHash !== undefined) return isPassword(user.passwordHash, password);
    const brought = this.#service.broughtPasswordOf(user);
    return brought !== undefined && sameSecret(brought, password);
  }

  /**
   * After n failures a lock of 2^(n-5) seconds; what is tried meanwhile does not count (Developer Guide,
   * "Authentication flows", lockout behavior for failed sign-in attempts).
   */
  #requireUnlocked({ failedSignIns: { count, lastAtMs } }: PoolUser): void {
    if (count < FREE_FAILURES) return;
    const lockSeconds = Math.min(2 ** (count - FREE_FAILURES), MAX_LOCK_SECONDS);
    if (this.#service.clock.nowMs() < lastAtMs + lockSeconds * 1000) {
      throw new AwsError('NotAuthorizedException', 'Password attempts exceeded');
    }
  }

  async #countFailure({ pool, user }: PoolMember): Promise<void> {
    const lastAtMs = this.#service.clock.nowMs();
    // Two attempts at once must both count: what another one wrote meanwhile is read again.
    const current = this.#service.findUser(pool, user.username) ?? user;
    const isForgotten = lastAtMs - current.failedSignIns.lastAtMs >= FORGOTTEN_AFTER_MS;
    const count = isForgotten ? 1 : current.failedSignIns.count + 1;
    await this.#service.save(pool, { ...current, failedSignIns: { count, lastAtMs } });
  }
}

/** @throws AwsError NotAuthorizedException when the password of an administrator has ended. */
function requireTemporary({ temporaryUntilMs = Infinity }: PoolUser, nowMs: number): void {
  if (temporaryUntilMs > nowMs) return;
  const why = 'Temporary password has expired and must be reset by an administrator.';
  throw new AwsError('NotAuthorizedException', why);
}

function wrongPassword(): AwsError {
  return new AwsError('NotAuthorizedException', 'Incorrect username or password.');
}

function sameSecret(known: string, given: string): boolean {
  const [left, right] = [known, given].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left as Buffer, right as Buffer);
}
