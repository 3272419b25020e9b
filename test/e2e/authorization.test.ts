import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followOrder, hasEnded, waitsForSomeone } from '../../cli/follow-order.ts';
import type { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';
import {
  AUTHORIZATION,
  CELLS,
  leaksToOthers,
  PROVIDER_EVENT,
  shapeFaults,
  type Actor,
  type Scene,
  type SceneFacts,
} from '../authorization-table.ts';
import { CHECKOUT, PRODUCT } from '../testing/bad-requests.ts';
import type { TestAnswer } from '../testing/http-events.ts';
import { providerSignature } from '../testing/provider-signature.ts';
import { sendOverHttp, type RealRequest } from '../testing/real-http.ts';
import { shopOf, tokensOf } from '../testing/signed-in-users.ts';
import { startTestSystem } from '../testing/started-system.ts';

/** The authorisation table over the real HTTP API: with its authorizer, real tokens and real signatures. */

const PATIENCE_MS = 20_000;

let system: System;
let apiUrl: string;
let alice: ShopClient;
let bob: ShopClient;
let admin: ShopClient;
let traitsOf: Readonly<Record<Actor, RealRequest>>;

beforeAll(async () => {
  system = await startTestSystem();
  apiUrl = system.deployment.output('HttpApiUrl');
  [alice, bob, admin] = await Promise.all([shopOf(system, 'alice'), shopOf(system, 'bob'), shopOf(system, 'admin')]);
  const [owner, other, root] = await Promise.all(
    (['alice', 'bob', 'admin'] as const).map(async (name) => (await tokensOf(system, name)).accessToken),
  );
  traitsOf = {
    anonymous: {},
    owner: { token: owner },
    other: { token: other },
    admin: { token: root },
    provider: { headers: { 'stripe-signature': providerSignature(PROVIDER_EVENT) } },
  };
});
afterAll(() => system.stop());

describe.each(CELLS)('$routeKey', ({ routeKey, route, actor }) => {
  const row = AUTHORIZATION[routeKey];

  test(`answers ${actor} with ${row?.expected[actor]}`, async () => {
    const leavesScene = routeKey.startsWith('GET ') || (row?.expected[actor] ?? 0) >= 400;
    const facts = await (leavesScene ? shared(row?.scene) : prepared(row?.scene));
    const request = row?.request?.(facts);
    const headers = { ...request?.headers, ...traitsOf[actor].headers };
    const answer = await sendOverHttp(apiUrl, routeKey, { ...request, ...traitsOf[actor], headers });
    expect(answer.status).toBe(row?.expected[actor]);
    expect(isOfTheAuthorizer(answer, routeKey) ? [] : shapeFaults(route, answer.status, answer.body)).toEqual([]);
    expect(actor === 'other' && leaksToOthers(route, facts, answer.body)).toBe(false);
  });
});

/** API Gateway's own words: an HTTP API cannot be told to answer with a problem document. */
function isOfTheAuthorizer({ status, headers, body }: TestAnswer, routeKey: string): boolean {
  const isPlainRefusal = body?.message === 'Unauthorized' && headers['www-authenticate'] === 'Bearer';
  return status === 401 && routeKey !== 'POST /webhooks/payments' && isPlainRefusal;
}

let scenes = 0;
const ordersLeftAsTheyAre = new Map<Scene, Promise<SceneFacts>>();

/** For requests that change nothing, because they read or are refused: they find the same order. */
async function shared(scene: Scene | undefined): Promise<SceneFacts> {
  if (scene === undefined || scene === 'product' || scene === 'basket') return prepared(scene);
  const order = ordersLeftAsTheyAre.get(scene) ?? prepared(scene);
  ordersLeftAsTheyAre.set(scene, order);
  return { ...(await order), idempotencyKey: randomUUID() };
}

async function prepared(scene: Scene | undefined): Promise<SceneFacts> {
  const facts = { sku: `AUTH-${(scenes += 1)}`, orderId: '', parkedStep: '', idempotencyKey: randomUUID() };
  if (scene === undefined) return facts;
  await admin.call({ method: 'POST', path: '/products', body: { ...PRODUCT, sku: facts.sku } }, z.unknown());
  if (scene === 'product') return facts;
  for (const customer of [alice, bob, admin]) await customer.send({ method: 'DELETE', path: '/basket' });
  await alice.call({ method: 'PUT', path: `/basket/items/${facts.sku}`, body: { quantity: 1 } }, z.unknown());
  if (scene === 'basket') return facts;
  await admin.call({ method: 'PUT', path: `/inventory/${facts.sku}`, body: { stock: 5 } }, z.unknown());
  return scene === 'parkedOrder'
    ? { ...facts, ...(await parkedOrder()) }
    : { ...facts, orderId: await soldOrder(scene === 'shippedOrder') };
}

async function soldOrder(isShipped: boolean): Promise<string> {
  const orderId = await ordered('pm_card_visa');
  await followOrder(system.deployment, orderId, { until: hasEnded, timeoutMs: PATIENCE_MS });
  if (isShipped) await admin.call({ method: 'POST', path: `/orders/${orderId}/shipments`, body: {} }, z.unknown());
  return orderId;
}

/** A workflow that a person stops leaves its order to an operator. */
async function parkedOrder(): Promise<{ orderId: string; parkedStep: string }> {
  const { deployment } = system;
  const orderId = await ordered('pm_card_threeDSecure2Required');
  await followOrder(deployment, orderId, { until: waitsForSomeone, timeoutMs: PATIENCE_MS });
  await deployment.stepFunctions.send(new StopExecutionCommand({ executionArn: deployment.executionArn(orderId) }));
  const isParked = ({ parked }: { parked: readonly { parkedState?: string | undefined }[] }): boolean =>
    parked.some(({ parkedState }) => parkedState === 'OPEN');
  const { parked } = await followOrder(deployment, orderId, { until: isParked, timeoutMs: PATIENCE_MS });
  await listed(orderId);
  return { orderId, parkedStep: parked[0]?.step ?? '' };
}

/** The list is an index, which follows its table a moment later. */
async function listed(orderId: string): Promise<void> {
  const Page = z.object({ parkedOrders: z.array(z.object({ orderId: z.string() })) });
  for (;;) {
    const { parkedOrders } = await admin.call({ method: 'GET', path: '/parked-orders?limit=100' }, Page);
    if (parkedOrders.some((parked) => parked.orderId === orderId)) return;
    await delay(25);
  }
}

async function ordered(paymentMethod: string): Promise<string> {
  const { orderId } = await alice.call(
    {
      method: 'POST',
      path: '/basket/checkout',
      headers: { 'idempotency-key': randomUUID() },
      body: { ...CHECKOUT, acceptedTotal: PRODUCT.priceMinor, paymentMethod },
    },
    z.object({ orderId: z.string() }),
  );
  return orderId;
}
