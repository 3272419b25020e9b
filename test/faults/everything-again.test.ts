import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatSample, sampled, sampleOfDay } from '../campaigns/support/sample.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import {
  differences,
  playDuplicated,
  playDuplicatedTogether,
  playPlain,
  playReplayed,
  violationsOf,
} from './everything-again.ts';
import { Lab } from './lab.ts';
import type { Scenario } from './scenario.ts';
import { playRace } from './race-games.ts';
import { RACES } from './races.ts';
import { SCENARIOS } from './scenarios.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** `npm run campaigns -- duplicates` plays more seeds, of every scenario, and every race. */
const SEEDS = [1];
const SAMPLE = sampleOfDay(12);
const SCENARIOS_OF_DAY = sampled(SCENARIOS, SAMPLE);

const plays = new Map<string, Promise<Snapshot>>();

function undisturbed(scenario: Scenario): Promise<Snapshot> {
  const play = plays.get(scenario.name) ?? playPlain(lab, scenario);
  plays.set(scenario.name, play);
  return play;
}

test.each(SCENARIOS)('$name: ends as told when nothing goes wrong', async (scenario) => {
  const snapshot = await undisturbed(scenario);
  expect(violationsOf(snapshot)).toEqual([]);
  const { parked, ...ending } = scenario.ending;
  expect(snapshot.orders).toMatchObject([ending]);
  const shown = snapshot.parked.filter(({ parkedState }) => parkedState === 'OPEN').map(({ reason }) => reason);
  expect(shown.toSorted()).toEqual([parked ?? []].flat().toSorted());
});

describe.each(SCENARIOS_OF_DAY)(`$name (today’s twelfth: ${formatSample(SAMPLE)})`, (scenario) => {
  test.each(SEEDS)('comes to the same when everything is delivered several times at once (seed %i)', async (seed) => {
    const told = await undisturbed(scenario);
    const duplicated = await playDuplicated(lab, scenario, seed);
    expect(violationsOf(duplicated)).toEqual([]);
    expect(differences(told, duplicated, 'X2')).toEqual([]);
  });

  test('is not changed by a replay of the whole archive and of every webhook', async () => {
    const { before, after } = await playReplayed(lab, scenario);
    expect(violationsOf(after)).toEqual([]);
    for (const part of ['orders', 'history', 'outbox', 'stock', 'reservations', 'payments', 'ledger'] as const) {
      expect(after[part], part).toEqual(before[part]);
    }
  });
});

test.each(SEEDS)(
  'orders over the same stock keep apart when everything comes several times (seed %i)',
  async (seed) => {
    const snapshot = await playDuplicatedTogether(lab, SCENARIOS_OF_DAY, seed);
    expect(violationsOf(snapshot)).toEqual([]);
    expect(snapshot.orders).toHaveLength(SCENARIOS_OF_DAY.length);
  },
);

test.each(sampled(RACES, SAMPLE))('an order that is $name is sold or undone, and never half of it', async (race) => {
  expect(await playRace(lab, race)).toEqual([]);
});
