import { parseArgs } from 'node:util';
import { duplicateGames, type Game } from '../faults/duplicate-games.ts';
import { Lab } from '../faults/lab.ts';
import { raceGames } from '../faults/race-games.ts';
import { conflictWindowFrom, WINDOW_FLAG, WINDOW_USAGE } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { Findings } from './support/findings.ts';
import { endIfStopped, stopSignal, unlessStopped } from './support/stop-signal.ts';

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
else {
  const stop = stopSignal();
  await withAssembly((folder) => playAll(folder, stop));
  endIfStopped(stop);
}

async function playAll(assemblyFolder: string, stop: AbortSignal): Promise<void> {
  const lab = await Lab.open(assemblyFolder, conflictWindowFrom(flags.window));
  const findings = new Findings();
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, index) => index + 1);
  const games = [...duplicateGames(lab, { alone: seeds, together: seeds }), ...raceGames(lab)];
  await unlessStopped(stop, playGames(games, findings, stop));
  await (stop.aborted ? lab.abandon() : lab.close());
  findings.printAgain();
  const { passed, failed } = findings.counts;
  console.log(
    `${passed + failed} of ${games.length} games, window ${flags.window} ms, ${failed} with violations${stop.aborted ? ', stopped before the end' : ''}`,
  );
  report(findings.counts);
}

async function playGames(games: readonly Game[], findings: Findings, stop: AbortSignal): Promise<void> {
  for (const [index, [name, play]] of games.entries()) {
    findings.showProgress(`${index} of ${games.length} games, ${name}`);
    const violations = await play();
    if (stop.aborted) return;
    const [first] = violations;
    if (first === undefined) findings.add([]);
    else findings.add([`✘ ${name}`, ...violations.map(({ rule, because }) => `    ${rule} ${because}`)]);
  }
}
