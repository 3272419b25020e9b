import type { PkceClient } from './config.ts';
import { sessionOfToken, type RenewableSession } from './session-tokens.ts';

/** Survives the way to the sign-in page and back, in this tab only. It is worth nothing once the code is used. */
const VERIFIER = 'pkce-verifier';
const STATE = 'pkce-state';
const WANTED = 'pkce-wanted-place';

export type PkceSession = RenewableSession;

/** Leads the browser to the user pool's sign-in page (RFC 7636; Cognito's /oauth2/authorize). */
export async function beginPkce({ signInUrl, clientId }: PkceClient): Promise<void> {
  const verifier = randomText();
  // Names the client, so that whoever comes back is signed in as what they left for.
  const state = `${clientId}.${randomText()}`;
  sessionStorage.setItem(VERIFIER, verifier);
  sessionStorage.setItem(STATE, state);
  sessionStorage.setItem(WANTED, location.hash);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: pageUrl(),
    scope: 'openid profile',
    state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(`${signInUrl}/oauth2/authorize?${query}`);
}

/** Whether the sign-in page led here, with whatever came of it. */
export function isBackFromSignIn(): boolean {
  const query = new URLSearchParams(location.search);
  return query.has('code') || query.has('error');
}

/**
 * Takes the code from the address, where the sign-in page left it.
 * @returns undefined when there is none, or none that this tab asked for.
 */
export async function finishPkce(
  clients: readonly PkceClient[],
): Promise<{ readonly client: PkceClient; readonly session: PkceSession } | undefined> {
  if (!isBackFromSignIn()) return undefined;
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  const [verifier, state, wanted] = [VERIFIER, STATE, WANTED].map((name) => sessionStorage.getItem(name) ?? '');
  for (const name of [VERIFIER, STATE, WANTED]) sessionStorage.removeItem(name);
  history.replaceState(null, '', pageUrl() + wanted);
  const client = clients.find(({ clientId }) => state?.startsWith(`${clientId}.`));
  // Somebody else's code would sign this person in as that one.
  if (code === null || client === undefined || query.get('state') !== state) return undefined;
  const session = await tokensFor(client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: pageUrl(),
    code_verifier: verifier ?? '',
  });
  return session && { client, session };
}

/** @returns undefined when the session is over, and somebody must sign in again. */
export function renewPkce(client: PkceClient, { refreshToken }: PkceSession): Promise<PkceSession | undefined> {
  if (refreshToken === undefined) return Promise.resolve(undefined);
  return tokensFor(client, { grant_type: 'refresh_token', refresh_token: refreshToken }, refreshToken);
}

/** Ends the session at the sign-in page too: otherwise the next one who comes is signed in without a word. */
export function endPkce({ signInUrl, clientId }: PkceClient): void {
  location.assign(`${signInUrl}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: pageUrl() })}`);
}

interface TokenAnswer {
  readonly access_token: string;
  /** Absent where a session was renewed: it keeps the one that it has. */
  readonly refresh_token?: string;
}

/** The pool's token endpoint, which lies below the page's own address. @throws Error when nothing answers there. */
async function tokensFor(
  { clientId, tokenPath }: PkceClient,
  grant: Readonly<Record<string, string>>,
  refreshToken?: string,
): Promise<PkceSession | undefined> {
  const response = await fetch(tokenPath, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: clientId, ...grant }),
  });
  // 400 says that the code or the session is used up; what is the pool's own fault may pass.
  if (response.status === 400) return undefined;
  if (!response.ok) throw new TypeError(`network: the sign-in answered ${response.status}`);
  return sessionOf((await response.json()) as TokenAnswer, refreshToken);
}

function sessionOf({ access_token: accessToken, refresh_token: given }: TokenAnswer, kept?: string): PkceSession {
  return { ...sessionOfToken(accessToken), refreshToken: given ?? kept };
}

function pageUrl(): string {
  return location.origin + location.pathname;
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
