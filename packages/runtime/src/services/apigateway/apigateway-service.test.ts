import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InvocationResult } from '../shared/ports/functions.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { ApiGatewayService } from './apigateway-service.ts';
import { JwksCache } from './jwks-cache.ts';
import { apiGatewayResourceTypes } from './resource-types.ts';
import { LOG_FORMAT, ok, openGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await openGateway();
});

afterEach(() => gateway.service.stop());

describe('throttling', () => {
  test('lets a burst through, then the rate, 429 beyond; a route may have its own limit', async () => {
    const RouteSettings = { 'GET /slow': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } };
    const stage = { DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 3 }, RouteSettings };
    await gateway.startApi({ stage, routes: { 'GET /a': {}, 'GET /slow': {} } });
    const statuses = async (path: string, count: number): Promise<number[]> =>
      (await Promise.all(Array.from({ length: count }, () => gateway.send(path)))).map(({ status }) => status).sort();

    expect(await statuses('/a', 5)).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses('/slow', 2)).toEqual([200, 429]);
    await gateway.clock.advanceBy(200);
    expect(await statuses('/a', 3)).toEqual([200, 200, 429]);
    expect((await gateway.send('/slow')).body).toBe('{"message":"Too Many Requests"}');
  });
});

test('counts every request by its answer: what the client did wrong apart from what the function did', async () => {
  await gateway.startApi({ routes: { 'GET /a': {} } });
  await gateway.send('/a');
  await gateway.send('/nowhere');
  gateway.handler = () => ({ payload: '{}', functionError: 'Unhandled' });
  await gateway.send('/a');
  const sumOf = (name: string): number =>
    gateway.samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
  expect(['Count', '4xx', '5xx'].map(sumOf)).toEqual([3, 1, 1]);
  expect(gateway.samples.filter(({ name }) => name === 'IntegrationLatency')).toHaveLength(2);
});

describe('a route with a JWT authorizer', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  async function startProtected(stage: object = {}): Promise<string> {
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'k' };
    vi.spyOn(JwksCache.prototype, 'keysOf').mockResolvedValue(createLocalJWKSet({ keys: [key as { kty: string }] }));
    const types = apiGatewayResourceTypes(gateway.service);
    const ApiId = types['AWS::ApiGatewayV2::Api']?.identify(
      { logicalId: 'Api', type: 'AWS::ApiGatewayV2::Api', properties: {} },
      testStack,
    ).ref;
    const authorizer = {
      ApiId,
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer', Audience: ['c'] },
    };
    const authorizerId = types['AWS::ApiGatewayV2::Authorizer']?.identify(
      { logicalId: 'Auth', type: 'AWS::ApiGatewayV2::Authorizer', properties: authorizer },
      testStack,
    ).ref;
    await gateway.startApi({
      stage,
      routes: {
        'GET /own': { AuthorizationType: 'JWT', AuthorizerId: authorizerId },
        'POST /own': { AuthorizationType: 'JWT', AuthorizerId: authorizerId },
        'GET /open': {},
      },
    });
    await declare(types, 'AWS::ApiGatewayV2::Authorizer', 'Auth', authorizer);
    return new SignJWT({
      iss: 'https://issuer',
      sub: 'alice',
      aud: 'c',
      'cognito:groups': ['a', 'b'],
      exp: gateway.clock.nowMs() / 1000 + 60,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(privateKey);
  }

  afterEach(() => vi.restoreAllMocks());

  test('hands the claims to the function', async () => {
    const token = await startProtected();
    expect((await gateway.send('/own', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(gateway.invocations[0]?.event['requestContext'].authorizer).toEqual({
      jwt: {
        claims: { iss: 'https://issuer', sub: 'alice', aud: 'c', 'cognito:groups': '[a b]', exp: expect.any(String) },
        scopes: null,
      },
    });
  });

  test('answers 401 with www-authenticate, before it takes the body, and leaves other routes open', async () => {
    await startProtected();
    const refused = await gateway.send('/own', { method: 'POST', body: Buffer.alloc(1_000_000) });
    expect(refused).toMatchObject({
      status: 401,
      body: '{"message":"Unauthorized"}',
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect((await gateway.send('/open')).status).toBe(200);
  });

  test('two Authorization headers are no token', async () => {
    const token = await startProtected();
    const raw = await gateway.sendRaw(
      `GET /own HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    expect(await raw.statusLine).toBe('HTTP/1.1 401 Unauthorized');
    raw.end();
  });

  test('writes an access log that no client can break and no token enters', async () => {
    const token = await startProtected({
      AccessLogSettings: {
        DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:access:*',
        Format: LOG_FORMAT,
      },
    });
    await gateway.send('/own', { headers: { authorization: `Bearer ${token}`, 'user-agent': '","status":200,"x":"' } });
    await gateway.send('/own', { headers: { authorization: `Bearer ${token}x` } });
    gateway.handler = () => ({ payload: '{}', functionError: 'Unhandled' });
    await gateway.send('/open');

    expect(gateway.logLines.map(({ logGroup }) => logGroup)).toEqual(['access', 'access', 'access']);
    expect(gateway.logLines.map(({ line }) => JSON.parse(line) as object)).toEqual([
      {
        id: expect.any(String),
        route: 'GET /own',
        status: '200',
        agent: '","status":200,"x":"',
        user: 'alice',
        auth: '-',
        why: '-',
        x: '-',
      },
      {
        id: expect.any(String),
        route: 'GET /own',
        status: '401',
        agent: '-',
        user: '-',
        auth: 'the signature is invalid',
        why: '-',
        x: '-',
      },
      {
        id: expect.any(String),
        route: 'GET /open',
        status: '500',
        agent: '-',
        user: '-',
        auth: '-',
        why: 'The function failed.',
        x: '-',
      },
    ]);
    expect(JSON.stringify(gateway.logLines)).not.toContain(token.slice(-20));
  });
});

describe('the gateway.service', () => {
  test('gives its address before anything is declared, and frees the port at the end', async () => {
    const endpoint = gateway.service.endpointOf('Api');
    await gateway.startApi();
    expect(gateway.service.list()).toMatchObject([{ endpoint, api: { name: 'n' } }]);
    await gateway.service.stop();
    const again = await ApiGatewayService.open({ ...gateway.options, port: Number(new URL(endpoint).port) }, ['Api']);
    expect(again.endpointOf('Api')).toBe(endpoint);
    await again.stop();
  });

  test('answers what is under way before it stops', async () => {
    const finish = Promise.withResolvers<InvocationResult>();
    gateway.handler = () => finish.promise;
    await gateway.startApi();
    const answer = gateway.send('/a', { headers: { connection: 'keep-alive' } });
    await expect.poll(() => gateway.invocations.length).toBe(1);
    const stopped = gateway.service.stop();
    finish.resolve(ok('done'));
    expect(await answer).toMatchObject({ body: 'done', headers: { connection: 'close' } });
    await stopped;
  });

  test('keeps a connection open for the next request', async () => {
    await gateway.startApi({ routes: { 'POST /a': {} } });
    const raw = await gateway.sendRaw(
      'POST /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}POST /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}',
    );
    await expect.poll(() => gateway.invocations.length).toBe(2);
    raw.end();
    expect(gateway.invocations).toHaveLength(2);
  });

  test.each([
    { type: 'AWS::ApiGatewayV2::Api', properties: { ProtocolType: 'WEBSOCKET' }, what: 'WEBSOCKET' },
    { type: 'AWS::ApiGatewayV2::Api', properties: { ProtocolType: 'HTTP', Body: {} }, what: 'Body' },
    { type: 'AWS::ApiGatewayV2::Integration', properties: { IntegrationType: 'HTTP_PROXY' }, what: 'HTTP_PROXY' },
    {
      type: 'AWS::ApiGatewayV2::Integration',
      properties: { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '1.0' },
      what: '1.0',
    },
    { type: 'AWS::ApiGatewayV2::Authorizer', properties: { AuthorizerType: 'REQUEST' }, what: 'REQUEST' },
    { type: 'AWS::ApiGatewayV2::Route', properties: { AuthorizationType: 'AWS_IAM' }, what: 'AWS_IAM' },
  ])('$type with $what stops the start', async ({ type, properties, what }) => {
    await expect(async () =>
      declare(apiGatewayResourceTypes(gateway.service), type, 'Api', properties),
    ).rejects.toThrow(what);
  });
});
