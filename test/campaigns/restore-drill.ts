import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand, UserError } from '../../cli/user-error.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { LOSSES, type Loss } from '../restore/lose-tables.ts';
import { drill, type DrillResult } from '../restore/restore-drill.ts';
import { endingOf } from '../torture/campaign.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';
import { loadFrom, loadOptions, loadUsage } from './support/load-flags.ts';

const ROUNDS_OF_ALL = 5;

const LOAD = { ordersPerSecond: 10, port: 24740 };

const USAGE = `A shop under load loses its tables at a random moment. It comes back by the commands of docs/runbook.md: all tables
under new names, the stack deployed with them, orders settled. Every order that was acknowledged must be there and every
invariant must hold; the window that no row knows any more is told in seconds.

  npm run campaigns -- restore-drill [options]

  --all                   ${ROUNDS_OF_ALL} times each loss: ${LOSSES.join(', ')} (default: once, one of them)
  --loss NAME             this loss
${loadUsage(LOAD, 'moments, losses and the mix of orders')}
  --help

Exit code: 0 nothing found, 1 it could not run or something failed.
`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      loss: { type: 'string' },
      ...loadOptions(LOAD),
    },
  });
  if (values.help) return console.log(USAGE);
  const { seed: firstSeed, ...load } = loadFrom(values);
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
          ...load,
          seed: firstSeed + index,
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
