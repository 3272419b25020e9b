import { expect, test } from 'vitest';
import * as z from 'zod';
import { EVENT_CATALOG } from '../../events/catalog.ts';
import { fieldsOf } from './schema-fields.ts';

const Parcel = z.strictObject({
  schemaVersion: z.literal(1),
  status: z.enum(['SENT', 'LOST']),
  at: z.iso.datetime(),
  carrier: z.string().max(40).optional(),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int().min(1).max(100) })),
});
const SENT = { schemaVersion: 1, status: 'SENT', at: '2026-01-15T09:00:00.000Z', lines: [{ sku: 'A', quantity: 2 }] };

test('each field stands beside what its schema allows, also one that is absent', () => {
  expect(fieldsOf(Parcel, SENT)).toEqual([
    { path: 'schemaVersion', allows: 'exactly 1', isRequired: true, value: '1' },
    { path: 'status', allows: 'one of SENT, LOST', isRequired: true, value: '"SENT"' },
    { path: 'at', allows: 'date-time', isRequired: true, value: '"2026-01-15T09:00:00.000Z"' },
    { path: 'carrier', allows: 'text, at most 40 characters', isRequired: false },
    { path: 'lines[0].sku', allows: 'text', isRequired: true, value: '"A"' },
    { path: 'lines[0].quantity', allows: 'whole number from 1 to 100', isRequired: true, value: '2' },
  ]);
});

test('what the schema refuses says why, where it is', () => {
  const faults = fieldsOf(Parcel, { ...SENT, at: 'noon', lines: [{ sku: 'A', quantity: 0 }] }).filter(
    ({ fault }) => fault,
  );
  expect(faults.map(({ path }) => path)).toEqual(['at', 'lines[0].quantity']);
});

test('a field that the schema does not know is shown as such', () => {
  expect(fieldsOf(Parcel, { ...SENT, later: true })).toContainEqual({
    path: 'later',
    isRequired: false,
    value: 'true',
  });
});

test.each(EVENT_CATALOG.map(({ event, sample }) => [event.detailType, event.published, sample] as const))(
  'every field of the sample of %s is known and allowed',
  (_name, schema, sample) => {
    const fields = fieldsOf(schema, sample);
    expect(fields.length).toBeGreaterThan(3);
    expect(fields.filter(({ fault, allows }) => fault !== undefined || allows === undefined)).toEqual([]);
  },
);
