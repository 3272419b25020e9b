import { modesFor, type Fault, type FaultPoint } from './faults.ts';
import type { Lab } from './lab.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { RACES } from './races.ts';
import { SCENARIOS } from './scenarios.ts';

/** A scenario with what is to go wrong in it. */
export interface Case {
  readonly scenario: string;
  readonly faults: readonly Fault[];
  readonly seed: number;
}

/** Further rounds of the jobs are like the second one. */
const REPEATED_POINT = /^(follow-provider-events|poll-payments|sweep-outbox)\b.*#([3-9]|\d\d+)$/;

/** The points that each scenario passes when nothing goes wrong. */
export async function pointsOf(lab: Lab, scenario: Scenario): Promise<FaultPoint[]> {
  const { points } = await runScenario(lab, scenario, []);
  return points.filter(({ id }) => !REPEATED_POINT.test(id));
}

/** Every point that a scenario passes × every mode that fits it. */
export async function singleFaults(lab: Lab, scenarios: readonly Scenario[] = SCENARIOS): Promise<Case[]> {
  const cases: Case[] = [];
  for (const scenario of scenarios) {
    for (const point of await pointsOf(lab, scenario)) {
      for (const mode of modesFor(point)) {
        cases.push({ scenario: scenario.name, faults: [{ point: point.id, mode }], seed: 1 });
      }
    }
  }
  return cases;
}

export function scenarioNamed(name: string): Scenario {
  const scenario = [...SCENARIOS, ...RACES].find((each) => each.name === name);
  if (scenario === undefined) {
    throw new Error(
      `There is no scenario "${name}"; expected one of: ${SCENARIOS.map((each) => each.name).join(', ')}`,
    );
  }
  return scenario;
}
