import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand, UserError } from '../../cli/user-error.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { CONFLICT_WINDOW_MS, conflictWindowFrom, WINDOW_FLAG } from '../testing/conflict-window.ts';
import { backUpUnderLoad, type Restored } from '../torture/backup-campaign.ts';
import { endingOf } from '../torture/campaign.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';

const USAGE = `Takes backups of a shop under load at random moments, restores each, lets it finish what was under way, and
checks that every order that was acknowledged before the backup is there and every invariant holds.

  npm run campaigns -- backups [options]

  --backups N             (default 5)
  --orders-per-second N   (default 15)
  --seed N                decides moments and the mix of orders (default: a random one, printed)
  --window N              milliseconds that a transaction holds its rows (default ${CONFLICT_WINDOW_MS}); 0: none conflicts
  --port N                first of four ports (default 24720)
  --rest SECONDS          time for a restored shop to come to rest (default 300)
  --help

Exit code: 0 nothing found, 1 it could not run or something failed.
`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      backups: { type: 'string', default: '5' },
      'orders-per-second': { type: 'string', default: '15' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      window: WINDOW_FLAG,
      port: { type: 'string', default: '24720' },
      rest: { type: 'string', default: '300' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const seed = wholeNumber('--seed', values.seed);
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-backups-'));
  const line = new LiveLine();
  console.log(`seed ${seed}`);
  try {
    const restored = await withAssembly((assemblyFolder) =>
      backUpUnderLoad({
        assemblyFolder,
        folder,
        dataFolder: path.join(folder, 'data'),
        port: wholeNumber('--port', values.port),
        conflictWindowMs: conflictWindowFrom(values.window),
        backups: wholeNumber('--backups', values.backups),
        ordersPerSecond: wholeNumber('--orders-per-second', values['orders-per-second']),
        seed,
        restTimeoutMs: wholeNumber('--rest', values.rest) * 1000,
        onProgress: (text) => line.show(text),
      }),
    );
    line.clear();
    restored.forEach(tell);
    const failed = restored.filter((each) => !isWhole(each)).length;
    report({ passed: restored.length - failed, failed });
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

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new UserError(`${flag}: expected a whole number, got "${text}".`);
  return number;
}
