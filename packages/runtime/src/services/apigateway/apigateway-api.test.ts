import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveAws } from '../testing/serve-aws.ts';
import { apiGatewayApi } from './apigateway-api.ts';
import { FUNCTION_ARN, openGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
let endpoint: Awaited<ReturnType<typeof serveAws>>;

beforeEach(async () => {
  gateway = await openGateway();
  await gateway.startApi({ routes: { 'GET /a': {}, $default: {} } });
  endpoint = await serveAws({ rest: [apiGatewayApi(gateway.service)] });
});

afterEach(async () => {
  await endpoint.close();
  await gateway.service.stop();
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${endpoint.url}${path}`);
  return { status: response.status, body: await response.json() };
}

test('APIs, routes, integrations and stages of the template can be looked at', async () => {
  const apiId = gateway.service.list()[0]?.api.apiId;
  expect(await get('/v2/apis')).toMatchObject({
    status: 200,
    body: { items: [{ apiId, name: 'n', protocolType: 'HTTP', apiEndpoint: gateway.service.endpointOf('Api') }] },
  });
  expect(await get(`/v2/apis/${apiId}/routes`)).toMatchObject({
    body: { items: [{ routeKey: 'GET /a', authorizationType: 'NONE' }, { routeKey: '$default' }] },
  });
  expect(await get(`/v2/apis/${apiId}/integrations`)).toMatchObject({
    body: { items: [{ integrationUri: FUNCTION_ARN }] },
  });
  expect(await get(`/v2/apis/${apiId}/stages`)).toMatchObject({ body: { items: [{ stageName: '$default' }] } });
  expect(await get(`/v2/apis/${apiId}/authorizers`)).toMatchObject({ body: { items: [] } });
});

test('an unknown API is not found, and writing is refused', async () => {
  expect((await get('/v2/apis/nope')).status).toBe(404);
  const created = await fetch(`${endpoint.url}/v2/apis`, { method: 'POST', body: '{}' });
  expect(created.headers.get('x-amzn-errortype')).toBe('BadRequestException');
});
