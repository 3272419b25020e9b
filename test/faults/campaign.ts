import type { Case } from './single-faults.ts';
import type { Run } from './run-scenario.ts';
import { toldEnding, toldUndone } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** What a campaign keeps of a run: as little as a report needs, for it crosses a process boundary. */
export interface Outcome {
  readonly case: Case;
  readonly fired: number;
  readonly ending: string;
  readonly violations: readonly string[];
}

export function outcomeOf(played: Case, run: Run): Outcome {
  const lines = run.violations.map(({ rule, because }) => `${rule} ${because}`);
  return { case: played, fired: run.fired.size, ending: run.ending, violations: lines };
}

/** One command that plays a case again. */
export function replayCommand({ scenario, faults, seed }: Case): string {
  const flags = faults.map(({ point, mode }) => ` --fault '${point}=${mode}'`).join('');
  return `npm run campaigns -- faults --scenario '${scenario}'${flags} --seed ${seed}`;
}

/** Lines for people: by mode and scenario, how many cases fired of how many were played. */
export function formatTable(outcomes: readonly Outcome[]): string[] {
  const scenarios = [...new Set(outcomes.map((outcome) => outcome.case.scenario))];
  const byMode = Map.groupBy(outcomes, (outcome) => outcome.case.faults[0]?.mode ?? 'none');
  const cells = [...byMode].map(([mode, ofMode]) => [
    mode,
    ...[...scenarios.map((name) => ofMode.filter((outcome) => outcome.case.scenario === name)), ofMode].map(cellOf),
  ]);
  const head = ['fired/played', ...scenarios, 'all'];
  const foot = [
    'all',
    ...scenarios.map((name) => cellOf(outcomes.filter((one) => one.case.scenario === name))),
    cellOf(outcomes),
  ];
  const table = [head, ...cells, foot];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) => row.map((cell, column) => pad(cell, widths[column]!, column)).join('  '));
}

/** How the cases ended, most frequent first. */
export function formatEndings(outcomes: readonly Outcome[]): string[] {
  const counts = Map.groupBy(outcomes, (outcome) => `${outcome.case.scenario} → ${outcome.ending}`);
  return [...counts]
    .toSorted((a, b) => b[1].length - a[1].length)
    .map(([ending, all]) => `${String(all.length).padStart(6)}  ${ending}`);
}

/** @returns how to play a run again that broke a rule, how it ended and what it broke; nothing when it passed. */
export function problemOf(outcome: Outcome): string[] {
  return formatProblem(outcome, outcome.violations);
}

/** The same for a run with one fault, which must also be met and pass without harm. */
export function problemOfSingle(outcome: Outcome): string[] {
  return formatProblem(outcome, [
    ...outcome.violations,
    ...(outcome.fired === 0 ? ['the fault was never met'] : []),
    ...(isSpoilt(outcome) ? ['it should have passed by itself, or been undone'] : []),
  ]);
}

function formatProblem({ case: played, ending }: Outcome, problems: readonly string[]): string[] {
  if (problems.length === 0) return [];
  return [replayCommand(played), `    ${ending}`, ...problems.map((problem) => `    ${problem}`)];
}

function cellOf(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return '-';
  const failed = outcomes.filter(({ violations }) => violations.length > 0).length;
  const fired = outcomes.filter((outcome) => outcome.fired === outcome.case.faults.length).length;
  return `${fired}/${outcomes.length}${failed > 0 ? ` ✘${failed}` : ''}`;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** What passes by itself: such a fault, once, costs time and nothing else. */
const PASSING: ReadonlySet<string> = new Set([
  'refused',
  'answerLost',
  'timeoutWithoutEffect',
  'timeoutWithEffect',
  'conflict',
  'conflictForLong',
  'duplicated',
  'repeatedLater',
  'throttled',
  'serviceError',
  'crashBefore',
  'crashAfter',
  'delayed',
  'webhookDuplicate',
  'webhookDrop',
  'webhookReorder',
  'webhookDelay',
  'forged',
]);

/** Until the order is stopped, a failure is undone by the workflow itself. */
const FORWARD_POINT = /^(create-order|reserve-inventory|charge-payment|confirm-order)\b/;
/** Step Functions ends the execution at once. */
const UNCATCHABLE = 'oversizedAnswer';

/** Whether a fault did more harm than it may: one that passes by itself changes no ending, one on the way parks nothing. */
export function isSpoilt({ case: { scenario, faults }, ending }: Pick<Outcome, 'case' | 'ending'>): boolean {
  const played = SCENARIOS.find(({ name }) => name === scenario)!;
  const told = toldEnding(played.ending);
  const { point, mode } = faults[0]!;
  const isParkedInVain =
    FORWARD_POINT.test(point) &&
    mode !== UNCATCHABLE &&
    ending.startsWith('parked') &&
    ![told, ...toldUndone(played)].includes(ending);
  return isParkedInVain || (PASSING.has(mode) && ending !== told);
}
