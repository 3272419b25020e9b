import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROBLEMS } from '../functions/platform/http/problem-codes.ts';
import { needsToken, type Route } from '../functions/platform/http/route.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { openApiDocument, problemCodesOf } from './openapi-document.ts';

const derived = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
const description = JSON.parse(derived) as {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; security: unknown[]; responses: object }>>;
};
const routes: (readonly [string, Route])[] = Object.values(SHOP_ROUTES).flatMap((table) =>
  Object.entries<Route>(table),
);

test('the description on disk is the one derived from the routes (npm run openapi)', () => {
  const onDisk = readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8');
  expect(onDisk === derived, 'docs/openapi.json is not up to date: run npm run openapi').toBe(true);
});

test('it describes every route, and nothing else', () => {
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(routes.map(([, { method, path }]) => `${method} ${path}`).toSorted());
});

test('no two operations have one name', () => {
  expect(new Set(routes.map(([name]) => name)).size).toBe(routes.length);
});

describe.each(routes)('%s', (operationId, route) => {
  const operation = description.paths[route.path]?.[route.method.toLowerCase()];

  test('is described under its name, with what it needs of the caller', () => {
    expect(operation?.operationId).toBe(operationId);
    expect(operation?.security).toEqual(needsToken(route) ? [{ accessToken: [] }] : []);
  });

  test('is described with every status that it may answer', () => {
    const answers = [route.success.status, ...problemCodesOf(route).map((code) => PROBLEMS[code].status)];
    const unlessModified = route.headers && 'if-none-match' in route.headers.shape ? [304] : [];
    const statuses = new Set([...answers, ...unlessModified].toSorted((a, b) => a - b).map(String));
    expect(Object.keys(operation?.responses ?? {})).toEqual([...statuses, 'default']);
  });

  test('has a path variable for each name in its path', () => {
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(route.params?.shape ?? {})).toEqual(inPath);
  });
});
