import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '@order-workflow/states-language/clock';
import { answerToUnfinished, UNFINISHED } from '../../testing/unfinished-request.ts';
import { HttpListener } from './http-listener.ts';
import { openGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await openGateway();
});

afterEach(() => gateway.service.stop());

describe('refusals before any function runs', () => {
  beforeEach(() => {
    gateway.handler = () => {
      throw new Error('The function must not be reached.');
    };
  });

  const routes = { 'GET /a': {}, 'POST /a': {} };

  test.each([
    { why: 'no route', path: '/nope', method: 'GET', status: 404, message: 'Not Found' },
    { why: 'no route for HEAD', path: '/a', method: 'HEAD', status: 404, message: '' },
    { why: 'TRACE', path: '/a', method: 'TRACE', status: 405, message: 'Method Not Allowed' },
    {
      why: 'a method that HTTP APIs do not know',
      path: '/a',
      method: 'PROPFIND',
      status: 405,
      message: 'Method Not Allowed',
    },
    { why: 'a malformed escape', path: '/%zz', method: 'GET', status: 400, message: 'Bad Request' },
    { why: 'a URL of 8 KB', path: `/${'a'.repeat(8191)}`, method: 'GET', status: 414, message: 'Request-URI Too Long' },
    {
      why: 'a query of 8 KB',
      path: `/a?q=${'a'.repeat(8192)}`,
      method: 'GET',
      status: 414,
      message: 'Request-URI Too Long',
    },
  ])('$why: $status', async ({ path, method, status, message }) => {
    await gateway.startApi({ routes });
    const answer = await gateway.send(path, { method });
    expect(answer).toMatchObject({ status, body: message && JSON.stringify({ message }) });
  });

  test('request line and header values of more than 10,240 bytes: 431', async () => {
    await gateway.startApi({ routes });
    expect((await gateway.send('/a', { headers: { big: 'x'.repeat(10_241) } })).status).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`h${index}`, 'x'.repeat(110)]));
    expect((await gateway.send('/a', { headers: many })).status).toBe(431);
    expect((await gateway.send('/a', { headers: { huge: 'x'.repeat(100_000) } })).status).toBe(431);
  });

  test.each(['evil.test', 'localhost.evil.test', 'evil.test:80', 'localhost,evil.test'])(
    'the host %j: 403',
    async (host) => {
      await gateway.startApi({ routes });
      expect(await gateway.send('/a', { headers: { host } })).toMatchObject({
        status: 403,
        body: '{"message":"Forbidden"}',
      });
    },
  );

  test('a body declared or sent larger than 10 MB: 413, also when the client goes on sending', async () => {
    await gateway.startApi({ routes });
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect((await gateway.send('/a', { method: 'POST', body })).status).toBe(413);
    const chunked = await gateway.send('/a', { method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked).toMatchObject({ status: 413, body: '{"message":"Request Entity Too Large"}' });
  });

  test('a chunked body that never ends: 408 after ten seconds, then the connection is closed', async () => {
    await gateway.startApi({ routes });
    const raw = await gateway.sendRaw(
      'POST /a HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n',
    );
    await expect.poll(() => gateway.clock.nextDueAtMs).toBeDefined();
    await gateway.clock.advanceBy(10_000);
    expect(await raw.statusLine).toBe('HTTP/1.1 408 Request Timeout');
    await gateway.clock.advanceBy(2_000);
    await raw.closed;
  });

  test.each([
    {
      why: 'CONNECT',
      text: 'CONNECT example.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n',
      line: 'HTTP/1.1 405 Method Not Allowed',
    },
    {
      why: 'an invented method',
      text: 'BREW /a HTTP/1.1\r\nhost: localhost\r\n\r\n',
      line: 'HTTP/1.1 405 Method Not Allowed',
    },
    { why: 'no HTTP at all', text: '\u0016\u0003\u0001 hello\r\n\r\n', line: 'HTTP/1.1 405 Method Not Allowed' },
    {
      why: 'two lengths',
      text: 'POST /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      line: 'HTTP/1.1 400 Bad Request',
    },
    {
      why: 'length and chunks',
      text: 'POST /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      line: 'HTTP/1.1 400 Bad Request',
    },
    { why: 'no host', text: 'GET /a HTTP/1.1\r\n\r\n', line: 'HTTP/1.1 400 Bad Request' },
    {
      why: 'two hosts',
      text: 'GET /a HTTP/1.1\r\nhost: localhost\r\nhost: evil.test\r\n\r\n',
      line: 'HTTP/1.1 403 Forbidden',
    },
    {
      why: 'a foreign expectation',
      text: 'GET /a HTTP/1.1\r\nhost: localhost\r\nexpect: tea\r\n\r\n',
      line: 'HTTP/1.1 417 Expectation Failed',
    },
  ])('$why: $line', async ({ text, line }) => {
    await gateway.startApi({ routes });
    const raw = await gateway.sendRaw(text);
    expect(await raw.statusLine).toBe(line);
    raw.end();
  });

  test('before start, every request: 503', async () => {
    expect(await gateway.send('/a')).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
  });
});

test.each(UNFINISHED)('%s without an end is cut off at the deadline, whoever reads it', async (_what, beginning) => {
  const deadlines = { headersTimeout: 20, requestTimeout: 40, connectionsCheckingInterval: 10 };
  const listener = new HttpListener(systemClock, deadlines);
  await listener.listen(0);
  onTestFinished(() => listener.close());
  listener.serve(() => Promise.withResolvers<never>().promise);
  expect(await answerToUnfinished(`http://127.0.0.1:${listener.port}`, beginning)).toContain('HTTP/1.1 408');
});

test('on a full disk, what writes is refused with 503 before its function runs, and what reads is answered', async () => {
  await gateway.service.stop();
  gateway = await openGateway({ hasRoom: () => false });
  gateway.handler = () => ({ payload: JSON.stringify({ statusCode: 200, body: 'read' }) });
  await gateway.startApi({ routes: { 'GET /a': {}, 'POST /a': {} } });
  expect(await gateway.send('/a', { method: 'GET' })).toMatchObject({ status: 200, body: 'read' });
  expect(await gateway.send('/a', { method: 'POST', body: '{}' })).toMatchObject({ status: 503 });
});
