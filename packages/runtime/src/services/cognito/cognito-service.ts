import type { Clock } from '@order-workflow/states-language/clock';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Journal } from '../../store/journal.ts';
import { Compaction } from '../../store/compaction.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { MailCapture } from '../shared/ports/mails.ts';
import { poolRulesOf } from './pool-rules.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { SigningKeys, type SigningKey } from './signing-key.ts';
import { issuerClaimOf, issueTokens, verifiedToken, type IssuedTokens } from './token-issuer.ts';
import type { DemoUser, PoolRules, UserPool, UserPoolClient } from './user-pool.ts';
import { UserStore, type PoolUser } from './user-store.ts';

export interface CognitoOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly users?: readonly DemoUser[];
  readonly mails?: MailCapture;
}

/** A user, and the pool that it is in. */
export interface PoolMember {
  readonly pool: UserPool;
  readonly user: PoolUser;
}

/**
 * User pools that keep users and issue tokens as Cognito does.
 *
 * U1  Tokens carry AWS's issuer URL; where the issuer is reached is `addressOf`. No product code needs to know.
 * U2  Users, signing keys and refresh tokens are durable: tokens stay valid over restarts.
 * U3  No password, code or token is logged or stored: of passwords salted hashes, of the others digests. The secret of a
 *     software token is stored as it is, for its codes are made of it.
 * U4  With a user go, in one write, its refresh tokens and the captured mails to every address that it had. The next
 *     stop or start writes the databases anew, so that nothing of it can be read in their files either.
 */
export class CognitoService {
  readonly clock: Clock;
  readonly #journal: Journal;
  readonly #stack: StackIdentity;
  readonly #keys: SigningKeys;
  readonly #users: UserStore;
  readonly refreshTokens: RefreshTokens;
  readonly #mails: MailCapture;
  readonly #compaction: Compaction;
  readonly #pools = new Map<string, { pool: UserPool; key: SigningKey }>();

  constructor({ journal, clock, stack, users = [], mails = NO_MAILS }: CognitoOptions) {
    this.clock = clock;
    this.#mails = mails;
    this.#compaction = new Compaction(journal);
    this.#journal = journal;
    this.#stack = stack;
    this.#keys = new SigningKeys(journal);
    this.#users = new UserStore(journal, users);
    this.refreshTokens = new RefreshTokens(journal);
  }

  async declarePool(poolId: string, name: string, rules: PoolRules = poolRulesOf({})): Promise<void> {
    const key = await this.#keys.keyOf(poolId);
    const createdMs = this.clock.nowMs();
    await this.#users.bringInto(poolId, createdMs);
    const pool = { poolId, name, createdMs, rules, clients: new Map(), groups: new Set<string>() };
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

  /** @throws AwsError ResourceNotFoundException. */
  client(poolId: string, clientId: string): UserPoolClient {
    const client = this.pool(poolId).clients.get(clientId);
    if (!client) throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
    return client;
  }

  users({ poolId }: UserPool): PoolUser[] {
    return this.#users.list(poolId);
  }

  /** By name, by `sub` (API reference, AdminGetUser) or by verified address where that is an alias. */
  findUser({ poolId, rules }: UserPool, name: string): PoolUser | undefined {
    const user = this.#users.find(poolId, name);
    const isByAlias = user !== undefined && user.username !== name && user.sub !== name;
    return isByAlias && !rules.hasEmailAlias ? undefined : user;
  }

  /** @throws AwsError UserNotFoundException. */
  user(pool: UserPool, name: string): PoolUser {
    const user = this.findUser(pool, name);
    if (!user) throw new AwsError('UserNotFoundException', 'User does not exist.');
    return user;
  }

  /** Who has the address as its alias. */
  ownerOfAlias({ poolId, rules }: UserPool, email: string): PoolUser | undefined {
    const owner = rules.hasEmailAlias ? this.#users.find(poolId, email) : undefined;
    return owner?.attributes['email_verified'] === 'true' ? owner : undefined;
  }

  broughtPasswordOf(user: PoolUser): string | undefined {
    return this.#users.broughtPasswordOf(user);
  }

  /** Resolves when the user is durable as given. */
  async save({ poolId }: UserPool, user: PoolUser): Promise<PoolUser> {
    const saved = { ...user, modifiedMs: this.clock.nowMs() };
    await this.#journal.write(() => this.#users.put(poolId, saved));
    return saved;
  }

  /** Ends every session of the user. */
  async signOutEverywhere({ pool: { poolId }, user }: PoolMember): Promise<void> {
    await this.#journal.write(() => {
      this.#users.put(poolId, { ...user, signedOutAtSeconds: this.nowSeconds() });
      this.refreshTokens.removeOf(poolId, user.username);
    });
  }

  /** U4. */
  async remove({ pool: { poolId }, user }: PoolMember): Promise<void> {
    const { email } = user.attributes;
    const addresses = [...user.formerEmails, ...(email === undefined ? [] : [email])];
    await this.#journal.write(() => {
      this.#users.remove(poolId, user);
      this.refreshTokens.removeOf(poolId, user.username);
      this.#mails.forget(addresses);
      this.#compaction.demand();
    });
  }

  /** Resolves when the mail is durable. */
  async mail(to: string, subject: string, text: string): Promise<void> {
    await this.#mails.capture({ from: SENDER, to, subject, text });
  }

  issuerOf(poolId: string): string {
    return `https://cognito-idp.${this.#stack.region}.amazonaws.com/${poolId}`;
  }

  /** Where to ask for the keys of an issuer: at the runtime for its own pools, at its URL for any other. */
  addressOf(issuer: string): string {
    const poolId = issuer.split('/').at(-1) ?? '';
    return this.#pools.has(poolId) && this.issuerOf(poolId) === issuer ? this.addressOfPool(poolId) : issuer;
  }

  get endpointUrl(): string {
    return this.#stack.endpointUrl;
  }

  addressOfPool(poolId: string): string {
    return `${this.endpointUrl}/${poolId}`;
  }

  /** @throws AwsError ResourceNotFoundException. */
  jwksOf(poolId: string): { keys: readonly object[] } {
    return { keys: [this.#declared(poolId).key.publicJwk] };
  }

  /**
   * Tokens for a user, as of a sign-in at `authTimeSeconds`; now unless told.
   * @throws AwsError ResourceNotFoundException, UserNotFoundException.
   */
  async issueTokens(session: {
    readonly poolId: string;
    readonly clientId: string;
    readonly username: string;
    readonly authTimeSeconds?: number;
    readonly scopes?: readonly string[];
  }): Promise<IssuedTokens> {
    const { poolId, clientId, username, authTimeSeconds = this.nowSeconds(), scopes } = session;
    const { pool, key } = this.#declared(poolId);
    const user = this.user(pool, username);
    const client = this.client(poolId, clientId);
    return issueTokens(this.clock, { user, client, issuer: this.issuerOf(poolId), key, authTimeSeconds, scopes });
  }

  /** Whose access token it is. @throws AwsError NotAuthorizedException. */
  async memberOf(accessToken: string): Promise<PoolMember> {
    const issuer = issuerClaimOf(accessToken);
    const declared = [...this.#pools.values()].find(({ pool }) => this.issuerOf(pool.poolId) === issuer);
    if (!declared) throw new AwsError('NotAuthorizedException', 'Invalid Access Token');
    const { sub, issuedAtSeconds } = await verifiedToken(accessToken, declared.key, this.clock);
    const user = this.user(declared.pool, sub);
    if (issuedAtSeconds <= (user.signedOutAtSeconds ?? -1)) {
      throw new AwsError('NotAuthorizedException', 'Access Token has been revoked');
    }
    return { pool: declared.pool, user };
  }

  nowSeconds(): number {
    return Math.floor(this.clock.nowMs() / 1000);
  }

  #declared(poolId: string): { pool: UserPool; key: SigningKey } {
    const declared = this.#pools.get(poolId);
    if (!declared) throw new AwsError('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
    return declared;
  }
}

/** Of pools that name no sender of their own (Developer Guide, "Email settings for Amazon Cognito user pools"). */
const SENDER = 'no-reply@verificationemail.com';

const NO_MAILS: MailCapture = { capture: () => Promise.resolve(''), forget: () => undefined };
