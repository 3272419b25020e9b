import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { anEvent, startPaymentWorld, WEBHOOK_SECRET, type PaymentWorld } from './testing/payments-under-test.ts';

/** The provider's webhooks arrive over HTTP as they do behind an HTTP API. */
const door = createServer((request, response) => void deliver(request, response));
const answers: number[] = [];
const logged: string[] = [];
let world: PaymentWorld;

async function deliver(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { handler } = await import('./payment-webhook.ts');
  const headers = { 'Stripe-Signature': String(request.headers['stripe-signature']) };
  const body = Buffer.concat(chunks).toString('base64');
  const context = { awsRequestId: 'request-1' };
  // A function that fails is a 500 there, and the provider calls again.
  const answer = await handler({ headers, body, isBase64Encoded: true }, context).catch((error: unknown) => {
    logged.push(String(error));
    return { statusCode: 500, body: '' };
  });
  answers.push(answer.statusCode ?? 0);
  response.writeHead(answer.statusCode ?? 500).end(answer.body);
}

beforeAll(async () => {
  // The logger and the metrics write their lines there.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logged.push(chunk.toString()) > 0);
  }
  vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => void logged.push(parts.map(String).join(' ')));
  process.env['POWERTOOLS_LOG_LEVEL'] = 'DEBUG';
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  world = await startPaymentWorld(`http://127.0.0.1:${(door.address() as AddressInfo).port}/payments/webhook`);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world.stop();
  door.closeAllConnections();
  door.close();
});
beforeEach(async () => {
  await world.reset();
  answers.length = 0;
});

async function aWaitingOrder(n: number) {
  const order = anOrder({ orderId: anOrderId(n), paymentMethodId: 'pm_card_threeDSecure2Required' });
  await world.createOrder(order);
  await world.charge(order);
  return order;
}

test('the customer confirms, the provider calls, the workflow goes on', async () => {
  const order = await aWaitingOrder(1);
  await world.customer(order, 'confirm');
  await expect.poll(() => world.aws.answers).toMatchObject([{ token: 'token-1', output: {} }]);
  expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
});

test('webhooks that come twice and out of order end the same (F55, F56)', async () => {
  const order = await aWaitingOrder(2);
  await world.arm(
    { kind: 'webhookReorder', orderId: order.orderId, ms: 100 },
    { kind: 'webhookDuplicate', orderId: order.orderId },
  );
  await world.customer(order, 'confirm');
  await world.refund(order);
  // Two of the refund, one of the success that was held back.
  await expect.poll(() => answers.length).toBeGreaterThanOrEqual(3);
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
  expect((await world.ledger(order)).filter((row) => row === 'REFUND')).toHaveLength(1);
});

test('nothing that was logged on the way holds a key, a secret, a token or card data', async () => {
  const order = anOrder({ orderId: anOrderId(3) });
  await world.arm(
    { kind: 'wrongAmount', operation: 'confirm', orderId: order.orderId },
    { kind: 'wrongAmount', operation: 'retrieve', orderId: order.orderId, count: 3 },
    { kind: 'unavailable', operation: 'retrieve', orderId: order.orderId, count: 9 },
  );
  await expect(world.charge(order, 'secret-task-token')).rejects.toThrow('the provider has');
  const [intent] = await world.intents(order);
  await world.webhook(anEvent(order, intent!.id));
  await world.webhook(anEvent(order, intent!.id, { id: 'evt_again' }));
  await world.webhook(anEvent(order, 'pi_none', { id: 'evt_none' }));
  await world.webhook({ id: 'evt_x' }, { signature: 'v1=forged' });
  for (const line of ['another payment than the order', 'cannot be asked', 'not matched', 'SignaturesInvalid']) {
    expect(logged.join('\n')).toContain(line);
  }
  expect(logged.join('\n')).not.toMatch(
    new RegExp(`sk_test|${WEBHOOK_SECRET}|secret-task-token|client_secret|v1=|pm_card`),
  );
});
