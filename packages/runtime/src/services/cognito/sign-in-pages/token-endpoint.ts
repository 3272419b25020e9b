import type { RestRequest, RestResponse } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { jsonResponse } from '../../shared/rest-routes.ts';
import type { CognitoService } from '../cognito-service.ts';
import type { SignIn } from '../sign-in.ts';
import type { UserPoolClient } from '../user-pool.ts';
import { type AuthorizationCodes, isProof } from './authorization-codes.ts';

type TokenFault =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type';

class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly fault: TokenFault;

  constructor(fault: TokenFault) {
    super(fault);
    this.fault = fault;
  }
}

/**
 * POST /oauth2/token (Developer Guide, "The token issuer endpoint"). Which of its errors meets which flaw is partly told
 * by users alone: `unauthorized_client` for another redirect_uri (stackoverflow.com/questions/50264679), and
 * `invalid_request` for a wrong verifier, after which the code is used up (AWS's answer in re:Post,
 * QUribd4ytZTnmoxKt_B7DXFg).
 */
export class TokenEndpoint {
  readonly #service: CognitoService;
  readonly #signIn: SignIn;
  readonly #codes: AuthorizationCodes;

  constructor(service: CognitoService, signIn: SignIn, codes: AuthorizationCodes) {
    this.#service = service;
    this.#signIn = signIn;
    this.#codes = codes;
  }

  async answer({ body, headers }: RestRequest): Promise<RestResponse> {
    try {
      if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
        throw new TokenRefused('invalid_request');
      }
      return withoutStore(jsonResponse(await this.#tokensFor(new URLSearchParams(body.toString('utf8')))));
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      return withoutStore(jsonResponse({ error: error.fault }, 400));
    }
  }

  #tokensFor(form: URLSearchParams): Promise<object> {
    const client = this.#clientOf(form.get('client_id'));
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#exchange(form, client);
      case 'refresh_token':
        return this.#renew(form, client);
      case null:
        throw new TokenRefused('invalid_request');
      default:
        throw new TokenRefused('unsupported_grant_type');
    }
  }

  #clientOf(clientId: string | null): UserPoolClient {
    if (clientId === null) throw new TokenRefused('invalid_request');
    const pool = this.#service.pools().find(({ clients }) => clients.has(clientId));
    const client = pool?.clients.get(clientId);
    if (client === undefined) throw new TokenRefused('invalid_client');
    if (!client.oauth.flows.includes('code')) throw new TokenRefused('unauthorized_client');
    return client;
  }

  async #exchange(form: URLSearchParams, { clientId }: UserPoolClient): Promise<object> {
    const code = form.get('code');
    const redirectUri = form.get('redirect_uri');
    if (code === null || redirectUri === null) throw new TokenRefused('invalid_request');
    const grant = this.#codes.use(code);
    if (grant?.clientId !== clientId) throw new TokenRefused('invalid_grant');
    if (grant.redirectUri !== redirectUri) throw new TokenRefused('unauthorized_client');
    if (!isProof(grant, form.get('code_verifier') ?? undefined)) throw new TokenRefused('invalid_request');
    const pool = this.#service.pool(grant.poolId);
    const user = this.#service.findUser(pool, grant.username);
    if (!user?.isEnabled) throw new TokenRefused('invalid_grant'); // gone since the sign-in
    const { refreshToken, ...tokens } = await this.#signIn.tokensOf(clientId, { pool, user }, grant.scopes);
    return { ...told(tokens, grant.scopes), refresh_token: refreshToken };
  }

  async #renew(form: URLSearchParams, { clientId, authFlows }: UserPoolClient): Promise<object> {
    const refreshToken = form.get('refresh_token');
    if (refreshToken === null) throw new TokenRefused('invalid_request');
    if (!authFlows.includes('ALLOW_REFRESH_TOKEN_AUTH')) throw new TokenRefused('unauthorized_client');
    try {
      const { scopes, ...tokens } = await this.#signIn.withRefreshToken(clientId, refreshToken);
      return told(tokens, scopes ?? []);
    } catch (error) {
      if (error instanceof AwsError) throw new TokenRefused('invalid_grant');
      throw error;
    }
  }
}

/** An id token is for whoever asked for OpenID. */
function told(
  tokens: { readonly idToken: string; readonly accessToken: string; readonly expiresIn: number },
  scopes: readonly string[],
): object {
  return {
    ...(scopes.includes('openid') && { id_token: tokens.idToken }),
    access_token: tokens.accessToken,
    expires_in: tokens.expiresIn,
    token_type: 'Bearer',
  };
}

function withoutStore(response: RestResponse): RestResponse {
  return { ...response, headers: { ...response.headers, 'cache-control': 'no-store' } };
}
