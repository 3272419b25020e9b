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
  const faults = singles.map((single) => single.faults[0]).filter((fault) => fault !== undefined);
  const ofCompensation = faults.filter(({ point }) => COMPENSATION.test(point));
  for (;;) {
    const first = random.oneOf(singles);
    const pool = random.chance(SHARE_OF_COMPENSATION) && ofCompensation.length > 0 ? ofCompensation : faults;
    const second: Fault = random.oneOf(pool);
    if (second.point === first.faults[0]?.point) continue;
    yield { scenario: first.scenario, faults: [...first.faults, second], seed: random.between(1, 1_000_000) };
  }
}
