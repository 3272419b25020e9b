import { at, DECLINED, rowWhere, SOLD, without } from '../good-world.ts';
import { archivedOf } from './mutated-rows.ts';
import type { Mutation } from './mutation.ts';

export const EVENT_MUTATIONS: readonly Mutation[] = [
  [
    'E1',
    'an end that was never announced',
    (world) => without(world.archive.events, ({ detail }) => detail.eventId === `${DECLINED}.OrderCancelled`),
  ],
  [
    'E1',
    'an end announced under two ids',
    (world) => {
      const event = archivedOf(world, `${SOLD}.OrderConfirmed`);
      world.archive.events.push({ ...event, detail: { ...event.detail, eventId: `${SOLD}.OrderConfirmed.2` } });
    },
  ],
  [
    'E2',
    'a copy with other content',
    (world) => {
      const event = archivedOf(world, `${SOLD}.OrderConfirmed`);
      world.archive.events.push({ ...event, detail: { ...event.detail, totalMinor: 1 } });
    },
  ],
  [
    'E3',
    'an event was deleted from the archive',
    (world) => without(world.archive.events, ({ detail }) => detail.eventId === `${SOLD}.OrderPlaced`),
  ],
  [
    'E3',
    'published outside the transaction',
    (world) => without(world.outbox, ({ eventId }) => eventId === `${SOLD}.OrderPlaced`),
  ],
  [
    'E4',
    'an event without its row',
    (world) => without(world.outbox, ({ eventId }) => eventId === `${SOLD}.OrderConfirmed`),
  ],
  ['E4', 'published before it was true', (world) => (archivedOf(world, `${SOLD}.OrderConfirmed`).time = at(2))],
  [
    'E5',
    'listeners believe something else',
    (world) => without(world.archive.events, ({ detail }) => detail.eventId === `${SOLD}.OrderConfirmed`),
  ],
  [
    'E6',
    'a number is missing',
    (world) => without(world.outbox, ({ eventId }) => eventId === `${SOLD}.PaymentActionRequired`),
  ],
  [
    'E8',
    'a published event waits for ever',
    (world) => (rowWhere(world.outbox, { eventId: `${SOLD}.OrderPlaced` }).pendingShard = 'PENDING#2'),
  ],
  ['E6', 'a number given twice', (world) => (rowWhere(world.outbox, { eventId: `${SOLD}.OrderConfirmed` }).seq = 2)],
];
