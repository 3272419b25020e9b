import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../store/journal.ts';
import { JwksCache } from '../apigateway/jwks-cache.ts';
import { JwtVerifier } from '../apigateway/jwt-authorizer.ts';
import { callJson } from '../testing/call-json.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { cognitoApi, cognitoWellKnown } from './cognito-api.ts';
import { CognitoService } from './cognito-service.ts';
import { cognitoResourceTypes } from './resource-types.ts';

const users = [
  {
    username: 'alice',
    sub: '11111111-1111-4111-8111-111111111111',
    groups: [],
    password: 'wonderland',
    email: 'alice@example.com',
  },
  { username: 'root', sub: '22222222-2222-4222-8222-222222222222', groups: ['admin', 'staff'] },
];

let folder: string;
let journal: Journal;
let clock: ManualClock;
let service: CognitoService;
let server: Awaited<ReturnType<typeof serveAws>>;
let poolId: string;
let clientId: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cognito-'));
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  await open();
});

afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function open(client: object = {}): Promise<void> {
  journal = new Journal(join(folder, 'journal.sqlite'));
  // The endpoint's address is known only once it listens; the service reads it at every use.
  const stack = { ...testStack };
  service = new CognitoService({ journal, clock, stack, users });
  server = await serveAws({ json: [cognitoApi(service)], rest: [cognitoWellKnown(service)] });
  Object.assign(stack, { endpointUrl: server.url });
  const types = cognitoResourceTypes(service);
  ({ ref: poolId } = await declare(types, 'AWS::Cognito::UserPool', 'Pool', {}, stack));
  const properties = {
    UserPoolId: poolId,
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
    ...client,
  };
  ({ ref: clientId } = await declare(types, 'AWS::Cognito::UserPoolClient', 'Web', properties, stack));
  await declare(types, 'AWS::Cognito::UserPoolGroup', 'Admin', { UserPoolId: poolId, GroupName: 'admin' }, stack);
}

async function close(): Promise<void> {
  await server.close();
  journal.close();
}

function call(operation: string, input: object): Promise<{ status: number; body: Record<string, never> }> {
  return callJson(server.url, `AWSCognitoIdentityProviderService.${operation}`, input);
}

function passwordOf(username: string, password: string): object {
  return {
    ClientId: clientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: username, PASSWORD: password },
  };
}

describe('tokens', () => {
  test("carry Cognito's claims", async () => {
    const { idToken, accessToken, expiresIn } = await service.issueTokens({ poolId, clientId, username: 'root' });
    const nowSeconds = clock.nowMs() / 1000;
    const shared = {
      sub: '22222222-2222-4222-8222-222222222222',
      'cognito:groups': ['admin', 'staff'],
      iss: `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`,
      auth_time: nowSeconds,
      iat: nowSeconds,
      exp: nowSeconds + 3600,
      origin_jti: expect.any(String),
      event_id: expect.any(String),
      jti: expect.any(String),
    };
    expect(expiresIn).toBe(3600);
    expect(decodeJwt(accessToken)).toEqual({
      ...shared,
      client_id: clientId,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: 'root',
    });
    expect(decodeJwt(idToken)).toEqual({ ...shared, aud: clientId, token_use: 'id', 'cognito:username': 'root' });
  });

  test("verify with the pool's published keys, found from the issuer's discovery document", async () => {
    const { accessToken } = await service.issueTokens({ poolId, clientId, username: 'alice' });
    const issuer = service.issuerOf(poolId);
    const discovery = (await (await fetch(`${service.addressOf(issuer)}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
      jwks_uri: string;
    };
    expect(discovery.issuer).toBe(issuer);
    const { payload } = await jwtVerify(accessToken, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
      issuer,
      currentDate: new Date(clock.nowMs()),
    });
    expect(payload).not.toHaveProperty('cognito:groups');
  });

  test('pass a JWT authorizer that is configured as for AWS', async () => {
    const verifier = new JwtVerifier(clock, new JwksCache(clock, (issuer) => service.addressOf(issuer)));
    const authorizer = {
      authorizerId: 'a',
      issuer: service.issuerOf(poolId),
      audience: [clientId],
      identitySource: { in: 'header', name: 'Authorization' },
    } as const;
    const { idToken, accessToken } = await service.issueTokens({ poolId, clientId, username: 'root' });
    for (const token of [idToken, accessToken]) {
      const request = {
        method: 'GET',
        path: '/',
        rawQueryString: '',
        headers: { authorization: token },
        cookies: [],
        protocol: '',
        sourceIp: '',
      };
      const { claims } = await verifier.authorize(authorizer, request, []);
      expect(claims).toMatchObject({ sub: users[1]?.sub, 'cognito:groups': '[admin staff]' });
    }
  });

  test('of before a restart stay valid after it', async () => {
    const { accessToken } = await service.issueTokens({ poolId, clientId, username: 'alice' });
    const before = service.jwksOf(poolId);
    await close();
    await open();
    expect(service.jwksOf(poolId)).toEqual(before);
    const keys = createRemoteJWKSet(new URL(`${server.url}/${poolId}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(accessToken, keys, { currentDate: new Date(clock.nowMs()) });
    expect(payload.sub).toBe(users[0]?.sub);
  });

  test('live as long as the client of the template says', async () => {
    await close();
    await open({ AccessTokenValidity: 10, TokenValidityUnits: { AccessToken: 'minutes' } });
    const { accessToken, expiresIn } = await service.issueTokens({ poolId, clientId, username: 'alice' });
    expect([expiresIn, decodeJwt(accessToken).exp]).toEqual([600, clock.nowMs() / 1000 + 600]);
  });

  test('are not for an unknown user, client or pool', async () => {
    const good = { poolId, clientId, username: 'alice' };
    await expect(service.issueTokens({ ...good, username: 'eve' })).rejects.toThrow('User does not exist');
    await expect(service.issueTokens({ ...good, clientId: 'x' })).rejects.toThrow('client x does not exist');
    await expect(service.issueTokens({ ...good, poolId: 'x' })).rejects.toThrow('pool x does not exist');
  });
});

describe('signing in', () => {
  test('by password gives tokens, and the refresh token new ones of the same session, also after a restart', async () => {
    const { body } = await call('InitiateAuth', passwordOf('alice', 'wonderland'));
    const result = body['AuthenticationResult'] as unknown as Record<string, string>;
    expect(result).toMatchObject({ TokenType: 'Bearer', ExpiresIn: 3600 });
    await close();
    await clock.advanceBy(3600_000);
    await open();
    const refresh = {
      ClientId: clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: result['RefreshToken'] },
    };
    const again = await call('InitiateAuth', refresh);
    const fresh = again.body['AuthenticationResult'] as unknown as Record<string, string>;
    expect(decodeJwt(fresh['AccessToken'] ?? '')).toMatchObject({
      sub: users[0]?.sub,
      auth_time: decodeJwt(result['AccessToken'] ?? '').auth_time,
      iat: clock.nowMs() / 1000,
    });
    expect(fresh).not.toHaveProperty('RefreshToken');
    await clock.advanceBy(30 * 86_400_000);
    expect((await call('InitiateAuth', refresh)).body).toMatchObject({ __type: 'NotAuthorizedException' });
  });

  test.each([
    { why: 'a wrong password', username: 'alice', password: 'x', error: 'NotAuthorizedException' },
    {
      why: 'an unknown user, told like a wrong password',
      username: 'eve',
      password: 'x',
      error: 'NotAuthorizedException',
    },
    { why: 'a user without password', username: 'root', password: 'x', error: 'NotAuthorizedException' },
    { why: 'an empty password', username: 'alice', password: '', error: 'InvalidParameterException' },
  ])('with $why fails', async ({ username, password, error }) => {
    expect(await call('InitiateAuth', passwordOf(username, password))).toMatchObject({
      status: 400,
      body: { __type: error },
    });
  });

  test('needs a flow that the client allows', async () => {
    await close();
    await open({ ExplicitAuthFlows: [] });
    expect((await call('InitiateAuth', passwordOf('alice', 'wonderland'))).body).toMatchObject({
      __type: 'InvalidParameterException',
    });
  });

  test('leaves no secret in the data folder', async () => {
    const { body } = await call('InitiateAuth', passwordOf('alice', 'wonderland'));
    const { RefreshToken } = body['AuthenticationResult'] as unknown as Record<string, string>;
    const rows = journal.sql('SELECT * FROM refresh_token').all();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(RefreshToken);
    expect(JSON.stringify(rows)).not.toContain('wonderland');
  });
});

describe('looking inside', () => {
  test('shows pools, clients, groups and users', async () => {
    expect((await call('ListUserPools', { MaxResults: 10 })).body).toMatchObject({
      UserPools: [{ Id: poolId, Name: 'Pool' }],
    });
    expect((await call('ListUserPoolClients', { UserPoolId: poolId })).body).toMatchObject({
      UserPoolClients: [{ ClientId: clientId }],
    });
    expect((await call('ListGroups', { UserPoolId: poolId })).body).toMatchObject({ Groups: [{ GroupName: 'admin' }] });
    expect((await call('AdminListGroupsForUser', { UserPoolId: poolId, Username: 'root' })).body).toMatchObject({
      Groups: [{ GroupName: 'admin' }, { GroupName: 'staff' }],
    });
    expect((await call('ListUsers', { UserPoolId: poolId })).body).toMatchObject({
      Users: [{ Username: 'alice' }, { Username: 'root' }],
    });
    expect((await call('AdminGetUser', { UserPoolId: poolId, Username: 'alice' })).body).toMatchObject({
      UserStatus: 'CONFIRMED',
      UserAttributes: [{ Name: 'sub', Value: users[0]?.sub }, { Name: 'email' }, { Name: 'email_verified' }],
    });
  });

  test('an unknown pool has no documents', async () => {
    const response = await fetch(`${server.url}/us-east-1_nothing12/.well-known/jwks.json`);
    expect(response.status).toBe(400);
  });
});

describe('the template', () => {
  test('gets the values that AWS would give', () => {
    const identity = cognitoResourceTypes(service)['AWS::Cognito::UserPool']?.identify(
      { logicalId: 'Pool', type: '', properties: {} },
      testStack,
    );
    expect(poolId).toMatch(/^us-east-1_[A-Za-z0-9]{9}$/);
    expect(clientId).toMatch(/^[a-z0-9]{26}$/);
    expect(identity).toEqual({
      ref: poolId,
      attributes: {
        UserPoolId: poolId,
        Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${poolId}`,
        ProviderName: `cognito-idp.us-east-1.amazonaws.com/${poolId}`,
        ProviderURL: `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`,
      },
    });
  });

  test.each([
    ['AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: 'arn' } }, 'PreSignUp'],
    ['AWS::Cognito::UserPoolClient', { GenerateSecret: true }, 'client secret'],
  ])('%s with what is not run here stops the start', async (type, properties, what) => {
    await expect(declare(cognitoResourceTypes(service), type, 'X', properties)).rejects.toThrow(what);
  });
});
