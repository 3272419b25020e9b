import { expect, test } from 'vitest';
import { checkInvariants } from './check-invariants.ts';
import { goodWorld } from './good-world.ts';
import { OutboxRow, StockRow } from './snapshot-rows.ts';
import { SoundRows } from './sound-rows.ts';

test('a malformed row is named by its ids and its fault, and the others are still read', () => {
  const sound = new SoundRows();
  const good = { sku: 'CUP', available: 1, onHold: 0, version: 1 };
  const rows = sound.of('Stock', StockRow, [{ ...good, sku: 'MUG', available: 'seven' }, good, 'no row', null]);
  expect(rows.map(({ sku }) => sku)).toEqual(['CUP']);
  expect(sound.malformed).toMatchObject([
    { place: 'Stock', key: 'MUG', because: expect.stringMatching(/^available: .*number/) },
    { key: 'a row without a key' },
    { key: 'a row without a key' },
  ]);
});

test('a report of a malformed row shows nothing that the row holds', () => {
  const sound = new SoundRows();
  sound.of('Outbox', OutboxRow, [{ eventId: 'e1', detail: '{"card":"4242 4242 4242 4242"' }]);
  expect(JSON.stringify(sound.malformed)).not.toContain('4242');
});

test('a rule that stumbles says so, and the others are still checked', () => {
  const world = goodWorld();
  Object.assign(world, { stock: [null] });
  const { violations } = checkInvariants(world, true);
  expect(violations.some(({ because }) => because.startsWith('cannot be checked: TypeError'))).toBe(true);
});
