import { SeededRandom } from '../torture/seeded-random.ts';
import type { Fault } from './faults.ts';
import type { Case } from './single-faults.ts';

/** What undoes, decides or parks: where two faults hurt most. */
const COMPENSATION = /^(stop-order|refund-payment|release-inventory|cancel-order|park-order)\b/;
const SHARE_OF_COMPENSATION = 0.5;

/**
 * An endless sample of pairs of faults. The first comes from the plain run of a scenario; the second also from points
 * that only a failing run passes, and is then often one of the compensation.
 */
export function* doubleFaults(singles: readonly Case[], seed: number): Generator<Case> {
  const random = new SeededRandom(seed);
  const faultsOf = new Map(
    [...Map.groupBy(singles, ({ scenario }) => scenario)].map(([name, ofOne]) => [
      name,
      ofOne.flatMap(({ faults }) => faults),
    ]),
  );
  const ofCompensation = [...faultsOf.values()].flat().filter(({ point }) => COMPENSATION.test(point));
  for (;;) {
    const first = random.oneOf(singles);
    const ofScenario = faultsOf.get(first.scenario) ?? [];
    const pool = random.chance(SHARE_OF_COMPENSATION) && ofCompensation.length > 0 ? ofCompensation : ofScenario;
    const second: Fault = random.oneOf(pool);
    if (second.point === first.faults[0]?.point) continue;
    yield { scenario: first.scenario, faults: [...first.faults, second], seed: random.between(1, 1_000_000) };
  }
}

/**
 * Effects that land after the step was given up: its first run dies with a request under way, its second fails for
 * good, and what was undone by then meets the latecomer.
 */
export function lateAndGivenUp(singles: readonly Case[]): Case[] {
  return singles.flatMap(({ scenario, faults: [fault], seed }) => {
    if (fault?.mode !== 'lateEffect' && fault?.mode !== 'late') return [];
    const functionName = fault.point.split('/')[0] ?? '';
    const givenUp: Fault = { point: `${functionName}#2`, mode: 'permanentError' };
    return [{ scenario, faults: [fault, givenUp], seed }];
  });
}
