import { expect, test } from 'vitest';
import type { RestRequest } from '../../endpoint/aws-api.ts';
import { restApi, route } from './rest-routes.ts';

function ask(path: string, method = 'GET') {
  const told = (name: string) => (_: RestRequest, labels: Readonly<Record<string, string>>) => ({
    statusCode: 200,
    body: JSON.stringify([name, labels]),
  });
  const api = restApi([
    route('GET', '/2015-03-31/functions', told('list')),
    route('GET', '/2015-03-31/functions/{name}', told('get')),
    route('POST', '/2015-03-31/functions/{name}/invocations', told('invoke')),
    route('GET', '/{pool}/.well-known/jwks.json', told('keys')),
    route('ANY', '/v2/apis/{api}/{collection}', told('any')),
  ]);
  const headers = {};
  const call = { requestId: 'r', signal: new AbortController().signal };
  return api.route({ method, path, query: new URLSearchParams(), headers, body: Buffer.alloc(0), call });
}

test.each([
  ['GET', '/2015-03-31/functions', ['list', {}]],
  ['GET', '/2015-03-31/functions/', ['list', {}]],
  ['GET', '/2015-03-31/functions/resize', ['get', { name: 'resize' }]],
  ['GET', '/2015-03-31/functions/arn%3Aaws%3Alambda%3A%2Fresize', ['get', { name: 'arn:aws:lambda:/resize' }]],
  ['GET', '/2015-03-31/functions/a+b', ['get', { name: 'a+b' }]],
  ['POST', '/2015-03-31/functions/resize/invocations', ['invoke', { name: 'resize' }]],
  ['GET', '/us-east-1_x/.well-known/jwks.json', ['keys', { pool: 'us-east-1_x' }]],
  ['GET', '/v2/apis/a1/routes', ['any', { api: 'a1', collection: 'routes' }]],
  ['PATCH', '/v2/apis/a1/routes', ['any', { api: 'a1', collection: 'routes' }]],
])('%s %s is answered with the labels of its path', async (method, path, expected) => {
  const answer = await ask(path, method);
  expect(JSON.parse(String(answer?.body))).toEqual(expected);
});

test.each([
  ['another method', 'POST', '/2015-03-31/functions/resize'],
  ['an empty label', 'POST', '/2015-03-31/functions//invocations'],
  ['a label of two segments', 'GET', '/2015-03-31/functions/a/b'],
  ['a longer path', 'GET', '/2015-03-31/functions/resize/invocations/1'],
  ['a path before it', 'GET', '/x/2015-03-31/functions'],
  ['any character for the dot', 'GET', '/us-east-1_x/.well-known/jwksXjson'],
  ['other case', 'GET', '/2015-03-31/Functions'],
])('%s is for another service', (_, method, path) => {
  expect(ask(path, method)).toBeUndefined();
});

test('a malformed escape is the fault of the caller', () => {
  expect(() => ask('/2015-03-31/functions/%E0%A4%A')).toThrow(
    expect.objectContaining({ code: 'ValidationException', statusCode: 400 }),
  );
});

test('an operation that throws rejects', async () => {
  const api = restApi([
    route('GET', '/', () => {
      throw new TypeError('broken');
    }),
  ]);
  const request = { method: 'GET', path: '/' } as RestRequest;
  await expect(api.route(request)).rejects.toThrow('broken');
});
