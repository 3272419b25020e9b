import type { Rule } from './rule.ts';
import type { Line, ReservationRow } from './snapshot-rows.ts';
import { isSettled, isSold } from './statuses.ts';

/** What an `OutOfStock` error says of each line that was short. A cause may be 300 kB of one letter: no open start. */
const SHORTAGE = /(?<![\w.-])([\w.-]{1,64}): wanted (\d+), available (\d+|none)/g;

export const stockIsConserved: Rule = {
  id: 'S1',
  says: 'no unit appears or vanishes: in each row available + on hold + shipped = received (+ moved from its other rows), holds are those of reservations, and what came back is not shipped any more',
  when: 'always',
  *findings({ snapshot }) {
    const { reservations, returns } = snapshot;
    const shardsByOrder = new Map(reservations.map(({ orderId, shards }) => [orderId, shards]));
    const sold = unitsByRow(reservations.filter(isHolding));
    const gone = unitsByRow(reservations.map((row) => ({ lines: shippedLinesOf(row), shards: row.shards })));
    const held = new Map([...sold].map(([sku, units]) => [sku, units - (gone.get(sku) ?? 0)]));
    const returned = unitsByRow(returns.map(({ lines, orderId }) => ({ lines, shards: shardsByOrder.get(orderId) })));
    for (const row of snapshot.stock) {
      const { sku, available, onHold, shipped, received, moved = 0 } = row;
      if (row.isMoving) continue;
      if (available + onHold + shipped !== received + moved) {
        const because = `available ${available} + on hold ${onHold} + shipped ${shipped}, expected received ${received} + moved ${moved}`;
        yield { keys: { sku }, because, rows: [row] };
      }
      const expected = { onHold: held.get(sku) ?? 0, shipped: (gone.get(sku) ?? 0) - (returned.get(sku) ?? 0) };
      if (onHold === expected.onHold && shipped === expected.shipped) continue;
      const because = `on hold ${onHold}, shipped ${shipped}; reservations hold ${expected.onHold}, shipped ${expected.shipped}`;
      yield { keys: { sku }, because, rows: [row] };
    }
  },
};

export const nothingIsOversold: Rule = {
  id: 'S2',
  says: 'no count of stock is negative',
  when: 'always',
  *findings({ snapshot }) {
    for (const [sku, rows] of Map.groupBy(snapshot.stock, (row) => productOf(row.sku))) {
      const counts = rows.flatMap(({ available, onHold, shipped }) => [available, onHold, shipped]);
      // What is written off leaves the row that it came back to, be it that it came there from another one.
      const lowest = Math.min(
        ...counts,
        sumOf(rows, ({ received }) => received),
      );
      if (lowest < 0) yield { keys: { sku }, because: `a count is ${lowest}`, rows };
    }
  },
};

export const reservationIsTheOrders: Rule = {
  id: 'S3',
  says: 'a reservation is for an order, of its lines exactly, and went HELD → COMMITTED or → RELEASED',
  when: 'always',
  *findings({ snapshot, orders }) {
    for (const row of snapshot.reservations) {
      const order = orders.get(row.orderId);
      const keys = { orderId: row.orderId };
      if (order === undefined) yield { keys, because: 'there is no such order', rows: [row] };
      else if (!isTombstone(row) && !isSameLines(row.lines, order.lines)) {
        yield { keys, because: 'its lines are not those of the order', rows: [row, { lines: order.lines }] };
      }
      const missing = missingTimes(row);
      if (missing.length > 0) yield { keys, because: `${row.state} without ${missing.join(', ')}`, rows: [row] };
    }
  },
};

export const nothingIsUndersold: Rule = {
  id: 'S4',
  says: 'an order cancelled for want of stock was refused by stock that had fewer units than wanted',
  when: 'atRest',
  *findings(books) {
    const { snapshot, orders } = books;
    const skus = new Set(snapshot.stock.map(({ sku }) => sku));
    for (const execution of snapshot.executions) {
      const order = orders.get(execution.name);
      if (order?.reason !== 'OUT_OF_STOCK' || execution.failures === undefined) continue;
      if (books.isRestored(order.orderId)) continue; // the row that refused it may have been a damaged one
      const causes = execution.failures.filter(({ error }) => error === 'OutOfStock').map(({ cause }) => cause);
      const shortages = causes.flatMap((cause) => [...cause.matchAll(SHORTAGE)]);
      const isShort = ([, sku, wanted, available]: RegExpExecArray): boolean =>
        available === 'none' ? !skus.has(sku ?? '') : Number(available) < Number(wanted);
      if (shortages.some(isShort)) continue;
      yield { keys: { orderId: order.orderId }, because: 'no stock row was short', rows: [order, execution] };
    }
  },
};

export const noOrphanHold: Rule = {
  id: 'S5',
  says: 'what is still held belongs to an order that waits for an operator and has not ended',
  when: 'atRest',
  *findings(books) {
    for (const row of books.snapshot.reservations.filter(({ state }) => state === 'HELD')) {
      const { orderId } = row;
      const status = books.orders.get(orderId)?.status ?? 'absent';
      if (!isSettled(status) && books.waitsForOperator(orderId)) continue;
      yield { keys: { orderId }, because: `held for an order that is ${status} and not parked`, rows: [row] };
    }
  },
};

export const stockFollowsTheOrder: Rule = {
  id: 'S6',
  says: 'a sold order has its lines committed; a cancelled one has them released',
  when: 'atRest',
  *findings(books) {
    for (const { orderId, status } of books.orders.values()) {
      const row = books.reservations.get(orderId);
      const keys = { orderId };
      if (isSold(status) && row?.state !== 'COMMITTED') {
        yield { keys, because: `${status}, reservation ${row?.state ?? 'absent'}`, rows: [row] };
      }
      if (status !== 'CANCELLED' || row === undefined || row.state === 'RELEASED') continue;
      if (books.isResolvedByHand(orderId, 'Release inventory')) continue;
      yield { keys, because: `CANCELLED, reservation ${row.state}`, rows: [row] };
    }
  },
};

export const parcelsHoldTheOrder: Rule = {
  id: 'S7',
  says: 'no unit leaves twice and none that was not sold: the parcels hold what left of the reservation, and all once shipped',
  when: 'always',
  *findings({ orders, reservations }) {
    for (const order of orders.values()) {
      const { orderId, status, parcels } = order;
      if (parcels === undefined) continue;
      const reservation = reservations.get(orderId);
      const rows = [order, reservation];
      const keys = { orderId };
      const packed = parcels.flatMap(({ lines }) => lines);
      if (!isAmong(packed, order.lines)) yield { keys, because: 'its parcels hold more than was ordered', rows };
      if (reservation === undefined || !isSameLines(packed, shippedLinesOf(reservation))) {
        yield { keys, because: 'its parcels are not what left of its reservation', rows };
      }
      const isWhole = status === 'SHIPPED' || status === 'DELIVERED';
      if (isWhole !== isSameLines(packed, order.lines)) {
        yield { keys, because: `${status}, and its parcels hold ${isWhole ? 'less than' : 'all of'} it`, rows };
      }
      if (new Set(parcels.map(({ parcelId }) => parcelId)).size < parcels.length) {
        yield { keys, because: 'two parcels have one number', rows };
      }
    }
  },
};

export const shardsAreKnown: Rule = {
  id: 'S10',
  says: 'a shard of a product is known to the product’s own row, each that is known is there, and units are held only in such',
  when: 'always',
  *findings({ snapshot }) {
    const rows = new Map(snapshot.stock.map((row) => [row.sku, row]));
    for (const row of snapshot.stock) {
      const { sku, shards = 0, shardRows = 0 } = row;
      const product = productOf(sku);
      const shard = sku.split('#')[1];
      const known = rows.get(product)?.shardRows ?? 0;
      if (shard !== undefined && !(Number(shard) >= 1 && Number(shard) <= known)) {
        yield { keys: { sku }, because: `${product} knows of ${known} shards`, rows: [row] };
      }
      const missing = shardKeysOf(sku, shardRows).filter((key) => !rows.has(key));
      if (missing.length > 0) yield { keys: { sku }, because: `there is no ${missing.join(', ')}`, rows: [row] };
      if (shards > shardRows) yield { keys: { sku }, because: `${shards} shards in use of ${shardRows}`, rows: [row] };
    }
    for (const row of snapshot.reservations) {
      const lost = Object.entries(row.shards ?? {}).filter(([sku, shard]) => !rows.has(`${sku}#${shard}`));
      if (lost.length > 0) {
        yield {
          keys: { orderId: row.orderId },
          because: `no row ${lost.map((each) => each.join('#')).join(', ')}`,
          rows: [row],
        };
      }
    }
  },
};

export const moveIsWhole: Rule = {
  id: 'S11',
  says: 'what moves between the rows of a product leaves one and arrives in another: in sum nothing moved',
  when: 'always',
  *findings({ snapshot }) {
    for (const [sku, rows] of Map.groupBy(snapshot.stock, (row) => productOf(row.sku))) {
      if (rows.some(({ isMoving }) => isMoving)) continue;
      const moved = sumOf(rows, (row) => row.moved ?? 0);
      if (moved !== 0) yield { keys: { sku }, because: `${moved} units more arrived than left`, rows };
    }
  },
};

export const stockRules = [
  stockIsConserved,
  nothingIsOversold,
  reservationIsTheOrders,
  nothingIsUndersold,
  noOrphanHold,
  stockFollowsTheOrder,
  parcelsHoldTheOrder,
  shardsAreKnown,
  moveIsWhole,
];

function isHolding({ state }: ReservationRow): boolean {
  return state === 'HELD' || state === 'COMMITTED';
}

function shippedLinesOf({ shippedAt, lines, shippedLines = [] }: ReservationRow): readonly Line[] {
  return shippedAt === undefined ? shippedLines : lines;
}

function isAmong(some: readonly Line[], all: readonly Line[]): boolean {
  const [wanted, given] = [unitsBySku([{ lines: some }]), unitsBySku([{ lines: all }])];
  return [...wanted].every(([sku, quantity]) => (given.get(sku) ?? 0) >= quantity);
}

/** Written where nothing was reserved, so that a late reserve fails. */
function isTombstone({ state, lines }: ReservationRow): boolean {
  return state === 'RELEASED' && lines.length === 0;
}

function missingTimes(row: ReservationRow): string[] {
  const needed = { HELD: ['reservedAt'], COMMITTED: ['reservedAt', 'committedAt'], RELEASED: ['releasedAt'] };
  return needed[row.state].filter((name) => row[name] === undefined);
}

/** By the row that has them: a product's own, or the shard that the reservation names. */
function unitsByRow(
  holders: readonly { readonly lines: readonly Line[]; readonly shards?: ReservationRow['shards'] }[],
): Map<string, number> {
  return unitsBySku(
    holders.map(({ lines, shards }) => ({
      lines: lines.map(({ sku, quantity }) => ({ sku: shards?.[sku] ? `${sku}#${shards[sku]}` : sku, quantity })),
    })),
  );
}

function productOf(stockKey: string): string {
  return stockKey.split('#')[0] ?? stockKey;
}

function sumOf<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}

function shardKeysOf(sku: string, shardRows: number): string[] {
  return Array.from({ length: shardRows }, (_, n) => `${sku}#${n + 1}`);
}

function unitsBySku(reservations: readonly { readonly lines: readonly Line[] }[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, quantity } of reservations.flatMap((row) => row.lines)) {
    units.set(sku, (units.get(sku) ?? 0) + quantity);
  }
  return units;
}

function isSameLines(some: readonly Line[], others: readonly Line[]): boolean {
  const [one, other] = [unitsBySku([{ lines: some }]), unitsBySku([{ lines: others }])];
  return one.size === other.size && [...one].every(([sku, quantity]) => other.get(sku) === quantity);
}
