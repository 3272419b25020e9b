import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { GatewayError } from './gateway-error.ts';
import type { HttpRequest } from './http-request.ts';
import { JwksCache } from './jwks-cache.ts';
import { JwtVerifier, type JwtAuthorizer } from './jwt-authorizer.ts';

const ISSUER = 'https://issuer.example/pool-1';
const NOW_SECONDS = Date.UTC(2026, 0, 1) / 1000;

const issuerKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 });

const authorizer: JwtAuthorizer = {
  authorizerId: 'a1',
  issuer: ISSUER,
  audience: ['client-1'],
  identitySource: { in: 'header', name: 'Authorization' },
};

let issuer: Server;
let keySetReads: number;
let published: object[];
let clock: ManualClock;
let verifier: JwtVerifier;

beforeAll(async () => {
  issuer = createServer((request, response) => {
    const address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: ISSUER, jwks_uri: `${address}/keys` }));
      return;
    }
    keySetReads += 1;
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  issuer.closeAllConnections();
  issuer.close();
});

beforeEach(() => {
  keySetReads = 0;
  published = [jwk('key-1', issuerKey.publicKey)];
  clock = new ManualClock();
  const address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  verifier = new JwtVerifier(clock, new JwksCache(clock, (name) => (name === ISSUER ? address : name)));
});

function jwk(kid: string, key: KeyObject): object {
  return { ...key.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

const goodClaims = {
  iss: ISSUER,
  sub: 'user-1',
  client_id: 'client-1',
  scope: 'read write',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 3600,
};

function sign(claims: object = {}, options: { key?: KeyObject; header?: object } = {}): Promise<string> {
  return new SignJWT({ ...goodClaims, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...options.header })
    .sign(options.key ?? issuerKey.privateKey);
}

function unsigned(header: object, claims: object = goodClaims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

function hmacSigned(header: object, secret: string | Buffer): string {
  const content = unsigned(header);
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

function requestWith(authorization: string | undefined, rawQueryString = ''): HttpRequest {
  const headers = authorization === undefined ? {} : { authorization };
  return {
    method: 'GET',
    path: '/',
    rawQueryString,
    headers,
    cookies: [],
    protocol: 'HTTP/1.1',
    sourceIp: '127.0.0.1',
  };
}

async function refusal(token: string | undefined, scopes: string[] = []): Promise<GatewayError> {
  const outcome = await verifier.authorize(authorizer, requestWith(token), scopes).catch((error: unknown) => error);
  if (!(outcome instanceof GatewayError)) throw new Error('The request was let through.');
  return outcome;
}

describe('a valid token', () => {
  test('passes, its claims as text', async () => {
    const token = await sign({ 'cognito:groups': ['admin', 'staff'], verified: true });
    const identity = await verifier.authorize(authorizer, requestWith(`Bearer ${token}`), []);
    expect(identity).toEqual({
      claims: {
        iss: ISSUER,
        sub: 'user-1',
        client_id: 'client-1',
        scope: 'read write',
        iat: String(NOW_SECONDS),
        exp: String(NOW_SECONDS + 3600),
        'cognito:groups': '[admin staff]',
        verified: 'true',
      },
      scopes: null,
    });
  });

  test('passes without the word Bearer, and from the query when the authorizer looks there', async () => {
    const token = await sign();
    const inQuery = { ...authorizer, identitySource: { in: 'querystring', name: 'token' } } as const;
    const bare = await verifier.authorize(authorizer, requestWith(token), []);
    const queried = await verifier.authorize(inQuery, requestWith(undefined, `token=${token}`), []);
    expect([bare.claims['sub'], queried.claims['sub']]).toEqual(['user-1', 'user-1']);
  });

  test('needs one of the scopes of the route', async () => {
    const token = await sign();
    const identity = await verifier.authorize(authorizer, requestWith(token), ['admin', 'write']);
    expect(identity.scopes).toEqual(['read', 'write']);
    expect(await refusal(token, ['admin'])).toMatchObject({ statusCode: 403, message: 'Forbidden' });
  });

  test('with `aud` is judged by it, whatever its `client_id`', async () => {
    await verifier.authorize(
      authorizer,
      requestWith(await sign({ aud: ['other', 'client-1'], client_id: 'other' })),
      [],
    );
    expect(await refusal(await sign({ aud: 'other' }))).toMatchObject({ statusCode: 401 });
  });

  test('is valid up to its last second and no longer', async () => {
    const token = await sign({ exp: NOW_SECONDS + 60 });
    await clock.advanceBy(59_000);
    await verifier.authorize(authorizer, requestWith(token), []);
    await clock.advanceBy(1_000);
    expect((await refusal(token)).headers['www-authenticate']).toContain('the token has expired');
  });
});

describe('a forged or misused token is refused with 401', () => {
  const publicPem = issuerKey.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const foreignJwk = createPublicKey(foreignKey.privateKey).export({ format: 'jwk' });

  test.each<{ forgery: string; token: () => Promise<string> | string }>([
    { forgery: 'algorithm none', token: () => `${unsigned({ alg: 'none', kid: 'key-1' })}.` },
    {
      forgery: 'algorithm None with the signature of another',
      token: async () => swapHeader(await sign(), { alg: 'None', kid: 'key-1' }),
    },
    {
      forgery: 'HS256 keyed with the public key as PEM',
      token: () => hmacSigned({ alg: 'HS256', kid: 'key-1' }, publicPem),
    },
    {
      forgery: 'HS256 keyed with the modulus',
      token: () =>
        hmacSigned(
          { alg: 'HS256', kid: 'key-1' },
          Buffer.from(issuerKey.publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'),
        ),
    },
    { forgery: 'another key under the known key id', token: () => sign({}, { key: foreignKey.privateKey }) },
    { forgery: 'an embedded jwk', token: () => sign({}, { key: foreignKey.privateKey, header: { jwk: foreignJwk } }) },
    {
      forgery: 'a jku of the forger',
      token: () => sign({}, { key: foreignKey.privateKey, header: { jku: 'http://127.0.0.1:1/keys' } }),
    },
    { forgery: 'an unknown key id', token: () => sign({}, { header: { kid: 'key-2' } }) },
    { forgery: 'a key id that is a path', token: () => sign({}, { header: { kid: '../../../dev/null' } }) },
    { forgery: 'no key id', token: () => sign({}, { header: { kid: undefined } }) },
    {
      forgery: 'an unknown critical header',
      token: async () => swapHeader(await sign(), { alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 }),
    },
    { forgery: 'RS512 with the right key', token: () => sign({}, { header: { alg: 'RS512' } }) },
    {
      forgery: 'claims changed after signing',
      token: async () => swapClaims(await sign(), { ...goodClaims, sub: 'admin' }),
    },
    { forgery: 'signature cut off', token: async () => (await sign()).replace(/[^.]+$/, '') },
    { forgery: 'expired', token: () => sign({ exp: NOW_SECONDS }) },
    { forgery: 'without expiry', token: () => sign({ exp: undefined }) },
    { forgery: 'not valid yet', token: () => sign({ nbf: NOW_SECONDS + 1 }) },
    { forgery: 'issued in the future', token: () => sign({ iat: NOW_SECONDS + 1 }) },
    { forgery: 'another audience', token: () => sign({ client_id: 'client-2' }) },
    { forgery: 'no audience', token: () => sign({ client_id: undefined }) },
    { forgery: 'another issuer', token: () => sign({ iss: 'https://issuer.example/pool-2' }) },
    { forgery: 'an issuer that only begins the same', token: () => sign({ iss: `${ISSUER}.evil.test` }) },
    { forgery: 'no issuer', token: () => sign({ iss: undefined }) },
    { forgery: 'not a token', token: () => 'hello' },
    { forgery: 'five parts, as an encrypted token', token: async () => `${await sign()}.a.b` },
    { forgery: 'two tokens in one header', token: async () => `${await sign()},Bearer ${await sign()}` },
    { forgery: 'binary rubbish', token: () => 'Bearer \u00ff\u0000.\u00fe.\u00fd' },
  ])('$forgery', async ({ token }) => {
    const forged = await token();
    const refused = await refusal(`Bearer ${forged}`);
    expect(refused).toMatchObject({ statusCode: 401, message: 'Unauthorized' });
    expect(refused.headers['www-authenticate']).toMatch(
      /^Bearer scope="" error="invalid_token" error_description="[a-z ]+"$/,
    );
    for (const part of forged.split('.').filter((text) => text.length > 5)) {
      expect(JSON.stringify([refused.message, refused.headers, refused.detail])).not.toContain(part);
    }
  });

  test.each([undefined, '', 'Bearer', 'Bearer   '])('no token at all (%j)', async (header) => {
    expect(await refusal(header)).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' } });
  });

  function swapHeader(token: string, header: object): string {
    return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...token.split('.').slice(1)].join('.');
  }

  function swapClaims(token: string, claims: object): string {
    const [header, , signature] = token.split('.');
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  }
});

describe('the key set', () => {
  test('is read once for many tokens, and again after two hours', async () => {
    const long = await sign({ exp: NOW_SECONDS + 4 * 3600 });
    await Promise.all(Array.from({ length: 10 }, () => verifier.authorize(authorizer, requestWith(long), [])));
    expect(keySetReads).toBe(1);
    await clock.advanceBy(2 * 3600_000);
    await verifier.authorize(authorizer, requestWith(long), []);
    expect(keySetReads).toBe(2);
  });

  test('is read again for a new key of the issuer', async () => {
    await verifier.authorize(authorizer, requestWith(await sign()), []);
    published.push(jwk('key-2', foreignKey.publicKey));
    await clock.advanceBy(30_000);
    await verifier.authorize(
      authorizer,
      requestWith(await sign({}, { key: foreignKey.privateKey, header: { kid: 'key-2' } })),
      [],
    );
    expect(keySetReads).toBe(2);
  });

  test('is not read for each of many forged key ids', async () => {
    for (let index = 0; index < 20; index += 1) await refusal(await sign({}, { header: { kid: `forged-${index}` } }));
    expect(keySetReads).toBe(1);
  });

  test("that cannot be had is our fault, not the caller's: 500", async () => {
    const unreachable = new JwtVerifier(clock, new JwksCache(clock, () => 'http://127.0.0.1:1'));
    const outcome = unreachable.authorize(authorizer, requestWith(await sign()), []);
    await expect(outcome).rejects.toMatchObject({ statusCode: 500, message: 'Internal Server Error' });
  });
});
