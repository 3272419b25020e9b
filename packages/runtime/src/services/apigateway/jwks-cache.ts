import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '@order-workflow/states-language/clock';

/** How API Gateway learns an issuer's public keys. */
export interface IssuerKeys {
  /** The issuer's key set; with `refresh`, newer than what was answered before if the issuer may be asked again. */
  keysOf(issuer: string, options?: { refresh: boolean }): Promise<JWTVerifyGetKey>;
}

/** The issuer cannot be reached or does not answer as OpenID Connect discovery asks. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

interface CachedKeys {
  readonly keys: JWTVerifyGetKey;
  readonly fetchedMs: number;
}

/** "API Gateway can cache the public key for two hours." */
const LIFETIME_MS = 2 * 60 * 60 * 1000;
/** A flood of tokens with unknown key ids must not become a flood on the issuer. */
const SHORTEST_REFRESH_MS = 30_000;
/** Quotas "Timeout for OpenID Connect discovery endpoint", "… JSON Web Key Set endpoint" and its response size. */
const FETCH_TIMEOUT_MS = 1_500;
const MAX_KEY_SET_BYTES = 150_000;

/** Finds key sets by OpenID Connect discovery below the issuer's address and keeps them. */
export class JwksCache implements IssuerKeys {
  readonly #clock: Clock;
  readonly #addressOf: (issuer: string) => string;
  readonly #cached = new Map<string, CachedKeys>();
  readonly #fetching = new Map<string, Promise<CachedKeys>>();

  /** @param addressOf where an issuer is reached; for a local user pool not the URL that its tokens carry. */
  constructor(clock: Clock, addressOf: (issuer: string) => string = (issuer) => issuer) {
    this.#clock = clock;
    this.#addressOf = addressOf;
  }

  /** @throws IssuerUnavailable when no key set is known and the issuer does not give one. */
  async keysOf(issuer: string, options = { refresh: false }): Promise<JWTVerifyGetKey> {
    const cached = this.#cached.get(issuer);
    const ageMs = cached ? this.#clock.nowMs() - cached.fetchedMs : Infinity;
    const oldEnough = ageMs >= (options.refresh ? SHORTEST_REFRESH_MS : LIFETIME_MS);
    if (cached && !oldEnough) return cached.keys;
    return (await this.#fetchOnce(issuer)).keys;
  }

  #fetchOnce(issuer: string): Promise<CachedKeys> {
    const running = this.#fetching.get(issuer);
    if (running) return running;
    const fetching = this.#fetch(issuer).finally(() => this.#fetching.delete(issuer));
    this.#fetching.set(issuer, fetching);
    return fetching;
  }

  async #fetch(issuer: string): Promise<CachedKeys> {
    const address = this.#addressOf(issuer).replace(/\/$/, '');
    const discovery = await fetchJson(`${address}/.well-known/openid-configuration`);
    const jwksUri = discovery['jwks_uri'];
    if (typeof jwksUri !== 'string') throw new IssuerUnavailable(`The issuer ${issuer} names no jwks_uri.`);
    const keySet = await fetchJson(jwksUri);
    const cached = { keys: localKeySet(issuer, keySet), fetchedMs: this.#clock.nowMs() };
    this.#cached.set(issuer, cached);
    return cached;
  }
}

function localKeySet(issuer: string, keySet: Record<string, unknown>): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(keySet as unknown as JSONWebKeySet);
  } catch (error) {
    throw new IssuerUnavailable(`The issuer ${issuer} gives a malformed key set.`, { cause: error });
  }
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), redirect: 'error' });
    const text = await response.text();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    if (text.length > MAX_KEY_SET_BYTES) throw new Error(`its answer is larger than ${MAX_KEY_SET_BYTES} bytes`);
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new IssuerUnavailable(`${url} could not be read: ${(error as Error).message}`, { cause: error });
  }
}
