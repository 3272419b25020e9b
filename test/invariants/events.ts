import { canonicalJson } from '../../events/canonical-json.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { PaymentMethodRequired } from '../../events/payment-method-required.ts';
import type { Rule } from './rule.ts';
import { isWaiting, type ArchivedEvent } from './snapshot-rows.ts';
import { isSettled } from './statuses.ts';

/** What an event says the order's status is from then on. */
const STATUS_OF_EVENT: Readonly<Record<string, string>> = {
  [OrderPlaced.detailType]: 'PENDING',
  [PaymentActionRequired.detailType]: 'AWAITING_CUSTOMER',
  [PaymentMethodRequired.detailType]: 'AWAITING_CUSTOMER',
  [OrderConfirmed.detailType]: 'CONFIRMED',
  [OrderShipped.detailType]: 'SHIPPED',
  [OrderDelivered.detailType]: 'DELIVERED',
  [OrderCancelled.detailType]: 'CANCELLED',
};

const TERMINAL_EVENTS = [
  ['CONFIRMED', OrderConfirmed.detailType],
  ['CANCELLED', OrderCancelled.detailType],
] as const;

const ORDERS_SOURCE = 'shop.orders';

export const oneTerminalEvent: Rule = {
  id: 'E1',
  says: 'an order that reached CONFIRMED or CANCELLED announced it under exactly one event id; others never did',
  when: 'atRest',
  needs: ['archive'],
  *findings(books) {
    for (const { orderId } of books.orders.values()) {
      if (!books.isInArchiveTime(books.bornAt(orderId))) continue;
      for (const [status, detailType] of TERMINAL_EVENTS) {
        const events = books.archivedOf(orderId).filter((event) => event['detail-type'] === detailType);
        const ids = new Set(events.map(({ detail }) => detail.eventId));
        const expected = books.historyOf(orderId).some((row) => row.status === status) ? 1 : 0;
        if (ids.size === expected) continue;
        yield { keys: { orderId }, because: `${ids.size} × ${detailType}, expected ${expected}`, rows: events };
      }
    }
  },
};

export const duplicatesAreIdentical: Rule = {
  id: 'E2',
  says: 'copies of an event, in archive and outbox, have the same bytes',
  when: 'always',
  *findings(books) {
    const outbox = new Map(books.snapshot.outbox.map((row) => [row.eventId, row]));
    for (const eventId of books.eventIds) {
      const copies = books.copiesOf(eventId);
      const row = outbox.get(eventId);
      const isRestored = books.isRestored(copies[0]?.detail.orderId ?? '');
      const told = (detail: object): string => canonicalJson(isRestored ? withoutItsMoment(detail) : detail);
      const texts = new Set(copies.map(({ detail }) => told(detail)));
      if (row !== undefined) texts.add(isRestored ? told(JSON.parse(row.detail) as object) : row.detail);
      // Two commands under one order id are an identity conflict, which is parked, and not two copies of one.
      const isConflict = books
        .parkedOf(copies[0]?.detail.orderId ?? '')
        .some(({ reason }) => reason === 'IDENTITY_CONFLICT');
      if (texts.size > 1 && !isConflict) {
        yield { keys: { eventId }, because: `${texts.size} different contents`, rows: [...texts] };
      }
    }
  },
};

/** An order that is begun anew states its events again, at another time and perhaps in another place. */
function withoutItsMoment(detail: object): object {
  return Object.fromEntries(Object.entries(detail).filter(([name]) => name !== 'seq' && !name.endsWith('At')));
}

export const noEventLost: Rule = {
  id: 'E3',
  says: 'every event of the outbox is in the archive, and every transition that names an event has it in the outbox',
  when: 'atRest',
  needs: ['archive'],
  *findings(books) {
    const outboxIds = new Set(books.snapshot.outbox.map((row) => row.eventId));
    for (const row of books.snapshot.outbox) {
      const { eventId } = row;
      if (books.isInArchiveTime(row.createdAt) && books.copiesOf(eventId).length === 0)
        yield { keys: { eventId }, because: 'not in the archive', rows: [row] };
    }
    for (const row of books.snapshot.history) {
      const { eventId } = row;
      if (eventId === undefined || outboxIds.has(eventId) || !books.isInOutboxTime(row.at)) continue;
      yield { keys: { eventId }, because: 'the transition has no outbox row', rows: [row] };
    }
  },
};

export const noEventInvented: Rule = {
  id: 'E4',
  says: 'every archived event of an order has an outbox row that was there first',
  when: 'always',
  needs: ['archive'],
  *findings(books) {
    const outbox = new Map(books.snapshot.outbox.map((row) => [row.eventId, row]));
    for (const event of books.archived) {
      if (event.source !== ORDERS_SOURCE || !books.isInOutboxTime(event.time)) continue;
      if (books.isRestored(event.detail.orderId ?? '')) continue; // its first row was lost
      const row = outbox.get(event.detail.eventId);
      const keys = { eventId: event.detail.eventId };
      if (row === undefined) yield { keys, because: 'there is no outbox row', rows: [event] };
      // The bus gives the time in whole seconds.
      else if (Date.parse(row.createdAt) >= Date.parse(event.time) + 1_000) {
        yield { keys, because: `archived at ${event.time}, written at ${row.createdAt}`, rows: [event, row] };
      }
    }
  },
};

export const eventsTellTheOrder: Rule = {
  id: 'E5',
  says: 'whoever only listens to the events knows how every order ended',
  when: 'atRest',
  needs: ['archive'],
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, status } = order;
      if (!isSettled(status) || !books.isInArchiveTime(books.bornAt(orderId))) continue;
      const told = statusTold(books.archivedOf(orderId));
      if (told !== status) yield { keys: { orderId }, because: `events say ${told}, it is ${status}`, rows: [order] };
    }
  },
};

export const eventsAreNumbered: Rule = {
  id: 'E6',
  says: 'the events of an order are numbered from 1 without gap or double',
  when: 'atRest',
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, eventSeq } = order;
      if (!books.isInOutboxTime(books.bornAt(orderId))) continue;
      const rows = books.outboxOf(orderId).filter((row) => row.seq !== undefined);
      const numbers = rows.map((row) => row.seq ?? 0).toSorted((a, b) => a - b);
      if (numbers.length === eventSeq && numbers.every((seq, index) => seq === index + 1)) continue;
      yield { keys: { orderId }, because: `numbers ${numbers.join(', ')}, expected 1 to ${eventSeq}`, rows };
    }
  },
};

export const nothingWaitsForTheBus: Rule = {
  id: 'E8',
  says: 'no row of the outbox waits to be published',
  when: 'atRest',
  *findings(books) {
    for (const row of books.snapshot.outbox) {
      if (!isWaiting(row)) continue;
      yield { keys: { eventId: row.eventId }, because: `it waits in ${row.pendingShard}`, rows: [row] };
    }
  },
};

export const eventRules = [
  oneTerminalEvent,
  duplicatesAreIdentical,
  noEventLost,
  noEventInvented,
  eventsTellTheOrder,
  eventsAreNumbered,
  nothingWaitsForTheBus,
];

/** The status that the event with the highest number tells, in whatever order they came. */
function statusTold(events: readonly ArchivedEvent[]): string | undefined {
  const telling = events.filter((event) => STATUS_OF_EVENT[event['detail-type']] !== undefined);
  const last = telling.toSorted((a, b) => (a.detail.seq ?? 0) - (b.detail.seq ?? 0)).at(-1);
  return last && STATUS_OF_EVENT[last['detail-type']];
}
