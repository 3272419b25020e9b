import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { canonicalJson } from '../../../events/canonical-json.ts';
import { TABLE_SCHEMAS, type TableName } from '../../../infra/table-schemas.ts';
import { anOrder } from '../../../test/testing/builders.ts';
import { TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import { startFakeUserPool, type FakeUserPool } from '../../../test/testing/fake-user-pool.ts';
import { startShopEnvironment } from '../../../test/testing/functions-under-test.ts';
import { BasketTable } from '../../basket/basket-table.ts';
import { lifecycleOf, placedRecord } from '../../orders/order-record.ts';
import { accountsOfPool } from '../customer-account.ts';
import { CustomerErasure } from '../customer-erasure.ts';
import { CustomerOrders } from '../customer-orders.ts';
import { ErasureRecords } from '../erasure-record.ts';

/** What tells who a person is. None of it may be found after an erasure. */
export const CANARY = {
  email: 'carla.canary@example.com',
  name: 'Carla Canarybird',
  line1: '7 Canary Wharf Lane',
  line2: 'care of Aunt Canaria',
  postalCode: '10777',
  city: 'Canarytown',
} as const;

export const NOW = new Date('2026-02-01T09:00:00.000Z');

/** What is special about an order of the person. */
export interface OrderScene {
  readonly orderId: string;
  readonly customerId: string;
  readonly status?: string;
  readonly openReturn?: boolean;
  readonly parked?: boolean;
}

/** Customers on a real store, with a user pool that speaks its protocol. */
export class CustomersWorld {
  readonly store: TestDynamoDb;
  readonly pool: FakeUserPool;

  private constructor(store: TestDynamoDb, pool: FakeUserPool) {
    this.store = store;
    this.pool = pool;
  }

  static async start(): Promise<CustomersWorld> {
    return new CustomersWorld(await startShopEnvironment(), await startFakeUserPool());
  }

  async stop(): Promise<void> {
    await this.pool.stop();
    await this.store.stop();
  }

  /** An account, a basket, a remembered checkout, and two orders: one with all that operators wrote about it. */
  async aPerson(customerId: string): Promise<void> {
    await this.store.clear();
    this.pool.users.clear();
    this.pool.users.set(customerId, { email: CANARY.email, email_verified: 'true', name: CANARY.name });
    this.pool.users.set('other', { email: 'other@example.com' });
    const line = { name: 'Cup', quantity: 2, unitPriceMinor: 850, currency: 'EUR', productVersion: 1 };
    await this.store.put(
      TEST_TABLES.BASKETS_TABLE,
      { customerId, item: 'BASKET', version: 4 },
      { customerId, item: 'LINE#CUP-WHITE', sku: 'CUP-WHITE', ...line },
      { customerId, item: 'CHECKOUT#1', orderId: FIRST, bodyHash: 'h', expiresAtEpochSeconds: 1_900_000_000 },
      { customerId: 'other', item: 'LINE#CUP-WHITE', sku: 'CUP-WHITE', ...line },
    );
    await this.anOrderOf({ orderId: FIRST, customerId, status: 'DELIVERED' });
    await this.anOrderOf({ orderId: SECOND, customerId, status: 'CANCELLED' });
    await this.anOrderOf({ orderId: FOREIGN, customerId: 'other', status: 'CONFIRMED' });
  }

  async anOrderOf({ orderId, customerId, status = 'DELIVERED', openReturn, parked }: OrderScene): Promise<void> {
    const order = anOrder({ orderId, customerId });
    const row = { ...placedRecord(order), status, eventSeq: 3, version: 3 } as ReturnType<typeof placedRecord>;
    const returns = { units: {}, refundMinor: 0, ...(openReturn === true && { open: `return-${'0'.repeat(16)}` }) };
    const isOfPerson = customerId !== 'other';
    const decided = { parking: 1, decision: 'resolved', actor: 'root', decidedAt: '2026-01-20T00:00:00.000Z' };
    await this.store.put(
      TEST_TABLES.ORDERS_TABLE,
      { ...row, item: 'ORDER', lifecycle: lifecycleOf(row), returns },
      { orderId, item: 'HISTORY#000001', status: 'PENDING', at: row.placedAt },
      {
        orderId,
        item: 'PARKED#Refund payment',
        reason: 'REFUND_FAILED',
        ...(parked === true && { parkedState: 'OPEN', since: row.placedAt }),
        decisions: [
          {
            ...decided,
            evidence: isOfPerson ? `re_42, as told on the phone to Mrs CANARYBIRD (${CANARY.email})` : 're_43',
          },
        ],
      },
      {
        orderId,
        item: 'RETURN#return-1',
        state: 'CLOSED',
        lines: [{ sku: 'CUP-WHITE', quantity: 1 }],
        reason: isOfPerson ? `${CANARY.name} moved: not at ${CANARY.line1} any more` : 'Moved',
      },
    );
    await this.store.put(TEST_TABLES.STOCK_CHANGES_TABLE, {
      sku: 'CUP-WHITE',
      change: orderId,
      orderId,
      reason: isOfPerson ? `${CANARY.name} sent it back` : 'Sent back',
    });
    const { email, ...address } = CANARY;
    const contact = isOfPerson ? { email, shippingAddress: address } : { email: 'other@example.com' };
    await this.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, { orderId, customerId, ...contact });
  }

  /** Everything that is kept: all tables, and the users of the pool. */
  async everything(): Promise<string> {
    const tables = (Object.keys(TABLE_SCHEMAS) as TableName[]).map(async (name) => [name, await this.store.rows(name)]);
    return canonicalJson([await Promise.all(tables), [...this.pool.users]]);
  }

  /** What is found of the person, and where. */
  async canariesIn(): Promise<string[]> {
    const kept = (await this.everything()).toLowerCase();
    return ['canary', 'canaria', CANARY.postalCode].filter((text) => kept.includes(text));
  }

  /** The erasure on this store, in a process that may be killed. */
  erasure(process = new DoomedProcess({ at: Infinity, when: 'before' })): CustomerErasure {
    const documents = process.over(this.store.documents);
    const pool = accountsOfPool('us-east-1_test');
    return new CustomerErasure({
      documents,
      accounts: {
        find: (customerId) => process.call(() => pool.find(customerId)),
        remove: (customerId) => process.call(() => pool.remove(customerId)),
      },
      baskets: new BasketTable({ documents, tableName: TEST_TABLES.BASKETS_TABLE }),
      orders: new CustomerOrders({
        documents,
        ordersTable: TEST_TABLES.ORDERS_TABLE,
        orderContactsTable: TEST_TABLES.ORDER_CONTACTS_TABLE,
        stockChangesTable: TEST_TABLES.STOCK_CHANGES_TABLE,
      }),
      records: new ErasureRecords({ documents, erasuresTable: TEST_TABLES.ERASURES_TABLE }),
      clock: { now: () => NOW },
    });
  }
}

export const FIRST = '01K2Z5N8W0CHECK0VTSAMPRE01';
export const SECOND = '01K2Z5N8W0CHECK0VTSAMPRE02';
export const FOREIGN = '01K2Z5N8W0CHECK0VTSAMPRE03';

/** A process that is killed at one of its calls: `before` it reaches the store, or `after` the store has done it. */
export class DoomedProcess {
  calls = 0;
  readonly #dies: { readonly at: number; readonly when: 'before' | 'after' };

  constructor(dies: { readonly at: number; readonly when: 'before' | 'after' }) {
    this.#dies = dies;
  }

  /** A call of the process. @throws Error from the moment on at which it is killed. */
  async call<Result>(send: () => Promise<Result>): Promise<Result> {
    const { at, when } = this.#dies;
    const n = (this.calls += 1);
    if (n > at || (n === at && when === 'before')) throw new Error('killed');
    const result = await send();
    if (n === at) throw new Error('killed');
    return result;
  }

  /** The client with which the process reaches the store. */
  over(documents: DynamoDBDocumentClient): DynamoDBDocumentClient {
    const send = documents.send.bind(documents) as (...input: unknown[]) => Promise<unknown>;
    return Object.assign(Object.create(documents) as DynamoDBDocumentClient, {
      send: (...input: unknown[]) => this.call(() => send(...input)),
    });
  }
}
