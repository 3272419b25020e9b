import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { startAdminWorld, type AdminWorld } from './testing/admin-under-test.ts';

let world: AdminWorld;

/** Ten orders of two customers, a day apart. Every fourth is cancelled, the third is confirmed, the others pend. */
const orders = Array.from({ length: 10 }, (_, n) => ({
  ...anOrder({ orderId: anOrderId(n + 1), customerId: n % 2 === 0 ? 'alice' : 'bob' }),
  placedAt: `2026-01-${String(n + 10)}T09:30:00.000Z`,
}));
const ids = orders.map(({ orderId }) => orderId);

beforeAll(async () => {
  world = await startAdminWorld();
  await world.reset(orders[0]!);
  for (const [n, order] of orders.entries()) {
    await world.run('create', order);
    if (n % 4 === 0) {
      await world.run('stop', order, { failedStep: 'Charge payment', error: 'PaymentDeclined' });
      await world.run('cancel', order, { reason: 'PAYMENT_DECLINED' });
    }
  }
  await world.run('reserve', orders[3]!);
  await world.run('confirm', orders[3]!);
  for (const n of [1, 6]) {
    await world.run('park', orders[n]!, { step: 'Refund payment', error: 'RefundFailed', taskToken: 'token-1' });
  }
});
afterAll(() => world.stop());

const list = (query: Record<string, string> = {}) => world.get('/admin/orders', { query });
const idsOf = ({ body }: { body: { orders: { orderId: string }[] } }) => body.orders.map(({ orderId }) => orderId);
/** Every page of the list. */
async function pages(query: Record<string, string>): Promise<string[][]> {
  const all: string[][] = [];
  for (let cursor: string | undefined; all.length < 20;) {
    const answer = await list({ ...query, ...(cursor !== undefined && { cursor }) });
    all.push(idsOf(answer));
    cursor = answer.body.nextCursor;
    if (cursor === undefined) return all;
  }
  throw new Error('The list does not end');
}

describe('the orders of all customers', () => {
  test.each([
    ['none', {}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['a status of the past', { status: 'CANCELLED' }, [8, 4, 0]],
    ['a status that is open', { status: 'CONFIRMED' }, [3]],
    ['a status that none has', { status: 'DELIVERED' }, []],
    ['a customer', { customer: 'bob' }, [9, 7, 5, 3, 1]],
    ['a customer and a status', { customer: 'alice', status: 'CANCELLED' }, [8, 4, 0]],
    ['a customer who never ordered', { customer: 'carol' }, []],
    ['a day', { from: '2026-01-15', to: '2026-01-15' }, [5]],
    ['a time and a status', { to: '2026-01-14T09:30:00Z', status: 'CANCELLED' }, [4, 0]],
    ['parked, the last parked first', { parked: 'true' }, [6, 1]],
    ['parked, of a customer', { parked: 'true', customer: 'bob' }, [1]],
    ['parked, of a time', { parked: 'true', from: '2026-01-12' }, [6]],
  ])('by %s', async (_what, query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected.map((n) => ids[n]));
  });

  test.each([
    [{ limit: '3' }, [3, 3, 3, 1]],
    [{ limit: '5' }, [5, 5]],
    [{ limit: '2', customer: 'bob' }, [2, 2, 1]],
    [{ limit: '1', parked: 'true' }, [1, 1]],
  ])('come in pages of %j, each order once', async (query, sizes) => {
    const all = await pages(query);
    expect(all.map((page) => page.length)).toEqual(sizes);
    const { limit: _limit, ...filter } = query;
    expect(all.flat()).toEqual(idsOf(await list(filter)));
  });

  test('show whose they are, how they stand and whether they wait for an operator', async () => {
    const { body } = await list({ customer: 'bob', to: '2026-01-11' });
    expect(body.orders).toEqual([
      {
        orderId: ids[1],
        customerId: 'bob',
        status: 'PENDING',
        placedAt: orders[1]!.placedAt,
        updatedAt: expect.any(String),
        currency: 'EUR',
        totalMinor: 7300,
        isParked: true,
      },
    ]);
  });

  test('a cursor is good for its own filter only', async () => {
    const { body } = await list({ limit: '2', customer: 'bob' });
    expect(problemOf(await list({ limit: '2', customer: 'alice', cursor: body.nextCursor }))).toBe(
      '400 CURSOR_INVALID',
    );
    expect(problemOf(await list({ cursor: 'AAAA' }))).toBe('400 CURSOR_INVALID');
  });

  test.each([
    [{ status: 'LOST' }],
    [{ status: 'confirmed' }],
    [{ parked: 'false' }],
    [{ customer: '' }],
    [{ customer: '../x' }],
    [{ from: 'yesterday' }],
    [{ from: '2026-01-02', to: '2026-01-01' }],
    [{ limit: '0' }],
    [{ limit: '101' }],
    [{ sort: 'total' }],
  ])('are refused for %j', async (query) => {
    expect(problemOf(await list(query as unknown as Record<string, string>))).toBe('400 VALIDATION_FAILED');
  });
});

describe('among hundreds of other orders', () => {
  const many = Array.from({ length: 200 }, (_, n) => anOrderId(n + 100));
  const placedAtOf = (n: number) => `2026-02-01T00:00:00.${String(n).padStart(3, '0')}Z`;
  async function stand(status: string, lifecycle: string, shards = lifecycle === 'OPEN' ? 4 : 2): Promise<void> {
    const row = (await world.orderRow(orders[0]!))!;
    const rows = many.map((orderId, n) => {
      return { ...row, orderId, placedAt: placedAtOf(n), status, lifecycle: `${lifecycle}#${n % shards}` };
    });
    await world.store.put(TEST_TABLES.ORDERS_TABLE, ...rows);
  }

  test('a status that its index does not tell apart gives short pages, and the cursor leads on to the end', async () => {
    await stand('CONFIRMED', 'OPEN');
    const first = await list({ status: 'PENDING' });
    expect(first.body).toMatchObject({ orders: [], nextCursor: expect.any(String) });
    expect((await pages({ status: 'PENDING', limit: '2' })).flat()).toEqual([9, 7, 6, 5, 2, 1].map((n) => ids[n]));
  });

  test('a page takes a read for each part of its index, one for the rows and one for the parked', async () => {
    await stand('DELIVERED', 'DELIVERED');
    const { documentClient } = await import('../platform/document-client.ts');
    const send = vi.spyOn(documentClient, 'send');
    for (const [query, reads] of [
      [{}, 10 + 2],
      [{ status: 'DELIVERED' }, 2 + 2],
      [{ status: 'CANCELLING' }, 4 + 2],
      [{ customer: 'alice' }, 1 + 2],
      [{ customer: 'alice', status: 'CANCELLED' }, 1 + 2],
      [{ parked: 'true' }, 1 + 1],
    ] as const) {
      await list(query);
      expect(send, JSON.stringify(query)).toHaveBeenCalledTimes(reads);
      send.mockClear();
    }
    send.mockRestore();
  });

  test('a status of orders that have ended is found at once', async () => {
    await stand('DELIVERED', 'DELIVERED');
    expect(idsOf(await list({ status: 'CANCELLED', limit: '2' }))).toEqual([ids[8], ids[4]]);
    expect(await pages({ status: 'CANCELLED', limit: '2' })).toEqual([[ids[8], ids[4]], [ids[0]]]);
  });

  test('all come in order over all shards, also where one holds most of them', async () => {
    await stand('DELIVERED', 'DELIVERED');
    expect((await pages({ status: 'DELIVERED', limit: '100' })).flat()).toEqual(many.toReversed());
    await stand('DELIVERED', 'DELIVERED', 1);
    expect((await pages({ limit: '100' })).flat()).toEqual([...many.toReversed(), ...ids.toReversed()]);
  });
});

describe('the mark of a parked order', () => {
  test('is there however many others are parked', async () => {
    const parking = { item: 'PARKED#Refund payment', parkedState: 'OPEN', since: '2026-03-01T00:00:00.000Z' };
    const others = Array.from({ length: 1100 }, (_, n) => ({ ...parking, orderId: anOrderId(n + 1000) }));
    await world.store.put(TEST_TABLES.ORDERS_TABLE, ...others);
    const { body } = await list({ customer: 'bob' });
    const marked = body.orders.filter(({ isParked }: { isParked: boolean }) => isParked);
    expect(idsOf({ body: { orders: marked } })).toEqual([ids[1]]);
  });
});
