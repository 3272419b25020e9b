import { keyOfReturn, type Books } from './books.ts';
import type { Finding, Rule } from './rule.ts';
import type { Line, OrderRow, ReturnRow } from './snapshot-rows.ts';

/** What comes back of shipped orders. */

const SHIPPED: readonly string[] = ['SHIPPED', 'DELIVERED'];

export const returnedWasShipped: Rule = {
  id: 'S8',
  says: 'no more units of an order come back than were shipped, at their price at most, and its row counts them to the unit and the cent',
  when: 'always',
  *findings(books) {
    for (const row of books.snapshot.returns) {
      if (books.orders.has(row.orderId)) continue;
      yield { keys: { orderId: row.orderId, returnId: row.returnId }, because: 'there is no such order', rows: [row] };
    }
    for (const order of books.orders.values()) yield* unitFindings(books, order);
  },
};

export const returnIsPaidOnce: Rule = {
  id: 'M12',
  says: 'a return gives back what it is worth, once and to the cent, and no refund is for a return that nobody accepted',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const row of books.snapshot.returns) yield* paymentFindings(books, row);
    const known = new Set(books.snapshot.returns.map(({ orderId, returnId }) => `${orderId}:${returnId}`));
    for (const row of books.ledger) {
      const key = keyOfReturn(row);
      if (row.op !== 'REFUND' || key === undefined || known.has(key)) continue;
      yield { keys: { orderId: row.orderId, key }, because: 'a refund for no return', rows: [row] };
    }
  },
};

export const openReturnIsWorkedOn: Rule = {
  id: 'O10',
  says: 'a return is closed, or its order waits for an operator; the order’s row names the open one and no other',
  when: 'atRest',
  *findings(books) {
    for (const { orderId, returns } of books.orders.values()) {
      const open = books.returnsOf(orderId).filter(({ state }) => state === 'OPEN');
      const keys = { orderId };
      const named = returns?.open === undefined ? [] : [returns.open];
      if (open.map(({ returnId }) => returnId).join() !== named.join()) {
        yield { keys, because: `the row names ${named.join() || 'none'} as open`, rows: open };
      }
      if (open.length > 0 && !books.waitsForOperator(orderId)) {
        yield { keys, because: 'a return is open and nobody works on it', rows: open };
      }
    }
  },
};

export const restockIsNoted: Rule = {
  id: 'S9',
  says: 'what a return brings into the warehouse is noted there once, to the unit, and nothing is noted for a return that is not',
  when: 'atRest',
  *findings(books) {
    const { returns, stockChanges } = books.snapshot;
    const noted = stockChanges.filter(({ returnId }) => returnId !== undefined);
    for (const row of returns) {
      const { orderId, returnId } = row;
      const restocked = unitsOf(row.lines.filter(({ disposition }) => disposition === 'RESTOCK'));
      const notes = noted.filter((change) => change.returnId === returnId && change.orderId === orderId);
      const inNotes = notes.map(({ sku, by }) => `${sku} ${by}`).toSorted();
      const inReturn = [...restocked].map(([sku, units]) => `${sku} ${units}`).toSorted();
      if (inNotes.join() === inReturn.join()) continue;
      const because = `${inReturn.join(', ') || 'nothing'} came in, ${inNotes.join(', ') || 'nothing'} is noted`;
      yield { keys: { orderId, returnId }, because, rows: [row, ...notes] };
    }
    const known = new Set(returns.map(({ orderId, returnId }) => `${orderId} ${returnId}`));
    for (const note of noted.filter((change) => !known.has(`${change.orderId} ${change.returnId}`))) {
      yield { keys: { sku: note.sku }, because: 'noted for a return that is not', rows: [note] };
    }
  },
};

export const returnRules = [returnedWasShipped, returnIsPaidOnce, openReturnIsWorkedOn, restockIsNoted];

function* unitFindings(books: Books, order: OrderRow): Iterable<Finding> {
  const { orderId, status, lines, returns } = order;
  const rows = books.returnsOf(orderId);
  const keys = { orderId };
  const left = shippedUnits(order);
  if (rows.length > 0 && left.size === 0) yield { keys, because: `${status}, and units came back`, rows };
  const units = unitsOf(rows.flatMap((row) => row.lines));
  for (const [sku, quantity] of units) {
    const shipped = left.get(sku) ?? 0;
    if (quantity > shipped) yield { keys: { orderId, sku }, because: `${quantity} of ${shipped} came back`, rows };
  }
  for (const { sku, quantity, refundMinor } of rows.flatMap((row) => row.lines)) {
    const worthMinor = (lines.find((line) => line.sku === sku)?.unitPriceMinor ?? 0) * quantity;
    if (refundMinor > worthMinor) yield { keys: { orderId, sku }, because: `${refundMinor} for ${worthMinor}`, rows };
  }
  const countedUnits = JSON.stringify(Object.entries(returns?.units ?? {}).toSorted());
  const refundMinor = rows.reduce((sum, row) => sum + row.refundMinor, 0);
  if (countedUnits !== JSON.stringify([...units].toSorted()) || refundMinor !== (returns?.refundMinor ?? 0)) {
    yield { keys, because: 'the order’s row counts otherwise than its returns', rows: [order, ...rows] };
  }
}

function* paymentFindings(books: Books, row: ReturnRow): Iterable<Finding> {
  const { orderId, returnId, refundMinor, state, refund } = row;
  const { paidMinor, isSentBack } = books.paidForReturn(orderId, returnId);
  const rows = [row, ...books.ledgerOf(orderId)];
  const keys = { orderId, returnId };
  if (paidMinor !== 0 && paidMinor !== refundMinor) {
    yield { keys, because: `gave ${paidMinor} back, worth ${refundMinor}`, rows };
  }
  if (state !== 'CLOSED' || refundMinor === 0 || paidMinor === refundMinor || refund?.outcome === 'BY_HAND') return;
  const parkings = books.parkedOf(orderId).filter(({ step }) => step === 'Failed return refund');
  const isShown = parkings.some(({ parkedState }) => parkedState === 'OPEN');
  if (isSentBack && (isShown || books.isResolvedByHand(orderId, 'Failed return refund'))) return;
  yield { keys, because: `closed as ${refund?.outcome}, and nothing was given back`, rows: [...rows, ...parkings] };
}

/** Of an order that has left in part, what is in its parcels. */
function shippedUnits({ status, lines, parcels = [] }: OrderRow): Map<string, number> {
  if (SHIPPED.includes(status)) return unitsOf(lines);
  return status === 'CONFIRMED' ? unitsOf(parcels.flatMap((parcel) => parcel.lines)) : new Map();
}

function unitsOf(lines: readonly Line[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}
