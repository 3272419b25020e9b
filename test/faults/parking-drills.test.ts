import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violationsOf } from './everything-again.ts';
import { Lab } from './lab.ts';
import { decideAll, DRILLS, playConflict, playDrill } from './parking-drills.ts';
import { snapshotOf } from './world-snapshot.ts';
import type { Snapshot } from '../invariants/snapshot.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

const openReasons = ({ parked }: Snapshot): string[] =>
  parked
    .filter((row) => row.parkedState === 'OPEN')
    .map((row) => row.reason)
    .toSorted();

describe.each(DRILLS)('$name', (drill) => {
  test('parks the order once, with money and stock listed', async () => {
    const { parked } = await playDrill(lab, drill);
    expect(openReasons(parked)).toEqual(drill.parked);
    expect(violationsOf(parked)).toEqual([]);
  });

  test('ends when the trouble is mended and an operator says retry', async () => {
    const { world, mend, parked } = await playDrill(lab, drill);
    mend();
    const statuses = await decideAll(world, parked, 'retry');
    await world.untilAtRest();
    const after = await snapshotOf(world);
    expect({ statuses, open: openReasons(after) }).toEqual({ statuses: statuses.map(() => 200), open: [] });
    expect(violationsOf(after)).toEqual([]);
    expect(['CONFIRMED', 'CANCELLED']).toContain(after.orders[0]?.status);
  });
});

test.each([
  ['units are back while a refund', 'a refund that fails for good', { reservations: 'RELEASED', payments: 'CHARGED' }],
  [
    'money is back while a release',
    'a release of a paid order that fails for good',
    { reservations: 'HELD', payments: 'REFUNDED' },
  ],
] as const)('the %s waits for an operator', async (_what, name, { reservations, payments }) => {
  const { parked } = await playDrill(
    lab,
    DRILLS.find((drill) => drill.name === name)!,
  );
  expect(parked.reservations).toMatchObject([{ state: reservations }]);
  expect(parked.payments).toMatchObject([{ state: payments }]);
});

describe('an operator who settled it by hand', () => {
  const settled = DRILLS.filter(({ parked }) => parked.every((reason) => !reason.startsWith('EXECUTION')));

  test.each(settled)('ends the order after $name with "resolved"', async (drill) => {
    const { world, parked } = await playDrill(lab, drill);
    const isCompensating = drill.parked.some((reason) => reason.endsWith('FAILED'));
    let after = parked;
    // What is found only then is decided too: money first, then units.
    for (let round = 1; round <= 2; round += 1) {
      await decideAll(world, after, 'resolved');
      await world.untilAtRest();
      after = await snapshotOf(world);
    }
    if (!isCompensating) return;
    expect(after.orders[0]?.status).toBe('CANCELLED');
    expect(openReasons(after)).toEqual([]);
  });
});

test('another command under the id of an order is parked, and the first order stands', async () => {
  const { order, snapshot } = await playConflict(lab);
  expect(openReasons(snapshot)).toEqual(['IDENTITY_CONFLICT']);
  expect(snapshot.orders).toMatchObject([{ status: 'CONFIRMED', totalMinor: order.totalMinor }]);
  expect(violationsOf(snapshot)).toEqual([]);
});

test('a failed execution is parked within a minute', async () => {
  const drill = DRILLS.find(({ name }) => name === 'an execution that a person stops')!;
  const { parked } = await playDrill(lab, drill);
  const stoppedAt = parked.parked[0]!.since;
  expect(Date.parse(stoppedAt) - Date.parse(parked.orders[0]!['placedAt'] as string)).toBeLessThan(120_000);
});
