import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { routeKeyOf, type Route } from '../functions/platform/http/route.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { filledIn, parseHttpFile } from './testing/http-file.ts';

/** Holds `requests.http` and the routes together; that its story comes true is for the whole system to show. */

const file = parseHttpFile(readFileSync('requests.http', 'utf8'));
const routes = Object.values(SHOP_ROUTES).flatMap((table) => Object.values<Route>(table));
const AN_ORDER_ID = '01K2Z5N8W0CHECK0VTSAMPRE01';
const fill = (text: string) =>
  filledIn(text, (name) => {
    if (name.endsWith('.orderId')) return AN_ORDER_ID;
    return name.includes('.response.') ? 'a-value' : file.variables[name];
  });
const requests = file.requests.map((request) => {
  const [path = '', query = ''] = fill(request.url).replace(fill('{{api}}'), '').split('?');
  return { ...request, path, query, route: routes.find((route) => matches(route, request.method, path)) };
});
const toTheShop = requests.filter(({ url }) => url.startsWith('{{api}}'));

function matches(route: Route, method: string, path: string): boolean {
  const pattern = new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return route.method === method && pattern.test(path);
}

test('the story visits every route that customers and admins have', () => {
  const visited = new Set(toTheShop.map(({ route }) => route && routeKeyOf(route)));
  const missing = routes.map(routeKeyOf).filter((routeKey) => !visited.has(routeKey));
  // The provider calls the one, and an order that is parked would be a story of its own.
  expect(missing.toSorted(), 'routes that requests.http does not visit: add a request for each').toEqual([
    'POST /parked-orders/{orderId}/decisions',
    'POST /webhooks/payments',
  ]);
});

describe.each(toTheShop)('$title ($method $url)', ({ route, status, headers, body, query }) => {
  test('is a route of the shop, with an expectation', () => {
    expect(route).toBeDefined();
    expect(status).toBeGreaterThanOrEqual(200);
  });

  test('fits the route when it is to succeed', () => {
    const isRefused = status >= 400;
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value)]));
    const named = Object.fromEntries(
      Object.keys(route?.headers?.shape ?? {}).flatMap((name) =>
        sent[name] === undefined ? [] : [[name, sent[name]]],
      ),
    );
    const outcomes = [
      route?.query?.safeParse(Object.fromEntries(new URLSearchParams(query))).success,
      route?.headers?.safeParse(named).success,
      route?.body?.safeParse(body === undefined ? undefined : JSON.parse(fill(body))).success,
    ];
    expect(isRefused || !outcomes.includes(false)).toBe(true);
  });
});
