import type { Game } from './duplicate-games.ts';
import type { Lab } from './lab.ts';
import { RACES } from './races.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Violation } from '../invariants/rule.ts';

/** What others did at the same time may be shown to a person beside it. */
const SOLD_OR_UNDONE =
  /^(CONFIRMED|SHIPPED|CANCELLED \((CANCELLED_BY_CUSTOMER|PAYMENT_DECLINED)\)|parked (PAYMENT_DISPUTED|REFUNDED_BY_OTHERS|REFUND_FAILED \+ parked PAYMENT_DISPUTED))$/;

export function* raceGames(lab: Lab): Generator<Game> {
  for (const race of RACES) yield [`an order that is ${race.name}`, () => playRace(lab, race)];
}

/** An order in which two things happen at the same time is sold or undone, and never half of it. */
export async function playRace(lab: Lab, race: Scenario): Promise<readonly Violation[]> {
  const { violations, ending } = await runScenario(lab, race, []);
  const because = `it ended as ${ending}`;
  return SOLD_OR_UNDONE.test(ending) ? violations : [...violations, { rule: 'O1', keys: {}, because, rows: [] }];
}
