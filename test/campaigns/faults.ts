import { parseArgs } from 'node:util';
import { formatEndings, formatTable, problemOf, problemOfSingle, type Outcome } from '../faults/campaign.ts';
import type { Fault, Mode } from '../faults/faults.ts';
import { Lab } from '../faults/lab.ts';
import { runScenario } from '../faults/run-scenario.ts';
import { SCENARIOS } from '../faults/scenarios.ts';
import { scenarioNamed } from '../faults/single-faults.ts';
import { realNowMs } from '../faults/virtual-time.ts';
import { inWorkers } from '../faults/workers.ts';
import { CONFLICT_WINDOW_MS, conflictWindowFrom, WINDOW_FLAG } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { countsOf, report } from './support/counts.ts';
import { Findings } from './support/findings.ts';
import { formatSample, parseSample, sampleOfDay, type Sample } from './support/sample.ts';
import { stopSignal } from './support/stop-signal.ts';

const USAGE = `Plays orders while things go wrong, under virtual time, and checks every invariant after each.

A run that fails is told at once, by the command that plays it again. Ctrl-C ends with what was played so far.

  npm run campaigns -- faults             fault points × modes that fit × scenarios: a twentieth, another one each day
    --all                                 every one of them
    --sample N/M                          only every Mth of them, from the Nth on
  npm run campaigns -- faults --double    samples pairs of faults
    --minutes N                           how long (default 30)
    --seed N                              which sample (default 1)
  npm run campaigns -- faults --scenario NAME --fault 'POINT=MODE' [--fault ...]
                                          plays one case and tells about it
  --scenario NAME                         only this one, all of it: ${SCENARIOS.map(({ name }) => `"${name}"`).join(', ')}
  --workers N                             processes (default 2)
  --endings                               also counts how the orders ended
  --window N      milliseconds that a transaction holds its rows (default ${CONFLICT_WINDOW_MS}); 0: none conflicts
`;

const { values: flags } = parseArgs({
  options: {
    double: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    sample: { type: 'string' },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string', default: '2' },
    endings: { type: 'boolean', default: false },
    window: WINDOW_FLAG,
    help: { type: 'boolean', default: false },
  },
});

process.env['AWS_REGION'] ??= 'us-east-1';
if (flags.help) console.log(USAGE);
else await withAssembly((folder) => (flags.fault.length > 0 ? playOne(folder) : playMany(folder)));

async function playMany(assemblyFolder: string): Promise<void> {
  const startedAtMs = realNowMs();
  const outcomes: Outcome[] = [];
  const findings = new Findings();
  const stop = stopSignal();
  const sample = sampleAsked();
  const conflictWindowMs = conflictWindowFrom(flags.window);
  console.log(
    `window ${conflictWindowMs} ms${conflictWindowMs === CONFLICT_WINDOW_MS ? '' : ': give it to the commands below, too'}`,
  );
  if (sample) console.log(`part ${formatSample(sample)} of all single faults; --all plays every one`);
  const job = {
    assemblyFolder,
    conflictWindowMs,
    kind: flags.double ? ('double' as const) : ('single' as const),
    shares: Number(flags.workers),
    seed: Number(flags.seed),
    minutes: Number(flags.minutes),
    scenarios: flags.scenario ?? SCENARIOS.map(({ name }) => name),
    ...(sample && { sample }),
  };
  // A pair of faults may park an order, and the first may keep the second from being met.
  const problemIn = flags.double ? problemOf : problemOfSingle;
  const take = (outcome: Outcome): void => {
    outcomes.push(outcome);
    findings.add(problemIn(outcome));
    findings.showProgress(`${outcomes.length} runs`);
  };
  await inWorkers(job, take, stop);
  const seconds = Math.round((realNowMs() - startedAtMs) / 1000);
  findings.clearProgress();
  for (const text of formatTable(outcomes)) console.log(text);
  if (flags.endings) for (const text of formatEndings(outcomes)) console.log(text);
  findings.printAgain();
  const unfired = outcomes.filter((outcome) => outcome.fired === 0).length;
  const { failed } = findings.counts;
  const stopped = stop.aborted ? ', stopped before the end' : '';
  console.log(`${outcomes.length} runs in ${seconds} s, ${unfired} without a fault met, ${failed} failed${stopped}`);
  report(findings.counts);
}

/** The parts of two weeks are the whole: all of them at once are too long for a build. */
function sampleAsked(): Sample | undefined {
  if (flags.sample !== undefined) return parseSample(flags.sample);
  return flags.all || flags.double || flags.scenario !== undefined ? undefined : sampleOfDay(20);
}

async function playOne(assemblyFolder: string): Promise<void> {
  const scenario = flags.scenario?.[0] ?? '';
  const faults = flags.fault.map(faultOf);
  const lab = await Lab.open(assemblyFolder, conflictWindowFrom(flags.window));
  // Plays it once before, so that nothing is loaded for the first time while it counts.
  await runScenario(lab, scenarioNamed(scenario), []);
  const run = await runScenario(lab, scenarioNamed(scenario), faults, Number(flags.seed));
  for (const { id } of run.points) console.log(`${run.fired.has(id) ? '✘' : ' '} ${id}`);
  console.log(`${run.scenario}: ${run.ending}`);
  for (const { rule, because, rows } of run.violations) {
    console.log(`${rule}: ${because}`);
    for (const row of rows) console.log(`    ${JSON.stringify(row)}`);
  }
  await lab.close();
  report(countsOf([run.violations.length === 0]));
}

function faultOf(text: string): Fault {
  const at = text.lastIndexOf('=');
  return { point: text.slice(0, at), mode: text.slice(at + 1) as Mode };
}
