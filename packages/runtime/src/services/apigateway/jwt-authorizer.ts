import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '@order-workflow/states-language/clock';
import { GatewayError } from './gateway-error.ts';
import type { HttpRequest } from './http-request.ts';
import { IssuerUnavailable, type IssuerKeys } from './jwks-cache.ts';
import type { JwtIdentity } from './payload-event.ts';

/** `AWS::ApiGatewayV2::Authorizer` of type JWT. */
export interface JwtAuthorizer {
  readonly authorizerId: string;
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly identitySource: IdentitySource;
}

export interface IdentitySource {
  readonly in: 'header' | 'querystring';
  readonly name: string;
}

/** API Gateway supports RSA signatures; user pools sign with RS256, and a smaller list forges less. */
const ALGORITHMS = ['RS256'];

/**
 * Lets a request through by its token (API Gateway guide, "Control access to HTTP APIs with JWT authorizers").
 *
 * W1  Only a key from the issuer's own key set, chosen by `kid`, verifies a token: what the token says of its key or
 *     algorithm is never believed.
 * W2  No part of a token appears in an answer, an error or a log.
 * W3  Times are compared without leeway, as API Gateway documents none.
 */
export class JwtVerifier {
  readonly #clock: Clock;
  readonly #issuers: IssuerKeys;

  constructor(clock: Clock, issuers: IssuerKeys) {
    this.#clock = clock;
    this.#issuers = issuers;
  }

  /** @throws GatewayError 401 without a valid token, 403 without one of the scopes, 500 when keys cannot be had. */
  async authorize(
    authorizer: JwtAuthorizer,
    request: HttpRequest,
    routeScopes: readonly string[],
  ): Promise<JwtIdentity> {
    const token = tokenIn(request, authorizer.identitySource);
    if (token === undefined) throw unauthorized();
    const claims = await this.#verify(token, authorizer);
    checkClaims(claims, authorizer, this.#clock.nowMs() / 1000);
    const scopes = scopesOf(claims);
    if (routeScopes.length > 0 && !routeScopes.some((scope) => scopes.includes(scope))) {
      throw new GatewayError(403, {
        headers: { 'www-authenticate': challenge('insufficient_scope', 'the token lacks the scope', routeScopes) },
        detail: 'insufficient_scope',
      });
    }
    return { claims: textClaims(claims), scopes: routeScopes.length > 0 ? scopes : null };
  }

  async #verify(token: string, { issuer }: JwtAuthorizer): Promise<JWTPayload> {
    try {
      if (!decodeProtectedHeader(token).kid) throw unauthorized('the token has no key id');
      return await this.#verifyWith(token, issuer, false).catch((error: unknown) => {
        if (error instanceof errors.JWKSNoMatchingKey) return this.#verifyWith(token, issuer, true);
        throw error;
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async #verifyWith(token: string, issuer: string, refresh: boolean): Promise<JWTPayload> {
    const keys = await this.#issuers.keysOf(issuer, { refresh });
    const currentDate = new Date(this.#clock.nowMs());
    const options = { algorithms: ALGORITHMS, issuer, currentDate, requiredClaims: ['exp'] };
    return (await jwtVerify(token, keys, options)).payload;
  }
}

function tokenIn(request: HttpRequest, source: IdentitySource): string | undefined {
  const value =
    source.in === 'header'
      ? request.headers[source.name.toLowerCase()]
      : new URLSearchParams(request.rawQueryString).get(source.name);
  return value?.replace(/^Bearer(\s+|$)/i, '').trim() || undefined;
}

function checkClaims(claims: JWTPayload, { audience }: JwtAuthorizer, nowSeconds: number): void {
  const { iat } = claims;
  if (iat !== undefined && (typeof iat !== 'number' || iat > nowSeconds))
    throw unauthorized('the token is from the future');
  // `client_id` counts only where there is no `aud`: access tokens of a user pool.
  const named = claims.aud ?? claims['client_id'];
  const audiences = Array.isArray(named) ? named : [named];
  if (!audiences.some((one) => typeof one === 'string' && audience.includes(one))) {
    throw unauthorized('the token does not have a valid audience');
  }
}

/** Says why in fixed words: an error of the library may quote the token. */
function refusalOf(error: unknown): unknown {
  if (error instanceof GatewayError) return error;
  if (error instanceof IssuerUnavailable) return new GatewayError(500, { detail: error.message });
  if (error instanceof errors.JWTExpired) return unauthorized('the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return unauthorized('the token was not issued by the expected issuer');
    if (error.claim === 'nbf') return unauthorized('the token is not valid yet');
    return unauthorized('the token has an invalid claim');
  }
  if (error instanceof errors.JWKSNoMatchingKey) return unauthorized('the key id of the token is unknown');
  if (error instanceof errors.JOSEAlgNotAllowed) return unauthorized('the signing method is invalid');
  if (error instanceof errors.JWSSignatureVerificationFailed) return unauthorized('the signature is invalid');
  if (error instanceof errors.JOSEError || error instanceof TypeError) return unauthorized('the token is malformed');
  return error;
}

function unauthorized(description?: string): GatewayError {
  const header = description === undefined ? 'Bearer' : challenge('invalid_token', description, []);
  return new GatewayError(401, { headers: { 'www-authenticate': header }, detail: description ?? 'no token' });
}

function challenge(error: string, description: string, scopes: readonly string[]): string {
  return `Bearer scope="${scopes.join(' ')}" error="${error}" error_description="${description}"`;
}

/** `scope` is a list in one string; some issuers write `scp`, also as an array. */
function scopesOf(claims: JWTPayload): string[] {
  const value = claims['scope'] ?? claims['scp'] ?? '';
  return Array.isArray(value) ? value.map(String) : String(value).split(' ').filter(Boolean);
}

/** API Gateway hands claims on as text: a list becomes `[a b]`. */
function textClaims(claims: JWTPayload): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
