import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { ParkingStep } from '../../workflows/workflow-names.ts';
import type { Rule } from './rule.ts';
import type { HistoryRow, OrderRow, ParkedRow } from './snapshot-rows.ts';
import { CANCELLATION_REASONS, FIRST_STATUSES, isSettled, isSold, NEXT_STATUSES, PARK_REASONS } from './statuses.ts';

/** Steps whose parking means that the order cannot have ended. */
const BLOCKING_STEPS: readonly string[] = [
  'Reserve inventory',
  'Refund payment',
  'Release inventory',
] satisfies ParkingStep[];

export const acceptedIsDurable: Rule = {
  id: 'O1',
  says: 'every checkout that was acknowledged has its order, or waits for an operator in a dead-letter queue',
  when: 'atRest',
  needs: ['acknowledged'],
  *findings(books) {
    for (const acknowledgement of books.snapshot.acknowledged ?? []) {
      const { orderId } = acknowledgement;
      if (books.orders.has(orderId) || books.isDeadLetter(orderId, BasketCheckedOut.detailType)) continue;
      yield { keys: { orderId }, because: 'there is no order', rows: [acknowledgement] };
    }
  },
};

export const oneOrderABasket: Rule = {
  id: 'O2',
  says: 'the shop’s own checkout turns a basket into at most one order',
  when: 'always',
  *findings({ snapshot }) {
    const checkouts = snapshot.outbox.filter((row) => row.detailType === BasketCheckedOut.detailType);
    const byBasket = Map.groupBy(checkouts, (row) => (JSON.parse(row.detail) as OrderRow).basketId);
    for (const [basketId, rows] of byBasket) {
      if (rows.length > 1) yield { keys: { basketId }, because: `${rows.length} checkouts`, rows };
    }
  },
};

export const noGhosts: Rule = {
  id: 'O3',
  says: 'every order comes from a checkout event',
  when: 'atRest',
  needs: ['archive'],
  *findings(books) {
    const acknowledged = new Set(books.snapshot.acknowledged?.map(({ orderId }) => orderId));
    for (const order of books.orders.values()) {
      const { orderId } = order;
      if (acknowledged.has(orderId) || !books.isInArchiveTime(books.bornAt(orderId))) continue;
      const isAsked = books.archivedOf(orderId).some((event) => event['detail-type'] === BasketCheckedOut.detailType);
      if (!isAsked) yield { keys: { orderId }, because: 'nobody checked it out', rows: [order] };
    }
  },
};

export const confirmedIsEarned: Rule = {
  id: 'O4',
  says: 'a confirmed order has its stock committed in the same moment, and its money taken before',
  when: 'always',
  *findings(books) {
    for (const { orderId, status } of books.orders.values()) {
      if (!isSold(status)) continue;
      const confirmed = books.historyOf(orderId).find((row) => row.status === 'CONFIRMED');
      const reservation = books.reservations.get(orderId);
      const rows = [confirmed, reservation, books.payments.get(orderId)];
      if (reservation?.state !== 'COMMITTED') yield { keys: { orderId }, because: 'stock not committed', rows };
      else if (!isSameMoment(reservation.committedAt, confirmed?.at)) {
        yield { keys: { orderId }, because: 'stock not committed with the confirmation', rows };
      }
      if (books.payments.get(orderId)?.state !== 'CHARGED') yield { keys: { orderId }, because: 'not charged', rows };
      if (books.snapshot.ledger === undefined) continue;
      const captured = books.ledgerOf(orderId).some((row) => row.ok && row.op === 'CAPTURE');
      if (!captured) yield { keys: { orderId }, because: 'the provider took no money', rows };
    }
  },
};

export const cancelledIsClean: Rule = {
  id: 'O5',
  says: 'a cancelled order says why, with a reason of the closed list, and everything of it is undone',
  when: 'atRest',
  *findings(books) {
    for (const order of books.orders.values()) {
      if (order.status !== 'CANCELLED') continue;
      const { orderId, reason } = order;
      const keys = { orderId };
      if (!CANCELLATION_REASONS.includes(reason ?? '')) yield { keys, because: `reason ${reason}`, rows: [order] };
      if (!books.reservations.has(orderId) && !books.isResolvedByHand(orderId, 'Release inventory')) {
        yield { keys, because: 'no tombstone keeps a late reservation out', rows: [order] };
      }
      const payment = books.payments.get(orderId);
      const isUndone = payment === undefined || ['CANCELLED', 'REFUNDED', 'DECLINED'].includes(payment.state);
      if (isUndone || books.isResolvedByHand(orderId, 'Refund payment')) continue;
      // Undone when it was cancelled; what came of it since is on a parking (M11).
      if (payment.state === 'REFUND_FAILED') continue;
      yield { keys, because: `its payment is ${payment.state}`, rows: [order, payment] };
    }
  },
};

export const exactlyOneEnd: Rule = {
  id: 'O6',
  says: 'an order has ended or waits for an operator, never both',
  when: 'atRest',
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, status } = order;
      const blocking = books.openParkingsOf(orderId).filter((row) => BLOCKING_STEPS.includes(row.step));
      if (isSettled(status) && blocking.length > 0) {
        yield { keys: { orderId }, because: `${status} and still parked`, rows: [order, ...blocking] };
      }
    }
  },
};

export const historyIsLegal: Rule = {
  id: 'O7',
  says: 'the history is a path of the status graph with versions 1 to n, in time, and ends where the order stands',
  when: 'always',
  *findings(books) {
    for (const order of books.orders.values()) {
      const because = flawOf(books.historyOf(order.orderId), order);
      if (because === undefined) continue;
      yield { keys: { orderId: order.orderId }, because, rows: [order, ...books.historyOf(order.orderId)] };
    }
    for (const row of books.snapshot.history) {
      if (!books.orders.has(row.orderId))
        yield { keys: { orderId: row.orderId }, because: 'history without an order', rows: [row] };
    }
  },
};

export const parkedIsUseful: Rule = {
  id: 'O8',
  says: 'a parking tells the operator all there is to know, and keeps who decided what',
  when: 'always',
  *findings({ snapshot }) {
    for (const row of snapshot.parked) {
      const because = lackOf(row);
      if (because !== undefined) yield { keys: { orderId: row.orderId, step: row.step }, because, rows: [row] };
    }
  },
};

export const noStuckOrder: Rule = {
  id: 'O9',
  says: 'an order that has not ended is parked, or its broken execution waits for an operator in a dead-letter queue',
  when: 'atRest',
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, status } = order;
      if (isSettled(status) || books.waitsForOperator(orderId)) continue;
      yield { keys: { orderId }, because: `${status} and nobody works on it`, rows: [order] };
    }
  },
};

export const orderRules = [
  acceptedIsDurable,
  oneOrderABasket,
  noGhosts,
  confirmedIsEarned,
  cancelledIsClean,
  exactlyOneEnd,
  historyIsLegal,
  parkedIsUseful,
  noStuckOrder,
];

/** The two rows are written in one transaction by two readings of the clock, at most a function's life apart. */
function isSameMoment(one: string | undefined, other: string | undefined): boolean {
  return Math.abs(Date.parse(one ?? '') - Date.parse(other ?? '')) <= 10_000;
}

function flawOf(history: readonly HistoryRow[], order: OrderRow): string | undefined {
  if (history.some((row, index) => row.version !== index + 1)) return 'versions have a gap or a double';
  const last = history.at(-1);
  if (last?.status !== order.status || last.version !== order.version)
    return 'the history ends elsewhere than the order';
  if (!FIRST_STATUSES.includes(history[0]?.status ?? '')) return `it begins with ${history[0]?.status}`;
  for (const [index, row] of history.entries()) {
    const before = history[index - 1];
    if (before === undefined) continue;
    if (!NEXT_STATUSES[before.status]?.includes(row.status)) return `${before.status} → ${row.status}`;
    if (isEndedAtOnce(before, row) && row.reason !== 'OUT_OF_STOCK') return `ended at once for ${row.reason}`;
    if (before.executionId === row.executionId && row.at < before.at) return `version ${row.version} is earlier`;
  }
  return undefined;
}

/** Only where nothing can have been taken is nothing undone. */
function isEndedAtOnce(before: HistoryRow, row: HistoryRow): boolean {
  return before.status === 'PENDING' && row.status === 'CANCELLED';
}

function lackOf(row: ParkedRow): string | undefined {
  if (!PARK_REASONS.includes(row.reason)) return `reason ${row.reason}`;
  if (Number.isNaN(Date.parse(row.since))) return `since ${row.since}`;
  if (row.step === '' || row.nextAction === '') return 'no step or no next action';
  if (row.exposureMinor < 0) return `exposure ${row.exposureMinor}`;
  if (row.parkedState === 'OPEN') return undefined;
  const last = row.decisions.at(-1);
  if (last === undefined || last.actor === '') return 'closed, and nobody is on record for it';
  if (last.decision === 'resolved' && !last.evidence) return 'resolved without evidence';
  return undefined;
}
