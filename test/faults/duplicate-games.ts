import type { Violation } from '../invariants/rule.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import {
  differences,
  playDuplicated,
  playDuplicatedTogether,
  playPlain,
  playReplayed,
  violationsOf,
} from './everything-again.ts';
import type { Lab } from './lab.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** Something to play, and what broke in it. */
export type Game = readonly [name: string, play: () => Promise<readonly Violation[]>];

export interface DuplicateSeeds {
  /** Of scenarios in which everything comes several times. */
  readonly alone: readonly number[];
  /** Of orders of all scenarios over the same stock, for which everything comes several times. */
  readonly together: readonly number[];
}

/** Everything that is delivered is delivered again: at once, or when the order is over. It must come to the same. */
export function* duplicateGames(lab: Lab, { alone, together }: DuplicateSeeds): Generator<Game> {
  for (const scenario of SCENARIOS) {
    yield [`replayed ${scenario.name}`, () => replayed(lab, scenario)];
    let undisturbed: Promise<Snapshot> | undefined;
    const told = (): Promise<Snapshot> => (undisturbed ??= playPlain(lab, scenario));
    for (const seed of alone) {
      yield [
        `duplicated ${scenario.name}, seed ${seed}`,
        async () => duplicated(lab, scenario, { told: await told(), seed }),
      ];
    }
  }
  for (const seed of together) yield [`duplicated together, seed ${seed}`, () => duplicatedTogether(lab, seed)];
}

async function replayed(lab: Lab, scenario: Scenario): Promise<readonly Violation[]> {
  const { before, after } = await playReplayed(lab, scenario);
  return [...violationsOf(after), ...differences(before, after, 'X2')];
}

async function duplicated(
  lab: Lab,
  scenario: Scenario,
  { told, seed }: { readonly told: Snapshot; readonly seed: number },
): Promise<readonly Violation[]> {
  const after = await playDuplicated(lab, scenario, seed);
  return [...violationsOf(after), ...differences(told, after, 'X2')];
}

async function duplicatedTogether(lab: Lab, seed: number): Promise<readonly Violation[]> {
  const snapshot = await playDuplicatedTogether(lab, SCENARIOS, seed);
  const because = `${snapshot.orders.length} orders, expected ${SCENARIOS.length}`;
  const lost = snapshot.orders.length === SCENARIOS.length ? [] : [{ rule: 'O1', keys: {}, because, rows: [] }];
  return [...violationsOf(snapshot), ...lost];
}
