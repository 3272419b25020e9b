import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { followOrder, hasEnded, waitsForSomeone } from '../../cli/follow-order.ts';
import type { OrderProgress } from '../../cli/order-progress.ts';
import type { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';
import type { Scene, SceneFacts } from '../authorization-table.ts';
import { CHECKOUT, PRODUCT } from '../testing/bad-requests.ts';
import { aNewCustomer, type NewCustomer } from '../testing/new-customer.ts';
import { shopOf } from '../testing/signed-in-users.ts';

const PATIENCE_MS = 60_000;
const LISTINGS: readonly string[] = ['GET /products', 'GET /orders', 'GET /parked-orders'];

/** `declinedOrder` waits for another payment method. */
export type ContractScene = Scene | 'declinedOrder';

/**
 * Brings the running shop to where a request finds something. All of it is Alice's but parked orders, which only
 * operators see: an order that comes to nothing brings its lines back into its customer's basket, whenever that is.
 */
export class Scenes {
  readonly #system: System;
  readonly #alice: ShopClient;
  readonly #bob: ShopClient;
  readonly #admin: ShopClient;
  readonly #leftAsTheyAre = new Map<ContractScene, Promise<SceneFacts>>();
  #count = 0;

  private constructor(system: System, users: { alice: ShopClient; bob: ShopClient; admin: ShopClient }) {
    this.#system = system;
    this.#alice = users.alice;
    this.#bob = users.bob;
    this.#admin = users.admin;
  }

  static async of(system: System): Promise<Scenes> {
    const [alice, bob, admin] = await Promise.all([
      shopOf(system, 'alice'),
      shopOf(system, 'bob'),
      shopOf(system, 'admin'),
    ]);
    return new Scenes(system, { alice, bob, admin });
  }

  /** For requests that change nothing, because they read or are refused: they find the same order. */
  async shared(scene: ContractScene | undefined): Promise<SceneFacts> {
    if (scene === undefined || scene === 'product' || scene === 'stock' || scene === 'basket')
      return this.prepared(scene);
    const order = this.#leftAsTheyAre.get(scene) ?? this.prepared(scene);
    this.#leftAsTheyAre.set(scene, order);
    return { ...(await order), idempotencyKey: randomUUID() };
  }

  async prepared(scene: ContractScene | undefined): Promise<SceneFacts> {
    // None is a part of another one, so that it can be searched for.
    const sku = `SCENE-${String((this.#count += 1)).padStart(5, '0')}`;
    const facts = { sku, orderId: '', parkedStep: '', idempotencyKey: randomUUID() };
    if (scene === undefined) return facts;
    await this.#admin.call({ method: 'POST', path: '/products', body: { ...PRODUCT, sku } }, z.unknown());
    if (scene === 'product') return facts;
    if (scene === 'stock') {
      await this.counted(sku);
      return facts;
    }
    for (const customer of [this.#alice, this.#bob, this.#admin]) {
      await customer.send({ method: 'DELETE', path: '/basket' });
    }
    const customer = scene === 'parkedOrder' ? this.#admin : this.#alice;
    await customer.call({ method: 'PUT', path: `/basket/items/${sku}`, body: { quantity: 1 } }, z.unknown());
    // Before a checkout, too: what is out of stock comes back into the basket.
    await this.counted(sku);
    if (scene === 'basket') return facts;
    if (scene === 'parkedOrder') return { ...facts, ...(await this.#parkedOrder()) };
    if (scene === 'declinedOrder') return { ...facts, orderId: await this.#declinedOrder() };
    return { ...facts, orderId: await this.#soldOrder(scene === 'shippedOrder') };
  }

  /** Somebody of whom nothing is under way, and who may be erased. */
  aPerson(): Promise<NewCustomer> {
    this.#count += 1;
    return aNewCustomer(this.#system, { email: `person-${this.#count}@example.com`, name: 'A Person' });
  }

  /** So that units can come and go. */
  async counted(sku: string): Promise<void> {
    await this.#admin.call({ method: 'PUT', path: `/inventory/${sku}`, body: { stock: 5 } }, z.unknown());
  }

  /** The version of Alice's basket. */
  async basketVersion(): Promise<number> {
    const { version } = await this.#alice.call({ method: 'GET', path: '/basket' }, z.object({ version: z.number() }));
    return version;
  }

  /** Leads to the second page of a listing, where there is one. */
  async cursorOf(routeKey: string): Promise<string | undefined> {
    if (!LISTINGS.includes(routeKey)) return undefined;
    const Page = z.object({ nextCursor: z.string().optional() });
    const client = routeKey === 'GET /parked-orders' ? this.#admin : this.#alice;
    const path = `${routeKey.replace('GET ', '')}?limit=1` as `/${string}`;
    return (await client.call({ method: 'GET', path }, Page)).nextCursor;
  }

  async #soldOrder(isShipped: boolean): Promise<string> {
    const orderId = await this.#ordered(this.#alice, { paymentMethod: 'pm_card_visa' });
    await followOrder(this.#system.deployment, orderId, { until: hasEnded, timeoutMs: PATIENCE_MS });
    if (isShipped) {
      await this.#admin.call({ method: 'POST', path: `/orders/${orderId}/shipments`, body: {} }, z.unknown());
    }
    return orderId;
  }

  /** The customer may pay it with another method. */
  async #declinedOrder(): Promise<string> {
    const payment = { paymentMethod: 'pm_card_chargeDeclined', allowPaymentRetry: true };
    const orderId = await this.#ordered(this.#alice, payment);
    await followOrder(this.#system.deployment, orderId, { until: waitsForSomeone, timeoutMs: PATIENCE_MS });
    return orderId;
  }

  /** A workflow that a person stops leaves its order to an operator. */
  async #parkedOrder(): Promise<{ orderId: string; parkedStep: string }> {
    const { deployment } = this.#system;
    const orderId = await this.#ordered(this.#admin, { paymentMethod: 'pm_card_threeDSecure2Required' });
    await followOrder(deployment, orderId, { until: waitsForSomeone, timeoutMs: PATIENCE_MS });
    await deployment.stepFunctions.send(new StopExecutionCommand({ executionArn: deployment.executionArn(orderId) }));
    const isParked = ({ parkedSteps: steps }: OrderProgress): boolean => steps.length > 0;
    const { parkedSteps } = await followOrder(deployment, orderId, { until: isParked, timeoutMs: PATIENCE_MS });
    await this.#listed(orderId);
    return { orderId, parkedStep: parkedSteps[0] ?? '' };
  }

  /** The list is an index, which follows its table a moment later. */
  async #listed(orderId: string): Promise<void> {
    const Page = z.object({ parkedOrders: z.array(z.object({ orderId: z.string() })) });
    for (;;) {
      const { parkedOrders } = await this.#admin.call({ method: 'GET', path: '/parked-orders?limit=100' }, Page);
      if (parkedOrders.some((parked) => parked.orderId === orderId)) return;
      await delay(25);
    }
  }

  async #ordered(customer: ShopClient, payment: Readonly<Record<string, unknown>>): Promise<string> {
    const { orderId } = await customer.call(
      {
        method: 'POST',
        path: '/basket/checkout',
        headers: { 'idempotency-key': randomUUID() },
        body: { ...CHECKOUT, acceptedTotal: PRODUCT.priceMinor, ...payment },
      },
      z.object({ orderId: z.string() }),
    );
    return orderId;
  }
}
