import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok, openGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await openGateway();
});

afterEach(() => gateway.service.stop());

describe('CORS', () => {
  const CorsConfiguration = {
    AllowOrigins: ['https://shop.example'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['authorization'],
    ExposeHeaders: ['x-a'],
    MaxAge: 60,
    AllowCredentials: true,
  };
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  };

  test('a preflight is answered by the API, without route or function', async () => {
    await gateway.startApi({ api: { CorsConfiguration } });
    const answer = await gateway.send('/anything', preflight);
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://shop.example',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization',
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '60',
      },
    });
    expect(gateway.invocations).toEqual([]);
  });

  test("a foreign origin gets no CORS headers, and the function's own are dropped", async () => {
    gateway.handler = () => ok({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: 'x' });
    await gateway.startApi({ api: { CorsConfiguration } });
    const foreign = { ...preflight, headers: { ...preflight.headers, origin: 'https://evil.test' } };
    expect((await gateway.send('/a', foreign)).headers).not.toHaveProperty('access-control-allow-origin');
    expect((await gateway.send('/a', { headers: { origin: 'https://evil.test' } })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
    const own = await gateway.send('/a', { headers: { origin: 'https://shop.example' } });
    expect(own.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': 'x-a',
    });
  });

  test('refusals carry the headers too, so that a page can read them', async () => {
    await gateway.startApi({ api: { CorsConfiguration }, routes: { 'GET /a': {} } });
    const answer = await gateway.send('/nope', { headers: { origin: 'https://shop.example' } });
    expect(answer).toMatchObject({ status: 404, headers: { 'access-control-allow-origin': 'https://shop.example' } });
  });

  test('without configuration a preflight is a request like any other', async () => {
    await gateway.startApi();
    await gateway.send('/a', preflight);
    expect(gateway.invocations[0]?.event['requestContext'].http.method).toBe('OPTIONS');
  });
});
