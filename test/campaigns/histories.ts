import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { playHistory, someHistory } from '../faults/histories.ts';
import { Lab } from '../faults/lab.ts';
import { conflictWindowFrom, WINDOW_FLAG, WINDOW_USAGE } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';

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
else await withAssembly(playAll);

async function playAll(assemblyFolder: string): Promise<void> {
  const lab = await Lab.open(assemblyFolder, conflictWindowFrom(flags.window));
  const line = new LiveLine();
  let played = 0;
  const property = fc.asyncProperty(someHistory, async (history) => {
    line.show(`${played} of ${flags.runs} histories`);
    const violations = await playHistory(lab, history);
    played += 1;
    if (violations.length > 0) throw new Error(violations.map(({ rule, because }) => `${rule} ${because}`).join('\n'));
  });
  const result = await fc.check(property, { seed: Number(flags.seed), numRuns: Number(flags.runs) });
  await lab.close();
  line.clear();
  if (result.failed) console.log(await fc.asyncDefaultReportMessage(result));
  console.log(
    `${result.numRuns} histories of seed ${flags.seed}, window ${flags.window} ms: ${result.failed ? 'one with violations' : 'none with violations'}`,
  );
  report({ passed: result.failed ? result.numRuns - 1 : result.numRuns, failed: result.failed ? 1 : 0 });
}
