import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Gateway, type Handler } from './gateway.ts';

let folder: string;
let backend: Server;
let received: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }[];
let gateway: Gateway;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'page-'));
  writeFileSync(path.join(folder, 'index.html'), '<h1>page</h1>');
  writeFileSync(path.join(folder, 'page.js'), 'start()');
  received = [];
  backend = createServer((incoming, response) => {
    void bodyOf(incoming).then((body) => {
      received.push({ method: incoming.method, url: incoming.url, headers: incoming.headers, body });
      response.writeHead(207, { 'x-told': 'yes', 'access-control-allow-origin': '*' }).end(`got ${body}`);
    });
  });
  await once(backend.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  gateway = new Gateway(folder);
  await gateway.listen(0);
  gateway.serve({ backends: { api: url, pay: url, aws: url }, config: { live: 'events' } });
});

afterEach(async () => {
  await gateway.close();
  backend.close();
  rmSync(folder, { recursive: true });
});

describe('files', () => {
  test('are given with a policy that lets nothing in but what lies beside them', async () => {
    const answer = await ask('/');
    expect(answer.body).toBe('<h1>page</h1>');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test('are not sent again while they are the same', async () => {
    const { headers } = await ask('/page.js');
    expect((await ask('/page.js', { headers: { 'if-none-match': String(headers.etag) } })).status).toBe(304);
    writeFileSync(path.join(folder, 'page.js'), 'start(2)');
    expect((await ask('/page.js', { headers: { 'if-none-match': String(headers.etag) } })).body).toBe('start(2)');
  });

  test.each(['/nothing.js', '/%2e%2e%2fpackage.json', '/../package.json', '/sub/page.js', '/.env'])(
    '%s is no file of the page',
    async (name) => {
      const { status, body } = await ask(name);
      expect([status, JSON.parse(body).code]).toEqual([404, 'FILE_NOT_FOUND']);
    },
  );
});

describe('what lies behind it', () => {
  test.each([
    ['/api/products?limit=2', '/products?limit=2'],
    ['/pay/_sandbox/ledger', '/_sandbox/ledger'],
    ['/aws/', '/'],
    ['/aws', '/'],
  ])('%s is asked as %s', async (asked, passed) => {
    expect((await ask(asked)).status).toBe(207);
    expect(received.map(({ url }) => url)).toEqual([passed]);
  });

  test('gets the body and the token, and nothing that tells of a page', async () => {
    const headers = { authorization: 'Bearer t', 'content-type': 'text/plain', origin: gateway.url, cookie: 'a=b' };
    const { body, headers: given } = await ask('/api/x', { method: 'POST', headers, body: 'tea' });
    expect(body).toBe('got tea');
    expect(given['x-told']).toBe('yes');
    expect(given).not.toHaveProperty('access-control-allow-origin');
    const [passed] = received;
    expect(passed).toMatchObject({ method: 'POST', body: 'tea' });
    expect(passed?.headers).toMatchObject({ authorization: 'Bearer t', 'content-type': 'text/plain' });
    expect(passed?.headers).not.toHaveProperty('origin');
    expect(passed?.headers).not.toHaveProperty('cookie');
  });

  test('that does not answer is told of as a problem', async () => {
    await once(backend.close(), 'close');
    const { status, body } = await ask('/api/products');
    expect([status, JSON.parse(body).code]).toEqual([502, 'BACKEND_DOWN']);
  });

  test('is not there yet while the shop starts', async () => {
    const young = new Gateway(folder);
    await young.listen(0);
    const { status, body } = await ask('/api/products', { base: young.url });
    await young.close();
    expect([status, JSON.parse(body).code]).toEqual([503, 'STARTING']);
  });
});

describe('another page', () => {
  const foreign: readonly [string, Record<string, string>, number][] = [
    ['by a name that somebody points here', { host: 'rebound.example' }, 421],
    ['by its script', { origin: 'https://foreign.example' }, 403],
    ['by its script, on another port of this machine', { origin: 'http://localhost:3000' }, 403],
    ['by a sandboxed frame', { origin: 'null' }, 403],
    ['by an image', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['by a link to what is no page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
  ];
  test.each(foreign)('reaches nothing behind the gateway %s', async (_how, headers, expected) => {
    for (const target of ['/api/products', '/pay/_sandbox/ledger', '/aws/', '/live', '/machine/kill', '/config.json']) {
      expect((await ask(target, { headers })).status, target).toBe(expected);
    }
    expect(received).toEqual([]);
  });

  test.each(['/', '/returned.html', '/pay/_sandbox/confirmation/pi_1'])('may lead a browser to %s', async (target) => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask(target, { headers })).status).not.toBe(403);
  });
});

test.each(
  ['/index.html', '/api/x', '/pay/v1/x', '/aws/', '/machine/act'].flatMap((target) => [
    ['a body', target, { 'content-length': '10' }] as const,
    ['a body in chunks', target, {}] as const,
  ]),
)('%s for %s without an end is cut off at the deadline', async (_what, target, headers) => {
  const waiting = createServer((incoming) => void incoming.resume()).listen(0, '127.0.0.1');
  await once(waiting, 'listening');
  const url = `http://127.0.0.1:${(waiting.address() as AddressInfo).port}`;
  const hurried = new Gateway(folder, { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20 });
  await hurried.listen(0);
  const act: Handler = async (incoming, response) => void response.end(await bodyOf(incoming));
  hurried.serve({ backends: { api: url, pay: url, aws: url }, config: {}, handlers: { 'POST /machine/act': act } });
  const outgoing = request(`${hurried.url}${target}`, { method: 'POST', headers });
  outgoing.write('ab');
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  // What takes no body does not wait for its end.
  expect(response.statusCode).toBe(target === '/index.html' ? 405 : 408);
  outgoing.destroy();
  await hurried.close();
  waiting.close();
});

test('a page hears of a change, several of one subject as one', async () => {
  const incoming = request(`${gateway.url}/live`).end();
  const [response] = (await once(incoming, 'response')) as [IncomingMessage];
  let heard = '';
  response.setEncoding('utf8').on('data', (text: string) => (heard += text));
  for (const subject of ['order-1', 'order-1', 'order-2']) gateway.pokes.poke(subject);
  while (!heard.includes('order-2')) await once(response, 'data');
  expect(heard.match(/data: .*/g)).toEqual(['data: order-1', 'data: order-2']);
  incoming.destroy();
});

interface Asked {
  readonly base?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** `fetch` sets neither Host nor Origin, and tidies paths. */
async function ask(target: string, { base = gateway.url, method = 'GET', headers = {}, body }: Asked = {}) {
  const { hostname, port } = new URL(base);
  const outgoing = request({
    host: hostname,
    port,
    method,
    path: target,
    headers: { host: `${hostname}:${port}`, ...headers },
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await bodyOf(response) };
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  return text;
}

test('what one page has changed is told to all of them; what it has read is not', async () => {
  const orderId = '01K2Z5N8W0CHECK0VTSAMPRE01';
  const incoming = request(`${gateway.url}/live`).end();
  const [response] = (await once(incoming, 'response')) as [IncomingMessage];
  let heard = '';
  response.setEncoding('utf8').on('data', (text: string) => (heard += text));
  await ask('/api/inventory/CUP');
  await ask(`/api/orders/${orderId}/shipments`, { method: 'POST', body: '{}' });
  await ask('/api/inventory/CUP', { method: 'PUT', body: '{}' });
  while (!heard.includes('shop')) await once(response, 'data');
  expect(heard.match(/data: .*/g)).toEqual([`data: ${orderId}`, 'data: shop']);
  incoming.destroy();
});
