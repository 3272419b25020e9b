import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../../store/journal.ts';
import { serveAws } from '../../testing/serve-aws.ts';
import { declare, testStack } from '../../testing/test-stack.ts';
import { CognitoService } from '../cognito-service.ts';
import { cognitoResourceTypes } from '../resource-types.ts';
import { signInPages } from './sign-in-pages.ts';

const ALICE = { username: 'alice', sub: 'a-1', groups: [], password: 'wonderland' };
const CALLBACK = 'https://shop.test/';
const VERIFIER = 'a-verifier-of-more-than-forty-three-letters-long';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let folder: string;
let journal: Journal;
let clock: ManualClock;
let server: Awaited<ReturnType<typeof serveAws>>;
let clientId: string;
let otherClientId: string;
let plainClientId: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pages-'));
  journal = new Journal(join(folder, 'journal.sqlite'));
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  const service = new CognitoService({ journal, clock, stack: testStack, users: [ALICE] });
  server = await serveAws({ rest: [signInPages(service)] });
  const types = cognitoResourceTypes(service);
  const { ref: UserPoolId } = await declare(types, 'AWS::Cognito::UserPool', 'Pool', {});
  const client = async (name: string, properties: object): Promise<string> =>
    (await declare(types, 'AWS::Cognito::UserPoolClient', name, { UserPoolId, ...properties })).ref;
  const page = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'profile'],
    CallbackURLs: [CALLBACK],
    LogoutURLs: [CALLBACK],
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
  };
  clientId = await client('Page', page);
  otherClientId = await client('Other', page);
  plainClientId = await client('Plain', { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] });
});

afterEach(async () => {
  await server.close();
  journal.close();
  rmSync(folder, { recursive: true });
});

type Changes = Readonly<Record<string, string | undefined>>;

function formOf(values: Changes): URLSearchParams {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given);
}

function authorizeQuery(changes: Changes = {}): URLSearchParams {
  return formOf({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    state: 's-1',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  });
}

async function visit(path: string, init: RequestInit = {}) {
  const response = await fetch(server.url + path, { redirect: 'manual', ...init });
  return { status: response.status, location: response.headers.get('location'), text: await response.text(), response };
}

/** Fills in the form. */
function submit(username = 'alice', password = 'wonderland', query = authorizeQuery()) {
  return visit(`/login?${query.toString()}`, { method: 'POST', body: formOf({ username, password }) });
}

async function codeOf(query = authorizeQuery()): Promise<string> {
  const { location } = await submit('alice', 'wonderland', query);
  return new URL(location!).searchParams.get('code')!;
}

async function token(changes: Changes) {
  const body = formOf({ grant_type: 'authorization_code', client_id: clientId, redirect_uri: CALLBACK, ...changes });
  const response = await fetch(`${server.url}/oauth2/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, string>, response };
}

test('a code becomes tokens of the scopes that were asked for, and a refresh token that renews them', async () => {
  const { status, location } = await submit();
  expect([status, location?.startsWith(`${CALLBACK}?code=`), location?.endsWith('&state=s-1')]).toEqual([
    302,
    true,
    true,
  ]);
  const { body, response } = await token({
    code: new URL(location!).searchParams.get('code')!,
    code_verifier: VERIFIER,
  });
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, id_token: expect.any(String) });
  expect(decodeJwt(body['access_token']!)).toMatchObject({
    client_id: clientId,
    scope: 'openid profile',
    username: 'alice',
  });
  expect(response.headers.get('cache-control')).toBe('no-store');
  const renewed = await token({ grant_type: 'refresh_token', refresh_token: body['refresh_token']! });
  expect(renewed.status).toBe(200);
  expect(decodeJwt(renewed.body['access_token']!).scope).toBe('openid profile');
  expect(renewed.body).not.toHaveProperty('refresh_token');
});

test('without the scope openid there is no id token', async () => {
  const { body } = await token({ code: await codeOf(authorizeQuery({ scope: 'profile' })), code_verifier: VERIFIER });
  expect(body).not.toHaveProperty('id_token');
});

describe('the token endpoint refuses', () => {
  test('a code that was used, even by whoever could not prove themselves', async () => {
    const code = await codeOf();
    expect((await token({ code, code_verifier: VERIFIER })).status).toBe(200);
    expect((await token({ code, code_verifier: VERIFIER })).body).toEqual({ error: 'invalid_grant' });
    const other = await codeOf();
    expect((await token({ code: other, code_verifier: 'wrong' })).body).toEqual({ error: 'invalid_request' });
    expect((await token({ code: other, code_verifier: VERIFIER })).body).toEqual({ error: 'invalid_grant' });
  });

  test('a code after five minutes', async () => {
    const code = await codeOf();
    await clock.advanceBy(5 * 60_000);
    expect(await token({ code, code_verifier: VERIFIER })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  test.each<[what: string, changes: () => Changes, error: string]>([
    ['no verifier', () => ({ code_verifier: undefined }), 'invalid_request'],
    ['the challenge in place of the verifier', () => ({ code_verifier: CHALLENGE }), 'invalid_request'],
    ['another address to come back to', () => ({ redirect_uri: 'https://shop.test' }), 'unauthorized_client'],
    ['no address to come back to', () => ({ redirect_uri: undefined }), 'invalid_request'],
    ['no code', () => ({ code: undefined }), 'invalid_request'],
    ['an unknown code', () => ({ code: 'x' }), 'invalid_grant'],
    ['another client’s code', () => ({ client_id: otherClientId }), 'invalid_grant'],
    ['an unknown client', () => ({ client_id: 'nobody' }), 'invalid_client'],
    ['no client', () => ({ client_id: undefined }), 'invalid_request'],
    ['a client without the flow', () => ({ client_id: plainClientId }), 'unauthorized_client'],
    ['no grant type', () => ({ grant_type: undefined }), 'invalid_request'],
    ['a password', () => ({ grant_type: 'password' }), 'unsupported_grant_type'],
    ['no refresh token', () => ({ grant_type: 'refresh_token' }), 'invalid_request'],
    ['an unknown refresh token', () => ({ grant_type: 'refresh_token', refresh_token: 'x' }), 'invalid_grant'],
  ])('%s', async (_what, changes, error) => {
    const given = { code: await codeOf(), code_verifier: VERIFIER, ...changes() };
    expect(await token(given)).toMatchObject({ status: 400, body: { error } });
  });
});

describe('the authorization endpoint', () => {
  test.each<[what: string, changes: Changes]>([
    ['an address that the client does not name', { redirect_uri: 'https://evil.test/' }],
    ['one without its slash', { redirect_uri: 'https://shop.test' }],
    ['one below it', { redirect_uri: 'https://shop.test/deeper' }],
    ['no address', { redirect_uri: undefined }],
  ])('sends nobody to %s', async (_what, changes) => {
    const { status, location } = await visit(`/oauth2/authorize?${authorizeQuery(changes).toString()}`);
    expect([status, location]).toEqual([302, `/error?error=redirect_mismatch&client_id=${clientId}`]);
    expect((await visit(location!)).status).toBe(400);
  });

  test('sends nobody anywhere for a client that there is not, or that has no pages', async () => {
    const unknown = await visit(`/oauth2/authorize?${authorizeQuery({ client_id: 'nobody' }).toString()}`);
    expect(unknown.location).toBe('/error?error=invalid_request');
    const plain = await visit(`/oauth2/authorize?${authorizeQuery({ client_id: plainClientId }).toString()}`);
    expect(plain.location).toContain('redirect_mismatch');
  });

  test.each<[what: string, changes: Changes, error: string]>([
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['a flow that the client may not use', { response_type: 'token' }, 'unauthorized_client'],
    ['a challenge without its method', { code_challenge_method: undefined }, 'invalid_request'],
    ['a method without its challenge', { code_challenge: undefined }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a scope that the client does not have', { scope: 'openid email' }, 'invalid_scope'],
  ])('tells the client of %s, with its state', async (_what, changes, error) => {
    const { location } = await visit(`/oauth2/authorize?${authorizeQuery(changes).toString()}`);
    expect(location).toBe(`${CALLBACK}?error=${error}&state=s-1`);
  });

  test('shows a form, in which nothing of the request becomes markup', async () => {
    const { status, text, response } = await visit(
      `/oauth2/authorize?${authorizeQuery({ state: '"><script>' }).toString()}`,
    );
    expect(status).toBe(200);
    expect(text).not.toContain('<script>');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the form', () => {
  test.each([
    ['a wrong password', 'alice', 'x'],
    ['an unknown user', 'eve', 'wonderland'],
    ['nothing', '', ''],
  ])('says no to %s, and stays', async (_what, username, password) => {
    const { status, location, text } = await submit(username, password);
    expect([status, location]).toEqual([400, null]);
    expect(text).toMatch(/Incorrect username or password|User does not exist/);
  });

  test('sends nobody to a foreign address either', async () => {
    const { location } = await submit('alice', 'wonderland', authorizeQuery({ redirect_uri: 'https://evil.test/' }));
    expect(location).toContain('/error?error=redirect_mismatch');
  });
});

describe('the session of a browser', () => {
  async function cookieOf(): Promise<string> {
    const { response } = await submit();
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^cognito=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600$/);
    return cookie.split(';')[0]!;
  }

  const authorize = (cookie: string) =>
    visit(`/oauth2/authorize?${authorizeQuery().toString()}`, { headers: { cookie } });

  test('gives a code without a form for an hour', async () => {
    const cookie = await cookieOf();
    expect((await authorize(cookie)).location).toContain('?code=');
    await clock.advanceBy(3_600_000);
    expect((await authorize(cookie)).status).toBe(200);
  });

  test('ends with a sign-out, which leads to addresses of the client alone', async () => {
    const cookie = await cookieOf();
    const out = (to: string) =>
      visit(`/logout?${formOf({ client_id: clientId, logout_uri: to }).toString()}`, { headers: { cookie } });
    expect((await out('https://evil.test/')).status).toBe(400);
    expect((await authorize(cookie)).location).toContain('?code=');
    expect(await out(CALLBACK)).toMatchObject({ status: 302, location: CALLBACK });
    expect((await authorize(cookie)).status).toBe(200);
  });
});
