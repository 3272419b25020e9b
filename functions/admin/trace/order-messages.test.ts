import { expect, test } from 'vitest';
import { messagesOf } from './order-messages.ts';

const event = { eventId: 'e', detailType: 'OrderPlaced.v1', createdAt: '2026-01-15T09:30:00.000Z' };
const publishedAt = '2026-01-15T09:31:30.000Z';

test.each([
  ['the stream brings it to the bus', {}, { delivery: 'STREAM' }],
  ['it waits for the sweeper', { pendingShard: 'PENDING#3' }, { delivery: 'WAITING' }],
  ['it was published after it had waited', { publishedAt }, { delivery: 'PUBLISHED', publishedAt, delayMs: 90_000 }],
  [
    'it is to be published again',
    { pendingShard: 'PENDING#0', publishedAt },
    { delivery: 'WAITING', publishedAt, delayMs: 90_000 },
  ],
  ['it is malformed', { pendingShard: 'MALFORMED' }, { delivery: 'SET_ASIDE' }],
])('of an event the trace tells that %s', (_how, marks, told) => {
  expect(messagesOf({ events: [{ ...event, ...marks }], mails: [] }).events).toEqual([{ ...event, ...told }]);
});
