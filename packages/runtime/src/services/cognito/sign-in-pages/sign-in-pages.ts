import { randomBytes } from 'node:crypto';
import type { AwsRestApi, RestRequest, RestResponse } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { restApi, route } from '../../shared/rest-routes.ts';
import type { CognitoService, PoolMember } from '../cognito-service.ts';
import { SecondFactor } from '../second-factor.ts';
import { SignIn, type Challenged } from '../sign-in.ts';
import { AuthorizationCodes } from './authorization-codes.ts';
import { AuthorizationRefused, authorizationRequestOf } from './authorization-request.ts';
import { codePage, errorPage, signInPage } from './page-text.ts';
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
  readonly #factor: SecondFactor;
  readonly #codes: AuthorizationCodes;
  readonly #tokens: TokenEndpoint;
  readonly #sessions = new Map<string, BrowserSession>();

  constructor(service: CognitoService) {
    this.#service = service;
    this.#signIn = new SignIn(service);
    this.#factor = new SecondFactor(service, this.#signIn);
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
      if (form.has('session')) return await this.#takeCode(query, form, clientId);
      const [username, password] = [form.get('username') ?? '', form.get('password') ?? ''];
      const outcome = await this.#signIn.memberWith(clientId, username, password);
      return 'session' in outcome ? this.#ask(query, outcome) : this.#letIn(query, outcome);
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

  #ask(query: URLSearchParams, { name, session }: Challenged): RestResponse {
    if (name === 'SOFTWARE_TOKEN_MFA') return codePage(query, { session });
    if (name === 'MFA_SETUP') return codePage(query, this.#factor.offerIn(session));
    // Cognito's pages ask for a new one; here the API does.
    throw new AwsError('NotAuthorizedException', 'Choose a new password first, with InitiateAuth.');
  }

  /** A wrong code may be given again, within the time of the session. */
  async #takeCode(query: URLSearchParams, form: URLSearchParams, clientId: string): Promise<RestResponse> {
    const [session, code] = [form.get('session') ?? '', form.get('code') ?? ''];
    const secret = this.#factor.secretOffered(session);
    try {
      const member = await (secret === undefined
        ? this.#factor.memberWithCode(clientId, session, code)
        : this.#factor.memberAfterSetup(clientId, await this.#factor.verifyIn(session, code)));
      return this.#letIn(query, member);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === 'NotAuthorizedException') throw error;
      return codePage(query, { session, ...(secret !== undefined && { secret }), refusal: error.message });
    }
  }

  #letIn(query: URLSearchParams, { pool: { poolId }, user: { username } }: PoolMember): RestResponse {
    const expiresAtMs = this.#service.clock.nowMs() + SESSION_SECONDS * 1000;
    const session = { poolId, username, expiresAtMs };
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, session);
    return withCookie(this.#goBack(query, session), id, SESSION_SECONDS);
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
