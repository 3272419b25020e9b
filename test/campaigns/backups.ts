import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand } from '../../cli/user-error.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { backUpUnderLoad, type Restored } from '../torture/backup-campaign.ts';
import { endingOf } from '../torture/campaign.ts';
import { withAssembly } from './support/assembly.ts';
import { countsOf, report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';
import { loadFrom, loadOptions, loadUsage, wholeNumber } from './support/load-flags.ts';

const LOAD = { ordersPerSecond: 15, port: 24720 };

const USAGE = `Takes backups of a shop under load at random moments, restores each, lets it finish what was under way, and
checks that every order that was acknowledged before the backup is there and every invariant holds.

  npm run campaigns -- backups [options]

  --backups N             (default 5)
${loadUsage(LOAD, 'moments and the mix of orders')}
  --help

Exit code: 0 nothing found, 1 it could not run or something failed.
`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      backups: { type: 'string', default: '5' },
      ...loadOptions(LOAD),
    },
  });
  if (values.help) return console.log(USAGE);
  const load = loadFrom(values);
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-backups-'));
  const line = new LiveLine();
  console.log(`seed ${load.seed}`);
  try {
    const outcomes: boolean[] = [];
    await withAssembly((assemblyFolder) =>
      backUpUnderLoad({
        assemblyFolder,
        folder,
        dataFolder: path.join(folder, 'data'),
        backups: wholeNumber('--backups', values.backups),
        ...load,
        onProgress: (text) => line.show(text),
        onRestored: (restored) => {
          line.clear();
          tell(restored);
          outcomes.push(isWhole(restored));
        },
      }),
    );
    report(countsOf(outcomes));
  } finally {
    line.clear();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Every rule could be asked, and holds. */
function isWhole({ neverRested, verdict }: Restored): boolean {
  return neverRested.length + verdict.skipped.length + verdict.violations.length === 0;
}

function tell({ takenAt, backupMs, acknowledged, neverRested, snapshot, verdict }: Restored): void {
  const endings = [...Map.groupBy(snapshot.orders, endingOf)].map(([ending, orders]) => `${orders.length} ${ending}`);
  const facts = [`${acknowledged} acknowledged before`, ...endings, `${verdict.violations.length} violations`];
  console.log(`as of ${takenAt}, taken in ${Math.round(backupMs)} ms: ${facts.join(', ')}`);
  if (neverRested.length > 0) console.log(colors.red(`  never came to rest: ${neverRested.join(', ')}`));
  if (verdict.violations.length + verdict.skipped.length > 0)
    for (const text of formatVerdict(verdict)) console.log(`  ${text}`);
}
