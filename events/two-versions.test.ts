import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { BasketCheckedOut, basketCheckedOutSample } from './basket-checked-out.ts';
import { canonicalJson } from './canonical-json.ts';
import { EVENT_CATALOG } from './catalog.ts';
import { publishedBytes, type EventDefinition } from './define-event.ts';
import { OrderCancelled, orderCancelledSample } from './order-cancelled.ts';
import { OrderParked, orderParkedSample } from './order-parked.ts';
import { ADDED_FIELD, newerDefinition, newerDetail } from './testing/newer-version.ts';

/** Every event as the first version of its publisher wrote it. It never changes: archives hold such events. */
const FIRST_PUBLISHED = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(new URL('testing/first-published.json', import.meta.url), 'utf8')));

describe.each(EVENT_CATALOG)('$event.detailType', ({ event, sample }) => {
  const anyEvent = event as unknown as EventDefinition<z.ZodObject>;
  const newer = newerDetail<object>(sample);

  test('of a newer publisher is read, and what was added is passed on, byte for byte', () => {
    const received = anyEvent.received.parse(newer);
    expect(canonicalJson(received)).toBe(canonicalJson(newer));
  });

  test('of today is read by a newer reader', () => {
    const received = newerDefinition(anyEvent).received.parse(sample);
    expect(canonicalJson(received)).toBe(canonicalJson(sample));
  });

  test('is not published with a field that it does not define, so nothing personal slips in', () => {
    expect(() => publishedBytes(anyEvent, { ...sample, email: 'alice@example.com' })).toThrow(
      `${event.detailType} is not what events/ defines: all of it: Unrecognized key: "email"`,
    );
    expect(publishedBytes(anyEvent, sample)).toBe(canonicalJson(sample));
  });

  test('as it was first published is still read: a field is added as optional (events/define-event.ts)', () => {
    const first = FIRST_PUBLISHED[event.detailType];
    expect(first, `add ${event.detailType} to events/testing/first-published.json`).toBeDefined();
    expect(anyEvent.received.safeParse(first).error?.issues ?? []).toEqual([]);
  });
});

describe('a word that a newer version added to a closed list', () => {
  test.each([
    [OrderCancelled, orderCancelledSample],
    [OrderParked, orderParkedSample],
  ] as const)('is kept and passed on: a reason, %#', (event, sample) => {
    const anyEvent = event as unknown as EventDefinition<z.ZodObject>;
    const newer = { ...sample, reason: 'ADDED_LATER' };
    expect(canonicalJson(anyEvent.received.parse(newer))).toBe(canonicalJson(newer));
    expect(publishedBytes(anyEvent, newer)).toBe(canonicalJson(newer));
  });

  test.each(['', 'added later', 'Added', `A${'B'.repeat(64)}`, 7, null])('is a word, and not %j', (reason) => {
    expect(OrderCancelled.received.safeParse({ ...orderCancelledSample, reason }).success).toBe(false);
  });

  test('no list of an event is closed to it', () => {
    const closed = EVENT_CATALOG.filter(({ event }) => {
      const schema = JSON.stringify(z.toJSONSchema(event.received, { io: 'input' }));
      return schema.split('"enum"').length > schema.split('"anyOf"').length;
    });
    expect(closed.map(({ event }) => event.detailType)).toEqual([]);
  });
});

test('a field that is added deep inside is not published either', () => {
  const lines = basketCheckedOutSample.lines.map((line) => ({ ...line, ...ADDED_FIELD }));
  expect(() => publishedBytes(BasketCheckedOut, { ...basketCheckedOutSample, lines } as never)).toThrow('lines.0');
});

test('reading keeps what was added, but no prototype', () => {
  const text = canonicalJson(basketCheckedOutSample).replace('{', '{"__proto__":{"isAdmin":true},');
  const received = BasketCheckedOut.received.parse(JSON.parse(text));
  expect(canonicalJson(received)).toBe(canonicalJson(basketCheckedOutSample));
  expect((received as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});
