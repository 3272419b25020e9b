import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../shared/aws-error.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import { hashedPassword, isPassword, requireConforming } from './password.ts';
import type { IssuedTokens } from './token-issuer.ts';
import type { PoolUser } from './user-store.ts';

export type SignInTokens = IssuedTokens & { readonly refreshToken: string };

/** A user who must choose a password before there are tokens. */
export interface NewPasswordNeeded {
  readonly session: string;
  readonly user: PoolUser;
}

/** How long a challenge may be answered (API reference, AuthSessionValidity: 3 minutes unless set). */
const CHALLENGE_MS = 3 * 60_000;
/** Failed sign-ins without consequence, the longest lock, and the pause after which they are forgotten. */
const FREE_FAILURES = 5;
const MAX_LOCK_SECONDS = 15 * 60;
const FORGOTTEN_AFTER_MS = 15 * 60_000;

interface Challenge {
  readonly clientId: string;
  readonly username: string;
  readonly expiresAtMs: number;
}

/** Signing in with a password. Sessions of a challenge are in memory: after a restart one signs in again. */
export class SignIn {
  readonly #service: CognitoService;
  readonly #challenges = new Map<string, Challenge>();

  constructor(service: CognitoService) {
    this.#service = service;
  }

  /**
   * @throws AwsError NotAuthorizedException, the same for an unknown user and for a wrong password;
   *   UserNotConfirmedException.
   */
  async withPassword(clientId: string, username: string, password: string): Promise<SignInTokens | NewPasswordNeeded> {
    const member = await this.#proven(clientId, username, password);
    return member.user.status === 'FORCE_CHANGE_PASSWORD'
      ? this.#challenge(clientId, member.user)
      : this.tokensOf(clientId, member);
  }

  /** As `withPassword`, without tokens. @throws AwsError NotAuthorizedException, UserNotConfirmedException. */
  async memberWith(clientId: string, username: string, password: string): Promise<PoolMember> {
    const member = await this.#proven(clientId, username, password);
    if (member.user.status !== 'FORCE_CHANGE_PASSWORD') return member;
    // Cognito's pages ask for a new one; here the API does.
    throw new AwsError('NotAuthorizedException', 'Choose a new password first, with InitiateAuth.');
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
  async withNewPassword(clientId: string, session: string, password: string): Promise<SignInTokens> {
    const challenge = this.#challenges.get(session);
    if (challenge?.clientId !== clientId || challenge.expiresAtMs <= this.#service.clock.nowMs()) {
      throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
    }
    const pool = this.#service.poolOfClient(clientId);
    const user = this.#service.user(pool, challenge.username);
    requireConforming(password, pool.rules.password);
    const { temporaryUntilMs: _ended, ...lasting } = user;
    const passwordHash = await hashedPassword(password);
    await this.#service.save(pool, { ...lasting, status: 'CONFIRMED', passwordHash });
    this.#challenges.delete(session);
    return this.tokensOf(clientId, { pool, user });
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

  #challenge(clientId: string, user: PoolUser): NewPasswordNeeded {
    const nowMs = this.#service.clock.nowMs();
    if ((user.temporaryUntilMs ?? Infinity) <= nowMs) {
      const why = 'Temporary password has expired and must be reset by an administrator.';
      throw new AwsError('NotAuthorizedException', why);
    }
    for (const [session, { expiresAtMs }] of this.#challenges)
      if (expiresAtMs <= nowMs) this.#challenges.delete(session);
    const session = randomBytes(48).toString('base64url');
    this.#challenges.set(session, { clientId, username: user.username, expiresAtMs: nowMs + CHALLENGE_MS });
    return { session, user };
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

function wrongPassword(): AwsError {
  return new AwsError('NotAuthorizedException', 'Incorrect username or password.');
}

function sameSecret(known: string, given: string): boolean {
  const [left, right] = [known, given].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left as Buffer, right as Buffer);
}
