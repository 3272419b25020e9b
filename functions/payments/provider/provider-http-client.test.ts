import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ProviderHttpClient } from './provider-http-client.ts';

/** Asks a server that answers in this way. */
async function ask(answer: RequestListener, timeoutMs = 60_000) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = new ProviderHttpClient();
  return client.makeRequest('127.0.0.1', String(port), '/v1', 'POST', {}, 'amount=1', 'http', timeoutMs);
}

test('an answer comes with its status, headers and JSON', async () => {
  const answer = await ask((request, response) => {
    request.resume().on('end', () => response.writeHead(402, { 'request-id': 'req_1' }).end('{"error":{}}'));
  });
  expect(answer.getStatusCode()).toBe(402);
  expect(answer.getHeaders()).toMatchObject({ 'request-id': 'req_1' });
  expect(await answer.toJSON()).toEqual({ error: {} });
});

test('a redirect is not followed', async () => {
  const answer = ask((_request, response) => response.writeHead(307, { location: 'http://elsewhere.test/' }).end());
  await expect(answer).rejects.toThrow('The payment provider redirects');
});

test('an answer that drips ends with the time for the whole call, as the timeout that the SDK knows', async () => {
  const answer = ask((_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(drip));
  }, 100);
  await expect(answer).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('an answer without end is not read to its end', async () => {
  const answer = ask((_request, response) => {
    const piece = 'x'.repeat(64 * 1024);
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
      response.once('drain', pour);
    };
    pour();
  });
  await expect(answer).rejects.toMatchObject({ cause: { message: 'more than 1000000 bytes' } });
});

test('a connection that is closed without an answer is named so, one that breaks off within the answer is not', async () => {
  await expect(ask((request) => request.socket.destroy())).rejects.toMatchObject({ code: 'ECONNRESET' });
  const cutOff = ask((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"id":', () => response.destroy());
  });
  await expect(cutOff).rejects.toThrow('could not be read to its end');
  await expect(cutOff).rejects.not.toHaveProperty('code');
});
