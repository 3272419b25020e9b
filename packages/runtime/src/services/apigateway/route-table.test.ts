import { describe, expect, test } from 'vitest';
import { RouteTable } from './route-table.ts';

function table(...routeKeys: string[]): RouteTable {
  const routes = new RouteTable();
  for (const routeKey of routeKeys) routes.add({ routeId: routeKey, routeKey, integrationId: 'i', scopes: [] });
  return routes;
}

describe('the most specific route answers, whatever the order of declaration', () => {
  const keys = [
    '$default',
    'ANY /{proxy+}',
    'GET /pets/{proxy+}',
    'GET /pets/dog/{id}',
    'GET /pets/dog/1',
    'ANY /pets/dog/1',
    'GET /pets/{kind}/1',
    'ANY /pets',
    'POST /pets',
    'GET /files/{folder}/{name+}',
    'GET /',
  ];

  test.each([
    { request: 'GET /pets/dog/1', route: 'GET /pets/dog/1', why: 'exact path and method' },
    { request: 'PUT /pets/dog/1', route: 'ANY /pets/dog/1', why: 'ANY takes what has no route of its own' },
    { request: 'GET /pets/dog/2', route: 'GET /pets/dog/{id}', why: 'an exact segment wins over an earlier variable' },
    { request: 'GET /pets/cat/1', route: 'GET /pets/{kind}/1', why: 'a variable wins over a greedy one' },
    { request: 'GET /pets/cat/2', route: 'GET /pets/{proxy+}', why: 'greedy when nothing else fits' },
    { request: 'GET /pets/a/b/c', route: 'GET /pets/{proxy+}', why: 'greedy takes many segments' },
    {
      request: 'DELETE /pets/dog/2',
      route: 'ANY /{proxy+}',
      why: 'a path with another method does not hide the greedy one',
    },
    { request: 'POST /pets', route: 'POST /pets', why: 'the method wins over ANY' },
    { request: 'GET /pets', route: 'ANY /pets', why: 'ANY of the exact path wins over GET of a greedy one' },
    { request: 'GET /files/a/b/c', route: 'GET /files/{folder}/{name+}', why: 'variable and greedy together' },
    { request: 'GET /files/a', route: 'ANY /{proxy+}', why: 'a greedy variable never stands for nothing' },
    { request: 'GET /', route: 'GET /', why: 'the root is a path' },
    { request: 'POST /', route: '$default', why: 'the root is no value for a greedy variable' },
  ])('$request goes to $route: $why', ({ request, route }) => {
    const [method = '', path = ''] = request.split(' ');
    expect(table(...keys).match(method, path)?.route.routeKey).toBe(route);
    expect(table(...keys.toReversed()).match(method, path)?.route.routeKey).toBe(route);
  });
});

describe('path variables', () => {
  const routes = table('GET /items/{id}', 'GET /files/{path+}', 'GET /plain');

  test.each([
    { path: '/items/a%20b', parameters: { id: 'a b' } },
    { path: '/items/a%2Fb', parameters: { id: 'a/b' } },
    { path: '/items/%7B%7D', parameters: { id: '{}' } },
    { path: '/files/a/b%20c', parameters: { path: 'a/b c' } },
    { path: '/plain', parameters: undefined },
    { path: '/pl%61in', parameters: undefined },
  ])('$path gives $parameters', ({ path, parameters }) => {
    expect(routes.match('GET', path)?.pathParameters).toEqual(parameters);
  });

  test.each(['/items', '/items/', '/items/a/b', '/items//', '/', '/files/'])('%s has no route', (path) => {
    expect(routes.match('GET', path)).toBeUndefined();
  });

  test('a malformed escape is told apart from a missing route', () => {
    expect(() => routes.match('GET', '/items/%zz')).toThrow(URIError);
  });
});

describe('declarations', () => {
  test.each(['GET', 'get /a', 'GET a', 'GET /{a+}/b'])('%s is refused', (routeKey) => {
    expect(() => table(routeKey)).toThrow(routeKey);
  });

  test('a route declared twice is refused', () => {
    expect(() => table('GET /a', 'GET /a')).toThrow('GET /a');
  });
});
