import type { CognitoService } from '../cognito-service.ts';
import type { AuthorizationRequest } from './authorization-codes.ts';

/** Where a browser is sent that asks for what there is not. */
export class AuthorizationRefused extends Error {
  override readonly name = 'AuthorizationRefused';
  readonly location: string;

  constructor(location: string) {
    super(location);
    this.location = location;
  }
}

/**
 * Reads what a browser brings to /oauth2/authorize (Developer Guide, "The redirect and authorization endpoint"). While
 * the address to come back to is not known to be the client's, nobody is sent there.
 * @throws AuthorizationRefused
 */
export function authorizationRequestOf(service: CognitoService, query: URLSearchParams): AuthorizationRequest {
  const clientId = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  const pool = service.pools().find(({ clients }) => clients.has(clientId));
  const client = pool?.clients.get(clientId);
  if (client === undefined) throw new AuthorizationRefused('/error?error=invalid_request');
  const { flows, scopes: allowed, callbackUrls } = client.oauth;
  if (!callbackUrls.includes(redirectUri)) {
    throw new AuthorizationRefused(`/error?error=redirect_mismatch&client_id=${encodeURIComponent(clientId)}`);
  }
  const state = query.get('state') ?? undefined;
  const refuse = (error: string): never => {
    const told = new URLSearchParams({ error, ...(state !== undefined && { state }) });
    throw new AuthorizationRefused(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${told.toString()}`);
  };
  const responseType = query.get('response_type');
  if (responseType !== 'code' && responseType !== 'token') refuse('invalid_request');
  if (responseType !== 'code' || !flows.includes('code')) refuse('unauthorized_client');
  const codeChallenge = query.get('code_challenge') ?? undefined;
  const method = query.get('code_challenge_method') ?? undefined;
  if ((codeChallenge === undefined) !== (method === undefined)) refuse('invalid_request');
  if (method !== undefined && method !== 'S256') refuse('invalid_request');
  const asked = query.get('scope')?.split(' ').filter(Boolean) ?? allowed;
  if (asked.some((scope) => !allowed.includes(scope))) refuse('invalid_scope');
  return { clientId, redirectUri, scopes: asked, state, codeChallenge };
}
