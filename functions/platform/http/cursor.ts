import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ProblemError } from './problem.ts';

/** Where a listing goes on: the key of the last row that was seen. */
export type PageKey = Readonly<Record<string, unknown>>;

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Longer than any that we issue: keys are short. */
const MAX_CURSOR_CHARACTERS = 2048;

/**
 * Seals and opens cursors. A cursor is encrypted, so it shows no key of a table, and authenticated together with its
 * listing, so that one that was forged, or issued to another customer or for another filter, does not open.
 */
export class Cursors {
  readonly #key: () => Promise<Buffer>;

  /** @param secret at least 32 random characters; asked for when the first cursor is needed. */
  constructor(secret: () => Promise<string>) {
    let key: Promise<Buffer> | undefined;
    this.#key = () => {
      key ??= secret().then(keyFrom, (error: unknown) => {
        key = undefined; // the next request asks again
        throw error;
      });
      return key;
    };
  }

  /** @param listing what the cursor is good for: listing, owner and filter, e.g. `orders:alice:2026`. */
  async seal(position: PageKey, listing: string): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, await this.#key(), iv).setAAD(Buffer.from(listing));
    const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(position)), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  /** @throws ProblemError CURSOR_INVALID for a cursor that we did not issue for this listing. */
  async open(cursor: string, listing: string): Promise<PageKey> {
    const sealed = Buffer.from(cursor.slice(0, MAX_CURSOR_CHARACTERS), 'base64url');
    // Node decodes leniently: without this, one cursor would have many spellings.
    if (sealed.toString('base64url') !== cursor || sealed.length <= IV_BYTES + TAG_BYTES) throw invalid();
    const iv = sealed.subarray(0, IV_BYTES);
    const tag = sealed.subarray(-TAG_BYTES);
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv(ALGORITHM, await this.#key(), iv, options).setAAD(Buffer.from(listing));
    decipher.setAuthTag(tag);
    try {
      const text = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString()) as PageKey;
    } catch (error) {
      throw invalid(error);
    }
  }
}

function invalid(cause?: unknown): ProblemError {
  return new ProblemError('CURSOR_INVALID', { detail: 'Start again without a cursor' }, { cause });
}

function keyFrom(secret: string): Buffer {
  if (secret.length < 32) throw new Error('The cursor secret must have at least 32 characters');
  return Buffer.from(hkdfSync('sha256', secret, '', 'page cursors', 32));
}
