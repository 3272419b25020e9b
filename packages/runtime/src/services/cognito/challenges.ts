import { randomBytes } from 'node:crypto';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';

/** What a user has to do beside giving a password. */
export type ChallengeName = 'NEW_PASSWORD_REQUIRED' | 'MFA_SETUP' | 'SOFTWARE_TOKEN_MFA';

export interface Challenge {
  readonly name: ChallengeName;
  readonly clientId: string;
  readonly username: string;
  /** Of a software token that is being set up. */
  readonly secret?: string;
  /** Whether a code of that secret was given. */
  readonly isVerified?: boolean;
}

/** How long a challenge may be answered (API reference, AuthSessionValidity: 3 minutes unless set). */
const CHALLENGE_MS = 3 * 60_000;
/** AWS tells of a limit and not of its number; the sixth wrong code needs the password again. */
const MAX_WRONG_CODES = 5;

type OpenChallenge = Challenge & { readonly expiresAtMs: number; readonly wrongCodes: number };

/** Challenges that wait for their answer, by session. In memory: after a restart one signs in again. */
export class Challenges {
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenChallenge>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns its session. */
  open(challenge: Challenge): string {
    const nowMs = this.#clock.nowMs();
    for (const [session, { expiresAtMs }] of this.#open) if (expiresAtMs <= nowMs) this.#open.delete(session);
    const session = randomBytes(48).toString('base64url');
    this.#open.set(session, { ...challenge, expiresAtMs: nowMs + CHALLENGE_MS, wrongCodes: 0 });
    return session;
  }

  /** @throws AwsError NotAuthorizedException when nothing of that name waits in the session. */
  find(session: string, name: ChallengeName): Challenge {
    const challenge = this.#open.get(session);
    if (challenge?.name === name && challenge.expiresAtMs > this.#clock.nowMs()) return challenge;
    throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
  }

  /** What waits in the session, if anything does. */
  peek(session: string): Challenge | undefined {
    return this.#open.get(session);
  }

  /** Counts a wrong code: after five of them the session has ended. */
  countWrongCode(session: string): void {
    const challenge = this.#open.get(session);
    if (!challenge) return;
    const wrongCodes = challenge.wrongCodes + 1;
    if (wrongCodes >= MAX_WRONG_CODES) this.#open.delete(session);
    else this.#open.set(session, { ...challenge, wrongCodes });
  }

  close(session: string): void {
    this.#open.delete(session);
  }
}
