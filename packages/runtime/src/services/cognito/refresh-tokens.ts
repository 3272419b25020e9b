import { createHash, randomBytes } from 'node:crypto';
import type { Journal } from '../../store/journal.ts';

/** What a refresh token stands for. */
export interface Session {
  readonly poolId: string;
  readonly clientId: string;
  readonly username: string;
  /** Epoch seconds of the sign-in; new tokens keep it. */
  readonly authTimeSeconds: number;
  readonly expiresAtMs: number;
  /** Of tokens from the sign-in pages. */
  readonly scopes?: readonly string[];
}

/** Refresh tokens that were given out. Only their digests are stored. */
export class RefreshTokens {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.migrate('CREATE TABLE IF NOT EXISTS refresh_token (digest TEXT PRIMARY KEY, session TEXT NOT NULL) STRICT');
  }

  /** Resolves when the token is durable. */
  async issue(session: Session): Promise<string> {
    const token = randomBytes(64).toString('base64url');
    await this.#journal.write(() => {
      this.#journal.sql('INSERT INTO refresh_token VALUES (?, ?)').run(digestOf(token), JSON.stringify(session));
    });
    return token;
  }

  find(token: string): Session | undefined {
    const row = this.#journal.sql('SELECT session FROM refresh_token WHERE digest = ?').get(digestOf(token));
    return row && (JSON.parse(String(row['session'])) as Session);
  }

  async revoke(token: string): Promise<void> {
    await this.#journal.write(() =>
      this.#journal.sql('DELETE FROM refresh_token WHERE digest = ?').run(digestOf(token)),
    );
  }

  /** All of a user. To be called inside `Journal.write`. */
  removeOf(poolId: string, username: string): void {
    this.#journal
      .sql("DELETE FROM refresh_token WHERE session ->> '$.poolId' = ? AND session ->> '$.username' = ?")
      .run(poolId, username);
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
