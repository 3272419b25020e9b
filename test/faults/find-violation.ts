import fc from 'fast-check';
import type { Violation } from '../invariants/rule.ts';
import { SeededRandom } from '../torture/seeded-random.ts';
import { isSpoilt } from './campaign.ts';
import { lateAndGivenUp } from './double-faults.ts';
import { duplicateGames, type Game } from './duplicate-games.ts';
import { violationsOf } from './everything-again.ts';
import { HARD_CASES, playHardCase, type HardCase } from './hard-cases.ts';
import { playHistory, someHistory } from './histories.ts';
import type { Lab } from './lab.ts';
import { playLimitedRush, SHORT_RUSH } from './limited-rush.ts';
import { decideAll, DRILLS, playConflict, playDrill } from './parking-drills.ts';
import { runScenario } from './run-scenario.ts';
import { playRush } from './rush.ts';
import { toldEnding } from './scenario.ts';
import { RACES } from './races.ts';
import { SCENARIOS } from './scenarios.ts';
import { scenarioNamed, singleFaults, type Case } from './single-faults.ts';
import { realNowMs } from './virtual-time.ts';
import { snapshotOf } from './world-snapshot.ts';

/** A rule that did not hold, and in which game that showed. */
export interface Find {
  readonly rule: string;
  readonly because: string;
  readonly game: string;
  readonly runs: number;
}

/** Random histories that are tried before faults are put where the bug may be. */
const HISTORIES = 60;

export interface Search {
  readonly seed: number;
  /** Points at which faults are tried first: where the bug is thought to be. */
  readonly near: RegExp;
  /** Real time at which to give up. */
  readonly untilMs: number;
}

/** Plays everything there is, from the plainest on, until a rule does not hold. */
export async function findViolation(lab: Lab, { seed, near, untilMs }: Search): Promise<Find | undefined> {
  let runs = 0;
  for await (const [game, play] of gamesOf(lab, seed, near)) {
    if (realNowMs() > untilMs) return undefined;
    runs += 1;
    const [violation] = await play();
    if (violation !== undefined) return { rule: violation.rule, because: violation.because, game, runs };
  }
  return undefined;
}

async function* gamesOf(lab: Lab, seed: number, near: RegExp): AsyncGenerator<Game> {
  for (const scenario of SCENARIOS) yield [`plain ${scenario.name}`, () => plain(lab, scenario.name)];
  for (const race of RACES) yield [`race ${race.name}`, () => settled(lab, race.name)];
  yield ['rush', () => playRush(lab, seed)];
  yield ['conflict', () => conflict(lab)];
  for (const drill of DRILLS) yield [`drill ${drill.name}`, () => drilled(lab, drill)];
  for (const hardCase of HARD_CASES) yield [`hard case ${hardCase.name}`, () => hard(lab, hardCase)];
  yield ['rush above the provider’s limit', () => limited(lab, seed)];
  yield* contended(lab, seed);
  yield* duplicateGames(lab, { alone: [seed], together: [seed, seed + 1, seed + 2] });
  for (const [index, history] of fc.sample(someHistory, { seed, numRuns: HISTORIES }).entries()) {
    yield [`history ${index + 1} of seed ${seed}`, () => playHistory(lab, history)];
  }
  const singles = shuffled(await singleFaults(lab), seed);
  const isNear = ({ faults }: Case): boolean => near.test(faults[0]?.point ?? '');
  const nearFirst = singles.toSorted((one, other) => Number(isNear(other)) - Number(isNear(one)));
  for (const { scenario, faults } of [...lateAndGivenUp(nearFirst.filter(isNear)), ...nearFirst]) {
    const name = `${scenario}: ${faults.map(({ point, mode }) => `${point}=${mode}`).join(' and ')}`;
    yield [name, () => faulty(lab, { scenario, faults, seed })];
  }
}

/** Rows that others hold for a minute, wherever an order and its cancellation write. */
async function* contended(lab: Lab, seed: number): AsyncGenerator<Game> {
  const scenarios = ['confirmed', 'cancelled while running'].map(scenarioNamed);
  for (const { scenario, faults } of await singleFaults(lab, scenarios)) {
    if (faults[0]?.mode !== 'conflictForLong') continue;
    yield [`${scenario}: ${faults[0].point} contended`, () => faulty(lab, { scenario, faults, seed })];
  }
}

async function plain(lab: Lab, name: string): Promise<readonly Violation[]> {
  const scenario = scenarioNamed(name);
  const { violations, ending } = await runScenario(lab, scenario, []);
  const told = toldEnding(scenario.ending);
  return ending === told ? violations : [...violations, named('O4', `it ends as ${ending}, expected ${told}`)];
}

/** A race may end either way; the rules hold in both. */
async function settled(lab: Lab, name: string): Promise<readonly Violation[]> {
  return (await runScenario(lab, scenarioNamed(name), [])).violations;
}

async function faulty(lab: Lab, played: Case): Promise<readonly Violation[]> {
  const { violations, ending } = await runScenario(lab, scenarioNamed(played.scenario), played.faults);
  const isHealed = played.faults.length > 1 || !isSpoilt({ case: played, ending });
  return isHealed ? violations : [...violations, named('R0', `it should have passed by itself, but ends as ${ending}`)];
}

async function drilled(lab: Lab, drill: (typeof DRILLS)[number]): Promise<readonly Violation[]> {
  const { world, mend, parked } = await playDrill(lab, drill);
  const open = parked.parked.filter((row) => row.parkedState === 'OPEN').map((row) => row.reason);
  const because = `parked as ${open.join(' + ') || 'nothing'}, expected ${drill.parked.join(' + ')}`;
  const wrong = open.toSorted().join() === drill.parked.join() ? [] : [named('O8', because)];
  const before = violationsOf(parked);
  if (before.length + wrong.length > 0) return [...before, ...wrong];
  mend();
  await decideAll(world, parked, 'retry');
  await world.untilAtRest();
  return violationsOf(await snapshotOf(world));
}

async function hard(lab: Lab, hardCase: HardCase): Promise<readonly Violation[]> {
  const { violations, ending } = await playHardCase(lab, hardCase);
  if (ending === hardCase.ending) return violations;
  return [...violations, named('O4', `it ends as ${ending}, expected ${hardCase.ending}`)];
}

async function limited(lab: Lab, seed: number): Promise<readonly Violation[]> {
  const { lost, violations } = await playLimitedRush(lab, { ...SHORT_RUSH, seed });
  return lost === 0 ? violations : [...violations, named('R0', `${lost} orders are lost to the limit, and it passes`)];
}

async function conflict(lab: Lab): Promise<readonly Violation[]> {
  const { snapshot } = await playConflict(lab);
  const isParked = snapshot.parked.some(({ reason }) => reason === 'IDENTITY_CONFLICT');
  return [...violationsOf(snapshot), ...(isParked ? [] : [named('O8', 'a second command was not parked')])];
}

function named(rule: string, because: string): Violation {
  return { rule, keys: {}, because, rows: [] };
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = new SeededRandom(seed);
  const left = [...items];
  for (let last = left.length - 1; last > 0; last -= 1) {
    const other = random.between(0, last);
    [left[last], left[other]] = [left[other]!, left[last]!];
  }
  return left;
}
