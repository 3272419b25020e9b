import { createPrivateKey, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Journal } from '../../store/journal.ts';

/** RS256 key of a user pool. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** As it stands in the JWKS. */
  readonly publicJwk: Readonly<Record<string, string>>;
}

/** The keys of all pools, the same over restarts: a token stays valid as long as it says. */
export class SigningKeys {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.migrate(
      'CREATE TABLE IF NOT EXISTS user_pool_key (pool_id TEXT PRIMARY KEY, kid TEXT NOT NULL, pem TEXT NOT NULL) STRICT',
    );
  }

  /** The pool's key; made and stored at the first call. */
  async keyOf(poolId: string): Promise<SigningKey> {
    const row = this.#journal.sql('SELECT kid, pem FROM user_pool_key WHERE pool_id = ?').get(poolId);
    if (row) return signingKey(String(row['kid']), createPrivateKey(String(row['pem'])));
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const kid = randomUUID();
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await this.#journal.write(() => {
      this.#journal.sql('INSERT INTO user_pool_key VALUES (?, ?, ?)').run(poolId, kid, String(pem));
    });
    return signingKey(kid, privateKey);
  }
}

function signingKey(kid: string, privateKey: KeyObject): SigningKey {
  const { n = '', e = '' } = privateKey.export({ format: 'jwk' });
  return { kid, privateKey, publicJwk: { alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' } };
}
