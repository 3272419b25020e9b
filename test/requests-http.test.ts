import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routeKeyOf, type Route } from '../functions/platform/http/route.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { filledIn, parseHttpFile } from './testing/http-file.ts';

/** Holds `requests.http` and the routes together; that its story comes true is for the whole system to show. */

const routes = Object.values(SHOP_ROUTES).flatMap((table) => Object.values<Route>(table));
const { requests } = parseHttpFile(readFileSync('requests.http', 'utf8'));
const visited = requests.map(({ method, url }) => {
  const [path = ''] = filledIn(url, (name) => (name === 'api' ? '' : 'a-value')).split('?');
  return routes.find((route) => matches(route, method, path));
});

function matches(route: Route, method: string, path: string): boolean {
  const pattern = new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return route.method === method && pattern.test(path);
}

test('the story visits every route that customers and admins have', () => {
  const missing = routes.filter((route) => !visited.includes(route)).map(routeKeyOf);
  // The provider calls it.
  expect(missing.toSorted(), 'routes that requests.http does not visit: add a request for each').toEqual([
    'POST /webhooks/payments',
  ]);
});
