import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Find } from '../faults/find-violation.ts';
import { MUTANTS } from '../faults/mutants.ts';
import type { Mutant } from '../faults/mutants/mutant.ts';
import { realNowMs } from '../faults/virtual-time.ts';
import { conflictWindowFrom, WINDOW_FLAG, WINDOW_USAGE } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { formatSample, parseSample, sampled, sampleOfDay } from './support/sample.ts';
import { stopSignal, stopWith } from './support/stop-signal.ts';

const USAGE = `Puts one deliberate bug after the other into the shop and plays until a rule finds it.

  npm run campaigns -- mutants   a seventh of the bugs; every one has its turn within a week
  --all           all of them
  --sample N/M    only every Mth of them, from the Nth on
  --only TEXT     only bugs with this in their name; several are divided by |
  --minutes N     how long to look for each (default 6)
  --workers N     processes (default 2)
  ${WINDOW_USAGE}
`;

const PROGRAM = fileURLToPath(new URL('../faults/mutant-worker.ts', import.meta.url));

const { values: flags } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    sample: { type: 'string' },
    only: { type: 'string' },
    minutes: { type: 'string', default: '6' },
    workers: { type: 'string', default: '2' },
    window: WINDOW_FLAG,
    help: { type: 'boolean', default: false },
  },
});

type Verdict = Find | 'survived' | 'crashed';

if (flags.help) console.log(USAGE);
else await withAssembly(runAll);

async function runAll(assemblyFolder: string): Promise<void> {
  const startedAtMs = realNowMs();
  const wanted = wantedMutants();
  const left = [...wanted];
  const verdicts: Verdict[] = [];
  const stop = stopSignal();
  const work = async (): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined && !stop.aborted; mutant = left.shift()) {
      const verdict = await judge(mutant, assemblyFolder, stop);
      if (stop.aborted && typeof verdict === 'string') return;
      verdicts.push(verdict);
      console.log(lineOf(mutant, verdict));
    }
  };
  await Promise.all(Array.from({ length: Number(flags.workers) }, work));
  const caught = verdicts.filter((verdict) => typeof verdict === 'object');
  const rules = new Set(caught.map(({ rule }) => rule));
  const seconds = Math.round((realNowMs() - startedAtMs) / 1000);
  console.log(
    `${verdicts.length} of ${wanted.length} bugs in ${seconds} s, window ${flags.window} ms: ${caught.length} caught by ${rules.size} rules (${[...rules].toSorted().join(', ')}), ` +
      `${verdicts.length - caught.length} survived${stop.aborted ? ', stopped before the end' : ''}`,
  );
  report({ passed: caught.length, failed: verdicts.length - caught.length });
}

function wantedMutants(): readonly Mutant[] {
  const { all, only, sample } = flags;
  if (all) return MUTANTS;
  if (only !== undefined) return MUTANTS.filter(({ name }) => only.split('|').some((part) => name.includes(part)));
  const part = sample === undefined ? sampleOfDay(7) : parseSample(sample);
  console.log(`part ${formatSample(part)} of ${MUTANTS.length} bugs; --all plays all`);
  return sampled(MUTANTS, part);
}

function judge(mutant: Mutant, assemblyFolder: string, stop: AbortSignal): Promise<Verdict> {
  const index = MUTANTS.indexOf(mutant);
  const worker = fork(
    PROGRAM,
    [String(index), flags.minutes, assemblyFolder, String(conflictWindowFrom(flags.window))],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  stopWith(stop, worker);
  return new Promise((resolve) => {
    worker.once('message', (verdict) => resolve(verdict as Verdict));
    worker.once('exit', () => resolve('crashed'));
  });
}

function lineOf({ name }: Mutant, verdict: Verdict): string {
  if (typeof verdict === 'string') return `✘ ${name}: ${verdict}  (npm run campaigns -- mutants --only '${name}')`;
  return `✔ ${name}: ${verdict.rule} (${verdict.because.slice(0, 80)}) in run ${verdict.runs}, ${verdict.game}`;
}
