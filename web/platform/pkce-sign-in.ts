import type { PkceSignIn } from './config.ts';
import type { Session } from './session-tokens.ts';

/** Survives the way to the sign-in page and back, in this tab only. It is worth nothing once the code is used. */
const VERIFIER = 'pkce-verifier';
const STATE = 'pkce-state';
const WANTED = 'pkce-wanted-place';

/** Leads the browser to the user pool's sign-in page (RFC 7636; Cognito's /oauth2/authorize). */
export async function beginPkce({ domainUrl, clientId }: PkceSignIn): Promise<void> {
  const verifier = randomText();
  const state = randomText();
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
  location.assign(`${domainUrl}/oauth2/authorize?${query}`);
}

/** Takes the code from the address, where the sign-in page left it. @returns undefined when there is none. */
export async function finishPkce({ domainUrl, clientId }: PkceSignIn): Promise<Session | undefined> {
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  if (code === null) return undefined;
  const [verifier, state, wanted] = [VERIFIER, STATE, WANTED].map((name) => sessionStorage.getItem(name) ?? '');
  for (const name of [VERIFIER, STATE, WANTED]) sessionStorage.removeItem(name);
  history.replaceState(null, '', pageUrl() + wanted);
  // Somebody else's code would sign this person in as that one.
  if (verifier === undefined || query.get('state') !== state) return undefined;
  const response = await fetch(`${domainUrl}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: pageUrl(),
      code_verifier: verifier,
    }),
  });
  if (!response.ok) return undefined;
  return sessionOf((await response.json()) as { access_token: string });
}

interface Claims {
  readonly username?: string;
  readonly 'cognito:groups'?: readonly string[];
}

/** Only to choose what is shown: the API checks the signature and decides what is allowed. */
function sessionOf({ access_token: accessToken }: { readonly access_token: string }): Session {
  const payload = (accessToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), toByte))) as Claims;
  return { accessToken, username: claims.username ?? 'signed in', groups: claims['cognito:groups'] ?? [] };
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

function toByte(character: string): number {
  return character.charCodeAt(0);
}
