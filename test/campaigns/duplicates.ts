import { parseArgs } from 'node:util';
import { duplicateGames } from '../faults/duplicate-games.ts';
import { Lab } from '../faults/lab.ts';
import { raceGames } from '../faults/race-games.ts';
import { conflictWindowFrom, WINDOW_FLAG, WINDOW_USAGE } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { countsOf, report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';

const USAGE = `Delivers every message, invocation and webhook two to five times at once, then replays the whole archive and
all webhooks; what comes of it is held against the plain run. Then plays what may happen at the same time.

  npm run campaigns -- duplicates
  --seeds N       of each scenario, and of all scenarios over the same stock (default 5)
  ${WINDOW_USAGE}
`;

const { values: flags } = parseArgs({
  options: { seeds: { type: 'string', default: '5' }, window: WINDOW_FLAG, help: { type: 'boolean', default: false } },
});

process.env['AWS_REGION'] ??= 'us-east-1';
if (flags.help) console.log(USAGE);
else await withAssembly(playAll);

async function playAll(assemblyFolder: string): Promise<void> {
  const lab = await Lab.open(assemblyFolder, conflictWindowFrom(flags.window));
  const line = new LiveLine();
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, index) => index + 1);
  const outcomes: boolean[] = [];
  const games = [...duplicateGames(lab, { alone: seeds, together: seeds }), ...raceGames(lab)];
  for (const [name, play] of games) {
    line.show(`${outcomes.length} games, ${name}`);
    const violations = await play();
    outcomes.push(violations.length === 0);
    line.clear();
    for (const { rule, because } of violations) console.log(`✘ ${name}: ${rule} ${because}`);
  }
  await lab.close();
  console.log(
    `${outcomes.length} games, window ${flags.window} ms, ${outcomes.filter((isGood) => !isGood).length} with violations`,
  );
  report(countsOf(outcomes));
}
