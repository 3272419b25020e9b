import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { Books } from './books.ts';
import { explainedBy, explainedNets, goneMinor } from './explained-money.ts';
import type { Finding, Rule } from './rule.ts';
import type { LedgerRow, OrderRow, PaymentRow } from './snapshot-rows.ts';
import { isSold } from './statuses.ts';

/** How the key of each operation must look: the same attempt has the same key whoever makes it. */
const KEY_WORD: Readonly<Partial<Record<LedgerRow['op'], string>>> = {
  CREATE: 'intent',
  CAPTURE: 'confirm(-[2-9])?',
  CANCEL: 'cancel',
  REFUND: '(refund|return-[0-9a-f]{16})',
};

export const moneyIsConserved: Rule = {
  id: 'M1',
  says: 'what the provider holds is what was sold plus what parked orders list, order by order, and all of it is for orders of ours',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const row of books.ledger) {
      if (books.orders.has(row.orderId)) continue;
      yield { keys: { orderId: row.orderId, intent: row.intent }, because: 'money without an order', rows: [row] };
    }
    // Not only in sum: what one order leaves open must not explain what another one lost.
    for (const order of books.orders.values()) {
      const { orderId, status } = order;
      const { netMinor } = books.moneyOf(orderId);
      const { leastMinor, mostMinor } = explainedBy(books, order);
      if (netMinor >= leastMinor && netMinor <= mostMinor) continue;
      const expected = leastMinor === mostMinor ? mostMinor : `${leastMinor} to ${mostMinor}`;
      const rows = [order, ...books.openParkingsOf(orderId), ...books.ledgerOf(orderId)];
      yield { keys: { orderId }, because: `${status} with net ${netMinor}, expected ${expected}`, rows };
    }
  },
};

export const moneyFollowsTheOrder: Rule = {
  id: 'M2',
  says: 'a sold order is paid exactly; a cancelled one costs nothing and has no intent that could still be charged',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, status, totalMinor } = order;
      const rows = [order, ...books.ledgerOf(orderId)];
      const { capturedMinor, netMinor } = books.moneyOf(orderId);
      const expectedMinor = totalMinor - goneMinor(books, orderId);
      if (isSold(status) && !(netMinor === expectedMinor && capturedMinor === totalMinor)) {
        const because = `${status} with captured ${capturedMinor}, net ${netMinor}, expected ${expectedMinor}`;
        yield { keys: { orderId }, because, rows };
      }
      if (status !== 'CANCELLED' || books.isResolvedByHand(orderId, 'Refund payment')) continue;
      if (!explainedNets(books, orderId).includes(netMinor))
        yield { keys: { orderId }, because: `CANCELLED with net ${netMinor}`, rows };
      for (const intent of openIntents(books.ledgerOf(orderId))) {
        yield { keys: { orderId, intent }, because: 'CANCELLED with an intent that can still be charged', rows };
      }
    }
  },
};

export const chargedOnce: Rule = {
  id: 'M3',
  says: 'an order is charged at most once, and then in full',
  when: 'always',
  needs: ['ledger'],
  *findings(books) {
    for (const [orderId, rows] of captures(books)) {
      const order = books.orders.get(orderId);
      const { capturedMinor } = books.moneyOf(orderId);
      if (rows.length > 1) yield { keys: { orderId }, because: `${rows.length} captures`, rows };
      if (order !== undefined && capturedMinor !== order.totalMinor) {
        yield { keys: { orderId }, because: `captured ${capturedMinor}, expected ${order.totalMinor}`, rows };
      }
    }
  },
};

export const priceIsFrozen: Rule = {
  id: 'M4',
  says: 'the total is that of the lines as they were checked out, and every charge is of that total and currency',
  when: 'always',
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, totalMinor, currency, lines } = order;
      const keys = { orderId };
      const sumMinor = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
      if (sumMinor !== totalMinor)
        yield { keys, because: `lines sum to ${sumMinor}, total is ${totalMinor}`, rows: [order] };
      const checkouts = books
        .archivedOf(orderId)
        .filter((event) => event['detail-type'] === BasketCheckedOut.detailType);
      if (checkouts.length > 0 && !checkouts.some(({ detail }) => isSameTerms(detail, order))) {
        yield { keys, because: 'no archived checkout has its terms', rows: [order, ...checkouts.slice(0, 2)] };
      }
      for (const row of books.ledgerOf(orderId).filter(({ op }) => op === 'CREATE' || op === 'CAPTURE')) {
        if (row.amountMinor === totalMinor && row.currency.toUpperCase() === currency) continue;
        const because = `${row.op} of ${row.amountMinor} ${row.currency}, expected ${totalMinor} ${currency}`;
        yield { keys, because, rows: [row] };
      }
    }
  },
};

export const refundsAreBacked: Rule = {
  id: 'M5',
  says: 'no more is refunded than was captured, and never before; every key says order, operation and attempt, once',
  when: 'always',
  needs: ['ledger'],
  *findings(books) {
    for (const [orderId, rows] of Map.groupBy(books.ledger, (row) => row.orderId)) {
      let netMinor = 0;
      for (const row of rows.toSorted((a, b) => a.seq - b.seq)) {
        if (!row.ok) continue;
        if (row.op === 'CAPTURE' || row.op === 'REFUND_FAILED') netMinor += row.amountMinor;
        if (row.op === 'REFUND') netMinor -= row.amountMinor;
        if (netMinor < 0) yield { keys: { orderId }, because: 'refunded more than was captured by then', rows };
      }
      yield* findingsOfKeys(orderId, rows);
    }
  },
};

export const chargeNeedsHold: Rule = {
  id: 'M6',
  says: 'money is taken only while the stock is held, or when the order was stopped and the money goes back',
  when: 'always',
  needs: ['ledger'],
  *findings(books) {
    for (const [orderId, rows] of captures(books)) {
      const reservation = books.reservations.get(orderId);
      for (const row of rows) {
        const held = reservation?.reservedAt !== undefined && Date.parse(reservation.reservedAt) <= row.at;
        const released = reservation?.releasedAt !== undefined && Date.parse(reservation.releasedAt) < row.at;
        if (held && (!released || isStoppedBefore(books, orderId, row.at))) continue;
        if (books.isRestored(orderId) && isHeldOrGivenBack(books, orderId)) continue;
        yield { keys: { orderId }, because: 'captured while nothing was held', rows: [row, reservation] };
      }
    }
  },
};

/** Held anew after the payment, whose first hold was lost; or the money goes back. */
function isHeldOrGivenBack(books: Books, orderId: string): boolean {
  const isOurs = ['HELD', 'COMMITTED'].includes(books.reservations.get(orderId)?.state ?? '');
  return isOurs || books.moneyOf(orderId).netMinor === 0 || books.orders.get(orderId)?.status === 'CANCELLING';
}

export const booksAgree: Rule = {
  id: 'M7',
  says: 'our payment rows and the provider’s books name the same intents, amounts and outcomes',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const payment of books.payments.values()) {
      const { orderId } = payment;
      if (books.openParkingsOf(orderId).length > 0 || books.isResolvedByHand(orderId, 'Refund payment')) continue;
      const because = disagreement(payment, books);
      if (because !== undefined) yield { keys: { orderId }, because, rows: [payment, ...books.ledgerOf(orderId)] };
    }
    for (const row of books.ledger.filter(({ op }) => op === 'CREATE')) {
      const payment = books.payments.get(row.orderId);
      if (payment?.paymentIntentId === row.intent || books.openParkingsOf(row.orderId).length > 0) continue;
      const rows = books.ledgerOf(row.orderId);
      if (isAbandoned(row, rows) || (isTombstone(payment) && isCancelled(row, rows))) continue;
      yield { keys: { orderId: row.orderId, intent: row.intent }, because: 'no payment row names it', rows: [row] };
    }
  },
};

export const moneyRules = [
  moneyIsConserved,
  moneyFollowsTheOrder,
  chargedOnce,
  priceIsFrozen,
  refundsAreBacked,
  chargeNeedsHold,
  booksAgree,
];

function captures({ ledger }: Books): Map<string, LedgerRow[]> {
  return Map.groupBy(
    ledger.filter((row) => row.ok && row.op === 'CAPTURE'),
    (row) => row.orderId,
  );
}

/** Intents that were neither captured nor cancelled, and that somebody could ask to capture. */
function openIntents(rows: readonly LedgerRow[]): Set<string> {
  const created = rows.filter((row) => row.op === 'CREATE' && row.ok && !isAbandoned(row, rows));
  const open = new Set(created.map(({ intent }) => intent));
  for (const { op, ok, intent } of rows) if (ok && (op === 'CAPTURE' || op === 'CANCEL')) open.delete(intent);
  return open;
}

/**
 * An intent whose creation the provider answered with an error that it repeats under the key: its id was never told
 * to anyone, and the order went on with another one under the next key. Nobody can ask to charge it.
 */
function isAbandoned({ intent, key }: LedgerRow, rows: readonly LedgerRow[]): boolean {
  const isTouched = rows.some((row) => row.intent === intent && row.op !== 'CREATE');
  const laterKeys = rows.filter((row) => row.op === 'CREATE' && numberOf(row.key) > numberOf(key));
  return !isTouched && laterKeys.length > 0;
}

/** No charge may follow it: one that comes all the same finds it, and cancels the intent that it has just made. */
function isTombstone(payment: PaymentRow | undefined): boolean {
  return payment?.state === 'CANCELLED' && payment.paymentIntentId === undefined;
}

function isCancelled({ intent }: LedgerRow, rows: readonly LedgerRow[]): boolean {
  return rows.some((row) => row.intent === intent && row.op === 'CANCEL' && row.ok);
}

/** The attempt in a key: 2 of `<orderId>:intent:2`. */
function numberOf(key: string | null): number {
  return Number(key?.split(':').at(-1) ?? 0);
}

function isSameTerms(detail: Readonly<Record<string, unknown>>, order: OrderRow): boolean {
  const termsOf = ({ totalMinor, currency, customerId, paymentMethodId, lines }: Readonly<Record<string, unknown>>) => {
    const texts = (lines as OrderRow['lines']).map((line) => `${line.sku} ${line.quantity} ${line.unitPriceMinor}`);
    return JSON.stringify([totalMinor, currency, customerId, paymentMethodId, texts]);
  };
  return termsOf(detail) === termsOf(order);
}

function* findingsOfKeys(orderId: string, rows: readonly LedgerRow[]): Iterable<Finding> {
  const seen = new Set<string>();
  // Customers, banks and people in the dashboard have no keys.
  for (const row of rows.filter(({ ok, actor }) => ok && actor === 'merchant')) {
    const isDerivable = new RegExp(`^${orderId}:${KEY_WORD[row.op]}:\\d+$`).test(row.key ?? '');
    if (!isDerivable) yield { keys: { orderId }, because: `${row.op} under key ${row.key}`, rows: [row] };
    if (row.key !== null && seen.has(row.key)) yield { keys: { orderId }, because: `key ${row.key} used twice`, rows };
    seen.add(row.key ?? '');
  }
}

function isStoppedBefore(books: Books, orderId: string, atMs: number): boolean {
  const stop = books.historyOf(orderId).find((row) => row.status === 'CANCELLING');
  return stop !== undefined && Date.parse(stop.at) <= atMs;
}

function disagreement(payment: PaymentRow, books: Books): string | undefined {
  const { orderId, state, amountMinor, paymentIntentId } = payment;
  const { capturedMinor, refundedMinor, netMinor } = books.moneyOf(orderId);
  const done = books.ledgerOf(orderId).filter((row) => row.ok && row.intent === paymentIntentId);
  if (paymentIntentId !== undefined && !done.some(({ op }) => op === 'CREATE'))
    return 'the provider has no such intent';
  switch (state) {
    case 'CHARGED':
      return netMinor + goneMinor(books, orderId) === amountMinor
        ? undefined
        : `CHARGED ${amountMinor}, the provider has net ${netMinor}`;
    case 'REFUNDED':
      return capturedMinor > 0 && capturedMinor === refundedMinor ? undefined : `REFUNDED, net is ${netMinor}`;
    case 'CANCELLED':
    case 'DECLINED': {
      if (netMinor !== 0) return `${state}, the provider has net ${netMinor}`;
      const isCancelled = done.some(({ op }) => op === 'CANCEL');
      return state === 'CANCELLED' && paymentIntentId !== undefined && !isCancelled
        ? 'CANCELLED, the provider never cancelled the intent'
        : undefined;
    }
    case 'REFUND_FAILED':
      return netMinor > 0 ? undefined : 'REFUND_FAILED, and nothing is left with the provider';
    case 'REQUESTED':
    case 'AWAITING_CUSTOMER':
      return `${state} though nothing is under way`;
  }
}
