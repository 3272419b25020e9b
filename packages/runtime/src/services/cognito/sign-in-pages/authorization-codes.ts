import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '@order-workflow/states-language/clock';

/** What a browser brought from the page that somebody signs in for. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  /** SHA-256 of the verifier, in base64url (RFC 7636). */
  readonly codeChallenge: string | undefined;
}

/** What a code stands for. */
export interface Grant extends AuthorizationRequest {
  readonly poolId: string;
  readonly username: string;
}

/** Developer Guide, "The redirect and authorization endpoint": a code is good for five minutes. */
const CODE_MS = 5 * 60_000;

/** Codes that were given out and not used yet. In memory: after a restart one signs in again. */
export class AuthorizationCodes {
  readonly #clock: Clock;
  readonly #grants = new Map<string, Grant & { readonly expiresAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(grant: Grant): string {
    this.#forgetExpired();
    const code = randomUUID();
    this.#grants.set(code, { ...grant, expiresAtMs: this.#clock.nowMs() + CODE_MS });
    return code;
  }

  /** Ends the code, whatever becomes of it. @returns undefined for one that is unknown, used or too old. */
  use(code: string): Grant | undefined {
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    return grant !== undefined && grant.expiresAtMs > this.#clock.nowMs() ? grant : undefined;
  }

  #forgetExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const [code, { expiresAtMs }] of this.#grants) if (expiresAtMs <= nowMs) this.#grants.delete(code);
  }
}

/** Whether whoever has the code is who asked for it. */
export function isProof({ codeChallenge }: Grant, verifier: string | undefined): boolean {
  if (codeChallenge === undefined) return true;
  return verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === codeChallenge;
}
