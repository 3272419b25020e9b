/** Tokens live in this object and nowhere else: a reload forgets them. */
export interface Session {
  readonly username: string;
  readonly groups: readonly string[];
  /** Undefined until a known user is signed in. */
  readonly accessToken?: string;
}

/** A session that can be renewed; the token for it is in memory, as the others are. */
export interface RenewableSession extends Session {
  readonly refreshToken: string | undefined;
}

interface Claims {
  readonly username?: string;
  readonly 'cognito:groups'?: readonly string[];
}

/** Only to choose what is shown: the API checks the signature and decides what is allowed. */
export function sessionOfToken(accessToken: string): Session {
  const payload = (accessToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as Claims;
  return { accessToken, username: claims.username ?? 'signed in', groups: claims['cognito:groups'] ?? [] };
}
