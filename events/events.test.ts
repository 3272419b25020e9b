import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BasketCheckedOut, basketCheckedOutSample } from './basket-checked-out.ts';
import { canonicalHash, canonicalJson } from './canonical-json.ts';
import { EVENT_CATALOG } from './catalog.ts';
import { eventJsonSchemas } from './json-schema.ts';

describe.each(EVENT_CATALOG)('$event.name', ({ event, sample }) => {
  test('its sample is valid', () => {
    expect(event.published.parse(sample)).toEqual(sample);
  });

  test('its JSON Schema on disk is the one derived from the code (npm run schemas)', () => {
    const onDisk = readFileSync(new URL(`schemas/${event.detailType}.json`, import.meta.url), 'utf8');
    const isCurrent = onDisk === eventJsonSchemas().get(`${event.detailType}.json`);
    expect(isCurrent, `events/schemas/${event.detailType}.json is not up to date: run npm run schemas`).toBe(true);
  });
});

describe('an order command is refused', () => {
  const line = basketCheckedOutSample.lines[0]!;
  test.each([
    ['when the total is not the sum of its lines', { totalMinor: 7301 }],
    ['without lines', { lines: [], totalMinor: 0 }],
    ['when a SKU comes twice', { lines: [line, line], totalMinor: 7800 }],
    ['with a quantity of zero', { lines: [{ ...line, quantity: 0 }], totalMinor: 0 }],
    ['with a fraction of a cent', { lines: [{ ...line, unitPriceMinor: 0.5 }], totalMinor: 0.5 }],
    ['with an order id that is no execution name', { orderId: '../etc/passwd' }],
    ['with a currency that does not exist', { currency: 'EURO' }],
    ['with a card number for a payment method', { paymentMethodId: '4242424242424242' }],
    ['with an unknown schema version', { schemaVersion: 99 }],
    ['with a SKU that holds our key separator', { lines: [{ ...line, sku: 'A#B' }], totalMinor: 3900 }],
  ])('%s', (_reason, change) => {
    expect(BasketCheckedOut.published.safeParse({ ...basketCheckedOutSample, ...change }).success).toBe(false);
    expect(BasketCheckedOut.received.safeParse({ ...basketCheckedOutSample, ...change }).success).toBe(false);
  });
});

test('canonical JSON does not depend on the order of fields', () => {
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(tie('node')),
      fc.dictionary(fc.string(), tie('node')),
    ),
  })).node;
  const reversed = (node: unknown): unknown =>
    Array.isArray(node)
      ? node.map(reversed)
      : node !== null && typeof node === 'object'
        ? Object.fromEntries(
            Object.entries(node)
              .toReversed()
              .map(([key, inner]) => [key, reversed(inner)]),
          )
        : node;
  fc.assert(
    fc.property(value, (original) => {
      expect(canonicalJson(reversed(original))).toBe(canonicalJson(original));
      expect(JSON.parse(canonicalJson(original))).toEqual(JSON.parse(JSON.stringify(original)));
    }),
  );
});

test('another amount is another hash', () => {
  expect(canonicalHash({ ...basketCheckedOutSample, totalMinor: 1 })).not.toBe(canonicalHash(basketCheckedOutSample));
});
