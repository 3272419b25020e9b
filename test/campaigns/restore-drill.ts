import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand, UserError } from '../../cli/user-error.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { LOSSES, type Loss } from '../restore/lose-tables.ts';
import { drill, type DrillResult } from '../restore/restore-drill.ts';
import { CONFLICT_WINDOW_MS, conflictWindowFrom, WINDOW_FLAG } from '../testing/conflict-window.ts';
import { endingOf } from '../torture/campaign.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';

const ROUNDS_OF_ALL = 5;

const USAGE = `A shop under load loses its tables at a random moment. It comes back by the commands of docs/runbook.md: all tables
under new names, the stack deployed with them, orders settled. Every order that was acknowledged must be there and every
invariant must hold; the window that no row knows any more is told in seconds.

  npm run campaigns -- restore-drill [options]

  --all                   ${ROUNDS_OF_ALL} times each loss: ${LOSSES.join(', ')} (default: once, one of them)
  --loss NAME             this loss
  --orders-per-second N   (default 10)
  --seed N                decides moments, losses and the mix of orders (default: a random one, printed)
  --window N              milliseconds that a transaction holds its rows (default ${CONFLICT_WINDOW_MS}); 0: none conflicts
  --port N                first of four ports (default 24740)
  --rest SECONDS          time for the shop to come to rest (default 300)
  --help

Exit code: 0 nothing found, 1 it could not run or something failed.
`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      loss: { type: 'string' },
      'orders-per-second': { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      window: WINDOW_FLAG,
      port: { type: 'string', default: '24740' },
      rest: { type: 'string', default: '300' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const firstSeed = wholeNumber('--seed', values.seed);
  const losses = lossesFrom(values.loss, { all: values.all, seed: firstSeed });
  const line = new LiveLine();
  console.log(`seed ${firstSeed}`);
  let failed = 0;
  await withAssembly(async (assemblyFolder) => {
    for (const [index, loss] of losses.entries()) {
      const folder = mkdtempSync(path.join(tmpdir(), 'restore-drill-'));
      try {
        const result = await drill({
          assemblyFolder,
          folder,
          loss,
          port: wholeNumber('--port', values.port),
          conflictWindowMs: conflictWindowFrom(values.window),
          ordersPerSecond: wholeNumber('--orders-per-second', values['orders-per-second']),
          seed: firstSeed + index,
          restTimeoutMs: wholeNumber('--rest', values.rest) * 1000,
          onProgress: (text) => line.show(text),
        });
        line.clear();
        tell(loss, result);
        if (!isWhole(result)) failed += 1;
      } finally {
        line.clear();
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });
  report({ passed: losses.length - failed, failed });
});

function lossesFrom(loss: string | undefined, { all, seed }: { readonly all: boolean; readonly seed: number }): Loss[] {
  const named = LOSSES.filter((name) => loss === undefined || name === loss);
  if (named.length === 0) throw new UserError(`--loss: expected one of ${LOSSES.join(', ')}, got "${loss}".`);
  if (all) return named.flatMap((name) => Array.from({ length: ROUNDS_OF_ALL }, () => name));
  return named.slice(seed % named.length, (seed % named.length) + 1);
}

/** Every rule could be asked, and holds. */
function isWhole({ neverRested, verdict }: DrillResult): boolean {
  return neverRested.length + verdict.skipped.length + verdict.violations.length === 0;
}

function tell(loss: Loss, result: DrillResult): void {
  const { windowSeconds, outageSeconds, acknowledged, settled, neverRested, snapshot, verdict } = result;
  const endings = [...Map.groupBy(snapshot.orders, endingOf)].map(([ending, orders]) => `${orders.length} ${ending}`);
  console.log(
    `tables ${loss}: window ${windowSeconds.toFixed(1)} s, orders flowed again after ${outageSeconds.toFixed(1)} s; ` +
      `${settled.kept} orders kept, ${settled.begunAnew} begun anew, ${settled.cancelledAnew} cancelled again, ` +
      `${settled.parked.length} parked, ${settled.flipped.length} flipped`,
  );
  console.log(`  ${acknowledged} acknowledged: ${endings.join(', ')}; ${verdict.violations.length} violations`);
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
