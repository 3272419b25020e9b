import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { System } from '../../cli/system.ts';
import { readLogLines } from '../testing/log-lines.ts';
import { sendOverHttp } from '../testing/real-http.ts';
import { tokensOf } from '../testing/signed-in-users.ts';
import { startTestSystem } from '../testing/started-system.ts';
import { describePageSignIn } from './page-sign-in.ts';

/** What does not come from the user pool, for this client, now, to call with, opens nothing of the deployed API. */

const ROUTE = 'GET /basket';
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
const nowSeconds = Math.floor(Date.now() / 1000);

let system: System;
let apiUrl: string;
let good: string;
let idToken: string;
let claims: JWTPayload;
let pool: { readonly kid: string; readonly key: KeyObject };
const sent: string[] = [];

beforeAll(async () => {
  system = await startTestSystem();
  apiUrl = system.deployment.output('HttpApiUrl');
  ({ accessToken: good, idToken } = await tokensOf(system, 'alice'));
  claims = decodeJwt(good);
  const row = system.runtime.journal.sql('SELECT kid, pem FROM user_pool_key').get();
  pool = { kid: String(row?.['kid']), key: createPrivateKey(String(row?.['pem'])) };
});
afterAll(() => system.stop());

/** A token like Alice's with other claims; unless told otherwise it is signed with the pool's own key. */
function signed(
  change: Readonly<Record<string, unknown>>,
  { key = pool.key, header = {} }: { key?: KeyObject; header?: object } = {},
) {
  return new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'RS256', kid: pool.kid, ...header }).sign(key);
}

function withHeader(header: object, sign: (content: string) => string): string {
  const content = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${content}.${sign(content)}`;
}

function hmac(secret: string | Buffer): (content: string) => string {
  return (content) => createHmac('sha256', secret).update(content).digest('base64url');
}

async function statusWith(token: string): Promise<number> {
  sent.push(token);
  const { status, body } = await sendOverHttp(apiUrl, ROUTE, { token });
  const signature = token.split('.')[2] ?? '';
  expect(signature.length > 5 && JSON.stringify(body).includes(signature)).toBe(false);
  return status;
}

test('a token that is signed like this with the right claims does open it: so what is refused, is for its flaw', async () => {
  expect(await statusWith(good)).toBe(200);
  expect(await statusWith(await signed({}))).toBe(200);
});

describe('401 for', () => {
  const publicPem = () => createPublicKey(pool.key).export({ type: 'spki', format: 'pem' });
  const modulus = () => Buffer.from(pool.key.export({ format: 'jwk' }).n ?? '', 'base64url');
  const foreignJwk = foreign.publicKey.export({ format: 'jwk' });

  test.each<{ forgery: string; token: () => string | Promise<string> }>([
    { forgery: 'alg none', token: () => withHeader({ alg: 'none', kid: pool.kid }, () => '') },
    {
      forgery: 'alg none with the signature of a good token',
      token: () => withHeader({ alg: 'None', kid: pool.kid }, () => good.split('.')[2] ?? ''),
    },
    { forgery: 'another key', token: () => signed({}, { key: foreign.privateKey }) },
    {
      forgery: 'HS256 with the public key as secret',
      token: () => withHeader({ alg: 'HS256', kid: pool.kid }, hmac(publicPem())),
    },
    {
      forgery: 'HS256 with the modulus as secret',
      token: () => withHeader({ alg: 'HS256', kid: pool.kid }, hmac(modulus())),
    },
    {
      forgery: 'a key that the token brings along',
      token: () => signed({}, { key: foreign.privateKey, header: { jwk: foreignJwk } }),
    },
    {
      forgery: 'a key at an address that the token names',
      token: () => signed({}, { key: foreign.privateKey, header: { jku: 'http://127.0.0.1:9/keys' } }),
    },
    { forgery: 'an unknown key id', token: () => signed({}, { header: { kid: 'of-yesterday' } }) },
    { forgery: 'expired', token: () => signed({ exp: nowSeconds - 60 }) },
    { forgery: 'no expiry', token: () => signed({ exp: undefined }) },
    { forgery: 'not yet valid', token: () => signed({ nbf: nowSeconds + 3600 }) },
    { forgery: 'issued in the future', token: () => signed({ iat: nowSeconds + 3600 }) },
    { forgery: 'another client', token: () => signed({ client_id: 'another-client' }) },
    { forgery: 'another audience', token: () => signed({ aud: 'another-client' }) },
    { forgery: 'another pool', token: () => signed({ iss: `${claims.iss}x` }) },
    { forgery: 'another issuer', token: () => signed({ iss: 'https://issuer.example' }) },
    { forgery: 'an id token, which tells a client about its user', token: () => idToken },
    { forgery: 'a token of no kind', token: () => signed({ token_use: undefined }) },
    { forgery: 'no subject', token: () => signed({ sub: undefined }) },
    { forgery: 'claims changed after signing', token: () => withClaims({ ...claims, 'cognito:groups': ['admin'] }) },
    { forgery: 'no token', token: () => 'hello' },
  ])('$forgery', async ({ token }) => {
    expect(await statusWith(await token())).toBe(401);
  });

  function withClaims(changed: object): string {
    const [header, , signature] = good.split('.');
    return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
  }
});

describePageSignIn(() => system);

test('nothing of any of these tokens is in a log', async () => {
  const log = (await readLogLines(system)).join('\n');
  expect(log).toContain(`"route":"${ROUTE}"`); // the requests themselves are there
  const parts = new Set(sent.flatMap((token) => token.split('.')).filter((part) => part.length > 8));
  expect([...parts].filter((part) => log.includes(part))).toEqual([]);
});
