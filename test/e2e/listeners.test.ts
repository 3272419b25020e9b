import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listeningSockets, type ListeningSocket } from '../testing/listening-sockets.ts';
import { openToOthers } from '../testing/open-to-others.ts';
import { startTestSystem, type TestSystem } from '../testing/started-system.ts';

// Who listens is read from the operating system: a listener that is added and checks nothing fails here.

let system: TestSystem;
let sockets: ListeningSocket[];

beforeAll(async () => {
  system = await startTestSystem();
  sockets = listeningSockets();
});
afterAll(() => system.stop());

describe('what listens', () => {
  test('is the endpoint, the HTTP API, the payment sandbox, the page and, where nobody can guess it, the store', () => {
    const { endpointUrl, httpApiUrl = '', services } = system.runtime;
    const known = [endpointUrl, httpApiUrl, system.sandbox.url, system.gateway.url].map(portOf);
    const findable = sockets.filter(({ host }) => host.startsWith('127.0.0.'));
    expect(findable.map(({ port }) => port).toSorted()).toEqual(known.toSorted());
    const hidden = sockets.filter((socket) => !findable.includes(socket));
    expect(hidden.map(({ host, port }) => `http://${host}:${port}`)).toEqual([services.dynamoDb.serverUrl]);
  });

  test.each([
    ['a name that somebody points at this machine', { host: 'rebound.example' }],
    ['such a name with a port', { host: 'rebound.example:80' }],
    ['a name that ends as ours do', { host: 'notlocalhost' }],
  ])('does not answer for %s', async (_what, headers) => {
    const statuses = await Promise.all(findable().map((port) => statusOf(port, headers)));
    expect(statuses.filter((status) => status !== 421 && status !== 403)).toEqual([]);
  });

  test.each([
    ['another site', { origin: 'https://foreign.example' }],
    ['another port of this machine', { origin: 'http://localhost:3000' }],
    ['nowhere, as a sandboxed frame says', { origin: 'null' }],
    ['another site, for an image', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['another port, for an image', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('does not answer a page of %s, but the API, which knows CORS and tokens', async (_what, headers) => {
    const httpApi = portOf(system.runtime.httpApiUrl ?? '');
    for (const port of findable()) {
      const status = await statusOf(port, { ...headers, host: `localhost:${port}` });
      expect(status).toBe(port === httpApi ? 401 : 403);
    }
  });
});

test('what the system keeps on disk is for its owner alone', () => {
  const { all, open } = openToOthers(system.dataFolder);
  expect(all).toEqual(expect.arrayContaining(['runtime.sqlite', 'dynamodb.sqlite', 'payments/payment-sandbox.sqlite']));
  expect(open).toEqual([]);
});

function findable(): number[] {
  return sockets.filter(({ host }) => host.startsWith('127.0.0.')).map(({ port }) => port);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** `fetch` sets neither Host nor Origin. The path needs a token at the HTTP API. */
function statusOf(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = { host: '127.0.0.1', port, method: 'POST', path: '/basket/checkout', headers };
    const outgoing = request(sent, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    outgoing.once('error', reject).end();
  });
}
