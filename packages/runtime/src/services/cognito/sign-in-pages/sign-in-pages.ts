import { randomBytes } from 'node:crypto';
import type { AwsRestApi, RestRequest, RestResponse } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { restApi, route } from '../../shared/rest-routes.ts';
import type { CognitoService } from '../cognito-service.ts';
import { SignIn } from '../sign-in.ts';
import { AuthorizationCodes } from './authorization-codes.ts';
import { AuthorizationRefused, authorizationRequestOf } from './authorization-request.ts';
import { errorPage, signInPage } from './page-text.ts';
import { TokenEndpoint } from './token-endpoint.ts';

/** Developer Guide, "User pool managed login": the session of a browser is good for an hour. */
const SESSION_SECONDS = 3600;
const COOKIE = 'cognito';

/** Who signed in with a browser, until when. */
interface BrowserSession {
  readonly poolId: string;
  readonly username: string;
  readonly expiresAtMs: number;
}

/**
 * The pages that a user pool's domain serves: sign-in, token endpoint and sign-out (RFC 6749, RFC 7636). All pools share
 * the endpoint's address: the client tells whose a request is. Sessions and codes are in memory.
 */
export function signInPages(service: CognitoService): AwsRestApi {
  const pages = new SignInPages(service);
  return restApi([
    route('GET', '/oauth2/authorize', (request) => pages.authorize(request)),
    route('POST', '/oauth2/token', (request) => pages.token(request)),
    route('GET', '/login', (request) => pages.authorize(request)),
    route('POST', '/login', (request) => pages.signIn(request)),
    route('GET', '/logout', (request) => pages.signOut(request)),
    route('GET', '/error', ({ query }) => errorPage(query.get('error') ?? '')),
  ]);
}

class SignInPages {
  readonly #service: CognitoService;
  readonly #signIn: SignIn;
  readonly #codes: AuthorizationCodes;
  readonly #tokens: TokenEndpoint;
  readonly #sessions = new Map<string, BrowserSession>();

  constructor(service: CognitoService) {
    this.#service = service;
    this.#signIn = new SignIn(service);
    this.#codes = new AuthorizationCodes(service.clock);
    this.#tokens = new TokenEndpoint(service, this.#signIn, this.#codes);
  }

  token(request: RestRequest): Promise<RestResponse> {
    return this.#tokens.answer(request);
  }

  /** Shows the form, or goes back at once when this browser has signed in already. */
  authorize({ query, headers }: RestRequest): RestResponse {
    return orRedirect(() => {
      const { clientId } = authorizationRequestOf(this.#service, query);
      const session = this.#sessionOf(headers['cookie']);
      const isOfPool = session?.poolId === this.#service.poolOfClient(clientId).poolId;
      return session !== undefined && isOfPool ? this.#goBack(query, session) : signInPage(query);
    });
  }

  async signIn({ query, body }: RestRequest): Promise<RestResponse> {
    const form = new URLSearchParams(body.toString('utf8'));
    try {
      const { clientId } = authorizationRequestOf(this.#service, query);
      const member = await this.#signIn.memberWith(clientId, form.get('username') ?? '', form.get('password') ?? '');
      const expiresAtMs = this.#service.clock.nowMs() + SESSION_SECONDS * 1000;
      const session = { poolId: member.pool.poolId, username: member.user.username, expiresAtMs };
      const id = randomBytes(32).toString('base64url');
      this.#sessions.set(id, session);
      return withCookie(this.#goBack(query, session), id, SESSION_SECONDS);
    } catch (error) {
      if (error instanceof AuthorizationRefused) return redirect(error.location);
      if (error instanceof AwsError) return signInPage(query, error.message);
      throw error;
    }
  }

  /** Developer Guide, "The managed login sign-out endpoint": only to an address that the client names. */
  signOut({ query, headers }: RestRequest): RestResponse {
    const clientId = query.get('client_id') ?? '';
    const to = query.get('logout_uri') ?? '';
    const client = this.#service
      .pools()
      .find(({ clients }) => clients.has(clientId))
      ?.clients.get(clientId);
    if (client === undefined) return errorPage('invalid_request');
    if (!client.oauth.logoutUrls.includes(to)) return errorPage('redirect_mismatch');
    this.#sessions.delete(cookieIn(headers['cookie']) ?? '');
    return withCookie(redirect(to), '', 0);
  }

  #goBack(query: URLSearchParams, { poolId, username }: BrowserSession): RestResponse {
    const request = authorizationRequestOf(this.#service, query);
    const code = this.#codes.issue({ ...request, poolId, username });
    const told = new URLSearchParams({ code, ...(request.state !== undefined && { state: request.state }) });
    return redirect(`${request.redirectUri}${request.redirectUri.includes('?') ? '&' : '?'}${told.toString()}`);
  }

  #sessionOf(cookies: string | undefined): BrowserSession | undefined {
    const nowMs = this.#service.clock.nowMs();
    for (const [id, { expiresAtMs }] of this.#sessions) if (expiresAtMs <= nowMs) this.#sessions.delete(id);
    const session = this.#sessions.get(cookieIn(cookies) ?? '');
    if (session === undefined) return undefined;
    const user = this.#service.findUser(this.#service.pool(session.poolId), session.username);
    return user?.isEnabled === true ? session : undefined;
  }
}

function orRedirect(answer: () => RestResponse): RestResponse {
  try {
    return answer();
  } catch (error) {
    if (error instanceof AuthorizationRefused) return redirect(error.location);
    throw error;
  }
}

function redirect(location: string): RestResponse {
  return { statusCode: 302, headers: { location, 'cache-control': 'no-store' } };
}

function withCookie(response: RestResponse, value: string, maxAgeSeconds: number): RestResponse {
  const cookie = `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
  return { ...response, headers: { ...response.headers, 'set-cookie': cookie } };
}

function cookieIn(cookies = ''): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookies)?.[1];
}
