import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HttpWebhookTransport } from './webhook-transport.ts';

/** To a merchant who answers in this way. */
async function transportTo(answer: RequestListener, timeoutMs?: number): Promise<HttpWebhookTransport> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = new HttpWebhookTransport(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook?of=1`,
    timeoutMs,
  );
  onTestFinished(() => {
    transport.close();
    server.closeAllConnections();
    server.close();
  });
  return transport;
}

test('a body arrives as it is, and all of them over one connection', async () => {
  const arrived: string[] = [];
  const ports = new Set<number | undefined>();
  const transport = await transportTo((request, response) => {
    let body = `${request.method} ${request.url} ${String(request.headers['stripe-signature'])} `;
    ports.add(request.socket.remotePort);
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      arrived.push(body);
      response.end('thank you');
    });
  });
  for (const text of ['{"é":1}', '{}']) expect(await transport.post(text, { 'stripe-signature': 't=1' })).toBe(200);
  expect(arrived).toEqual(['POST /webhook?of=1 t=1 {"é":1}', 'POST /webhook?of=1 t=1 {}']);
  expect(ports.size).toBe(1);
});

test('a redirect is an answer like any other and is not followed', async () => {
  const transport = await transportTo((request, response) => {
    request.resume().on('end', () => response.writeHead(307, { location: '/elsewhere' }).end());
  });
  expect(await transport.post('{}', {})).toBe(307);
});

test.each<[string, RequestListener]>([
  ['no answer', () => undefined],
  ['an answer that does not end', (_request, response) => void response.writeHead(200).write(' ')],
])('%s within the time is none', async (_name, answer) => {
  const transport = await transportTo(answer, 100);
  await expect(transport.post('{}', {})).rejects.toBeInstanceOf(Error);
});

test.each<[string, RequestListener]>([
  ['instead of an answer', (request) => void request.socket.destroy()],
  [
    'within the answer',
    (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{', () => response.destroy());
    },
  ],
])('a connection that is cut off %s brings none', async (_name, answer) => {
  const transport = await transportTo(answer);
  await expect(transport.post('{}', {})).rejects.toBeInstanceOf(Error);
});

test('the end of the transport cuts off what waits for an answer', async () => {
  const asked = Promise.withResolvers<void>();
  const transport = await transportTo(() => asked.resolve());
  const outcomes = Promise.allSettled([transport.post('{}', {})]);
  await asked.promise;
  transport.close();
  expect(await outcomes).toMatchObject([{ status: 'rejected' }]);
});
