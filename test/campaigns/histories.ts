import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { playHistory, someHistory } from '../faults/histories.ts';
import { Lab } from '../faults/lab.ts';
import { conflictWindowFrom, WINDOW_FLAG, WINDOW_USAGE } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';
import { endIfStopped, stopSignal, unlessStopped } from './support/stop-signal.ts';

const USAGE = `Plays random histories of up to eight customers over one to five products, with trouble, cancellations and
operators, against the rules and a model. The smallest history that fails is printed: keep it in
test/faults/kept-histories.ts.

  npm run campaigns -- histories
  --runs N        histories (default 100)
  --seed N        which (default 1)
  ${WINDOW_USAGE}
`;

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    window: WINDOW_FLAG,
    help: { type: 'boolean', default: false },
  },
});

process.env['AWS_REGION'] ??= 'us-east-1';
if (flags.help) console.log(USAGE);
else {
  const stop = stopSignal();
  await withAssembly((folder) => playAll(folder, stop));
  endIfStopped(stop);
}

async function playAll(assemblyFolder: string, stop: AbortSignal): Promise<void> {
  const lab = await Lab.open(assemblyFolder, conflictWindowFrom(flags.window));
  const line = new LiveLine();
  let passed = 0;
  let smallest: string | undefined;
  const property = fc.asyncProperty(someHistory, async (history) => {
    line.show(smallest === undefined ? `${passed} of ${flags.runs} histories` : 'looking for a smaller one');
    const violations = await playHistory(lab, history);
    if (stop.aborted) return;
    if (violations.length === 0) return void (passed += smallest === undefined ? 1 : 0);
    const because = violations.map(({ rule, because: why }) => `${rule} ${why}`).join('\n');
    if (smallest === undefined) {
      line.clear();
      console.log(`✘ npm run campaigns -- histories --seed ${flags.seed} --runs ${passed + 1}\n${because}`);
    }
    smallest = fc.stringify(history);
    throw new Error(because);
  });
  const checked = fc.check(property, { seed: Number(flags.seed), numRuns: Number(flags.runs) });
  await unlessStopped(stop, checked);
  await (stop.aborted ? lab.abandon() : lab.close());
  line.clear();
  if (stop.aborted && smallest !== undefined) console.log(`stopped; the smallest so far: ${smallest}`);
  else if (!stop.aborted && smallest !== undefined) console.log(await fc.asyncDefaultReportMessage(await checked));
  const failed = smallest === undefined ? 0 : 1;
  console.log(
    `${passed + failed} histories of seed ${flags.seed}, window ${flags.window} ms: ${failed > 0 ? 'one' : 'none'} with violations${stop.aborted ? ', stopped before the end' : ''}`,
  );
  report({ passed, failed });
}
