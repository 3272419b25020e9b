import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';
import { CHECKOUT, PRODUCT } from '../testing/bad-requests.ts';
import { shopOf } from '../testing/signed-in-users.ts';

const SKU = 'PROBE-CUP';

/** An honest customer, who wants to be served whatever others send. */
export class Probe {
  readonly #customer: ShopClient;
  #orders = 0;

  /** Puts on sale what the customer will buy. */
  static async open(system: System): Promise<Probe> {
    const admin = await shopOf(system, 'admin');
    await expectStatus(admin, { method: 'POST', path: '/products', body: { ...PRODUCT, sku: SKU } }, 201);
    const Item = { sku: SKU, available: 100_000, onHold: 0, shipped: 0, received: 100_000, version: 1 };
    const { deployment } = system;
    await deployment.dynamoDb.send(new PutCommand({ TableName: deployment.output('StockTableName'), Item }));
    return new Probe(await shopOf(system, 'alice'));
  }

  private constructor(customer: ShopClient) {
    this.#customer = customer;
  }

  /** Looks at the catalogue, and orders one piece. @throws Error when the shop does not serve it. */
  async visit(): Promise<void> {
    await expectStatus(this.#customer, { method: 'GET', path: '/products' }, 200);
    await expectStatus(this.#customer, { method: 'PUT', path: `/basket/items/${SKU}`, body: { quantity: 1 } }, 200);
    this.#orders += 1;
    const headers = { 'idempotency-key': `probe-${this.#orders}` };
    const body = { ...CHECKOUT, acceptedTotal: PRODUCT.priceMinor };
    await expectStatus(this.#customer, { method: 'POST', path: '/basket/checkout', headers, body }, 202);
  }
}

async function expectStatus(shop: ShopClient, request: Parameters<ShopClient['send']>[0], expected: number) {
  const { status, body } = await shop.send(request);
  if (status === expected) return;
  throw new Error(`${request.method} ${request.path}: expected ${expected}, got ${status} ${JSON.stringify(body)}`);
}
