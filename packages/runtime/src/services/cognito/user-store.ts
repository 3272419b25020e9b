import type { Journal } from '../../store/journal.ts';
import type { DemoUser } from './user-pool.ts';

export type UserStatus = 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD';

/** A code that was mailed to somebody. It is kept as a digest. */
export interface SentCode {
  readonly digest: string;
  readonly expiresAtMs: number;
  readonly failures: number;
}

/** What a code may be good for. */
export type CodePurpose = 'signUp' | 'email' | 'password';

export interface SoftwareToken {
  /** In Base32. In clear text: codes are made of it. */
  readonly secret: string;
  /** Whether sign-ins ask for it where the pool leaves that to its users. */
  readonly isEnabled: boolean;
  /** The step of time whose code was given last: none is good twice. */
  readonly lastStep: number;
}

/** A user of one pool. */
export interface PoolUser {
  readonly username: string;
  readonly sub: string;
  readonly status: UserStatus;
  readonly isEnabled: boolean;
  readonly groups: readonly string[];
  /** Standard attributes but `sub`; `email_verified` is text, as everywhere in Cognito. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent: the password that the user was brought along with, if any. */
  readonly passwordHash?: string;
  /** When an administrator's password ends. */
  readonly temporaryUntilMs?: number;
  readonly codes: Readonly<Partial<Record<CodePurpose, SentCode>>>;
  /** When codes were sent within the last hour. */
  readonly codesSentAtMs: readonly number[];
  readonly failedSignIns: { readonly count: number; readonly lastAtMs: number };
  /** Access tokens of before do not speak for the user any more. */
  readonly signedOutAtSeconds?: number;
  /** The second factor, once a code of it was given. */
  readonly softwareToken?: SoftwareToken;
  /** The secret of one that is being set up by somebody who is signed in. */
  readonly offeredSecret?: string;
  /** Addresses that the user had: their mails go with the user. */
  readonly formerEmails: readonly string[];
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/**
 * The users of all pools, in the journal.
 *
 * A1  A user that is brought along is written once. Deleted, it stays away, although it is brought along again.
 * A2  A user that is not brought along any more is not there, as if it never had been.
 */
export class UserStore {
  readonly #journal: Journal;
  readonly #brought: ReadonlyMap<string, DemoUser>;

  constructor(journal: Journal, brought: readonly DemoUser[]) {
    this.#journal = journal;
    this.#brought = new Map(brought.map((user) => [user.username, user]));
    journal.migrate(`
      CREATE TABLE IF NOT EXISTS pool_user (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, sub TEXT NOT NULL, verified_email TEXT,
        is_brought INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (pool_id, username)) STRICT;
      CREATE INDEX IF NOT EXISTS pool_user_sub ON pool_user (pool_id, sub);
      CREATE INDEX IF NOT EXISTS pool_user_email ON pool_user (pool_id, verified_email);
      CREATE TABLE IF NOT EXISTS brought_user_deleted (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, PRIMARY KEY (pool_id, username)) STRICT`);
  }

  /** Writes those that were brought along into a pool (A1). */
  async bringInto(poolId: string, nowMs: number): Promise<void> {
    const known = this.#journal.sql(`
      SELECT username FROM pool_user WHERE pool_id = ? AND is_brought = 1
      UNION SELECT username FROM brought_user_deleted WHERE pool_id = ?`);
    const names = new Set(known.all(poolId, poolId).map(({ username }) => String(username)));
    const missing = [...this.#brought.values()].filter(({ username }) => !names.has(username));
    if (missing.length > 0) {
      await this.#journal.write(() => missing.forEach((user) => this.#put(poolId, asPoolUser(user, nowMs), true)));
    }
  }

  /** By name, by `sub`, or by verified address. Undefined also for one that is not brought along any more (A2). */
  find(poolId: string, name: string): PoolUser | undefined {
    const row = this.#journal
      .sql(
        `SELECT username, is_brought, content FROM pool_user
         WHERE pool_id = ?1 AND (username = ?2 OR sub = ?2 OR verified_email = lower(?2)) ORDER BY username = ?2 DESC`,
      )
      .all(poolId, name)
      .find((found) => this.#isThere(found));
    return row && userIn(row);
  }

  /** Oldest first. */
  list(poolId: string): PoolUser[] {
    const rows = this.#journal.sql(
      'SELECT username, is_brought, content FROM pool_user WHERE pool_id = ? ORDER BY rowid',
    );
    return rows.all(poolId).flatMap((row) => (this.#isThere(row) ? [userIn(row)] : []));
  }

  /** The password that the user was brought along with, until it chooses another one. */
  broughtPasswordOf({ username, passwordHash }: PoolUser): string | undefined {
    return passwordHash === undefined ? this.#brought.get(username)?.password : undefined;
  }

  /** To be called inside `Journal.write`. */
  put(poolId: string, user: PoolUser): void {
    this.#put(poolId, user, this.#isBrought(poolId, user.username));
  }

  /** To be called inside `Journal.write`. */
  remove(poolId: string, { username }: PoolUser): void {
    if (this.#isBrought(poolId, username)) {
      this.#journal.sql('INSERT OR IGNORE INTO brought_user_deleted VALUES (?, ?)').run(poolId, username);
    }
    this.#journal.sql('DELETE FROM pool_user WHERE pool_id = ? AND username = ?').run(poolId, username);
  }

  #put(poolId: string, user: PoolUser, isBrought: boolean): void {
    const { email, email_verified: verified } = user.attributes;
    const verifiedEmail = verified === 'true' ? (email?.toLowerCase() ?? null) : null;
    this.#journal
      .sql(
        `INSERT INTO pool_user VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET sub = excluded.sub, verified_email = excluded.verified_email, content = excluded.content`,
      )
      .run(poolId, user.username, user.sub, verifiedEmail, isBrought ? 1 : 0, JSON.stringify(user));
  }

  #isBrought(poolId: string, username: string): boolean {
    const row = this.#journal.sql('SELECT is_brought FROM pool_user WHERE pool_id = ? AND username = ?');
    return row.get(poolId, username)?.['is_brought'] === 1;
  }

  #isThere(row: Readonly<Record<string, unknown>>): boolean {
    return row['is_brought'] === 0 || this.#brought.has(String(row['username']));
  }
}

/** A user without a history. */
export function newUser(user: Pick<PoolUser, 'username' | 'sub' | 'status' | 'attributes'>, nowMs: number): PoolUser {
  return {
    ...user,
    isEnabled: true,
    groups: [],
    codes: {},
    codesSentAtMs: [],
    failedSignIns: { count: 0, lastAtMs: 0 },
    formerEmails: [],
    createdMs: nowMs,
    modifiedMs: nowMs,
  };
}

function asPoolUser({ username, sub, groups, email }: DemoUser, nowMs: number): PoolUser {
  const attributes: Record<string, string> = email === undefined ? {} : { email, email_verified: 'true' };
  return { ...newUser({ username, sub, status: 'CONFIRMED', attributes }, nowMs), groups };
}

function userIn(row: Readonly<Record<string, unknown>>): PoolUser {
  return JSON.parse(String(row['content'])) as PoolUser;
}
