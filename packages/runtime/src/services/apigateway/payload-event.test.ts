import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FUNCTION_ARN, openGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await openGateway();
});

afterEach(() => gateway.service.stop());

describe('the event of payload format 2.0', () => {
  test('has every field, exactly', async () => {
    await gateway.startApi({ routes: { 'POST /items/{id}': {} } });
    await gateway.send('/items/a%20b?x=1&y=%C3%A9&x=2&empty=', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Many': ['a', 'b'],
        Cookie: 'c1=1; c2=2',
        'User-Agent': 'test',
        Connection: 'close',
      },
      body: '{"q":"ü"}',
    });

    const api = gateway.service.list()[0]?.api;
    expect(gateway.invocations).toEqual([{ name: FUNCTION_ARN, event: expect.anything() }]);
    expect(gateway.invocations[0]?.event).toEqual({
      version: '2.0',
      routeKey: 'POST /items/{id}',
      rawPath: '/items/a b',
      rawQueryString: 'x=1&y=%C3%A9&x=2&empty=',
      cookies: ['c1=1', 'c2=2'],
      headers: {
        'content-length': '10',
        'content-type': 'application/json',
        host: 'localhost',
        'user-agent': 'test',
        'x-many': 'a,b',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-69b30e1e-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '80',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { x: '1,2', y: 'é', empty: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: api?.apiId,
        domainName: 'localhost',
        domainPrefix: 'localhost',
        http: { method: 'POST', path: '/items/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.stringMatching(/^[\w-]{15}=$/),
        routeKey: 'POST /items/{id}',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: Date.UTC(2026, 2, 12, 19, 3, 58),
      },
      pathParameters: { id: 'a b' },
      body: '{"q":"ü"}',
      isBase64Encoded: false,
    });
  });

  test('leaves out what is not there', async () => {
    await gateway.startApi();
    await gateway.send('/plain');
    const event = gateway.invocations[0]?.event;
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
    for (const absent of ['cookies', 'queryStringParameters', 'body', 'stageVariables'])
      expect(event).not.toHaveProperty(absent);
    expect(event?.['requestContext']).not.toHaveProperty('authorizer');
  });

  test.each([
    { type: 'application/json', bytes: Buffer.from('{}'), base64: false },
    { type: 'application/problem+json; charset=utf-8', bytes: Buffer.from('{}'), base64: false },
    { type: 'text/csv', bytes: Buffer.from('a,b'), base64: false },
    { type: 'application/octet-stream', bytes: Buffer.from([0, 1, 255]), base64: true },
    { type: 'application/x-www-form-urlencoded', bytes: Buffer.from('a=b'), base64: true },
    { type: 'application/json', bytes: Buffer.from([0x22, 0xff, 0x22]), base64: true },
  ])('a body of $type ($bytes.length bytes) is base64: $base64', async ({ type, bytes, base64 }) => {
    await gateway.startApi();
    await gateway.send('/b', { method: 'POST', headers: { 'content-type': type }, body: bytes });
    expect(gateway.invocations[0]?.event).toMatchObject({
      isBase64Encoded: base64,
      body: bytes.toString(base64 ? 'base64' : 'utf8'),
    });
  });

  test('a compressed body is handed on as it is, in base64', async () => {
    await gateway.startApi();
    await gateway.send('/b', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: '{}',
    });
    expect(gateway.invocations[0]?.event).toMatchObject({
      isBase64Encoded: true,
      headers: { 'content-encoding': 'gzip' },
    });
  });

  test('names that mean something to JavaScript are plain names', async () => {
    await gateway.startApi();
    await gateway.send('/p?__proto__=1&constructor=2', { headers: { constructor: 'x' } });
    expect(Object.entries(gateway.invocations[0]?.event['queryStringParameters'])).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  test('a named stage keeps its name in the path and brings its variables', async () => {
    await gateway.startApi({
      stage: { StageName: 'dev', StageVariables: { color: 'blue' } },
      routes: { 'GET /a': {} },
    });
    expect((await gateway.send('/a')).status).toBe(404);
    expect((await gateway.send('/dev/a')).status).toBe(200);
    expect(gateway.invocations[0]?.event).toMatchObject({
      rawPath: '/dev/a',
      stageVariables: { color: 'blue' },
      requestContext: { stage: 'dev' },
    });
  });
});
