import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand } from '../../cli/user-error.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { ENDINGS, endingOf, tortureShop, type CampaignResult } from '../torture/campaign.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';
import { loadFrom, loadOptions, loadUsage, wholeNumber } from './support/load-flags.ts';

const DEFAULT_KILLS = 15;

const LOAD = { ordersPerSecond: 15, port: 24700 };

const USAGE = `Starts the shop under load, kills it with SIGKILL at random moments, restarts it on the same data, and at the end
checks that every acknowledged order is there and every invariant holds.

  npm run campaigns -- torture [options]

  --kills N               (default ${DEFAULT_KILLS}, as many as fit into a build)
${loadUsage(LOAD, 'moments, scopes and the mix of orders')}
  --keep                  keeps the data folder, to look into
  --assembly DIR          this synthesized template instead of the project's
  --help

Exit code: 0 nothing found, 1 it could not run, 2 violations.
`;

const MAX_SHOWN = 10;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: String(DEFAULT_KILLS) },
      ...loadOptions(LOAD),
      keep: { type: 'boolean', default: false },
      assembly: { type: 'string' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const load = loadFrom(values);
  const { seed, conflictWindowMs } = load;
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-torture-'));
  console.log(`seed ${seed}, window ${conflictWindowMs} ms, data in ${folder}`);
  const line = new LiveLine();
  try {
    const torture = (assemblyFolder: string): Promise<CampaignResult> =>
      tortureShop({
        assemblyFolder,
        dataFolder: path.join(folder, 'data'),
        ...load,
        kills: wholeNumber('--kills', values.kills),
        onProgress: (text) => line.show(text),
      });
    const result = await (values.assembly === undefined ? withAssembly(torture) : torture(values.assembly));
    line.clear();
    tell(result, seed);
    const { verdict, neverRested, brokenOrders } = result;
    const missing = missingEndings(result);
    for (const ending of missing) console.log(colors.red(`no order ended as ${ending}: the mix proves too little`));
    const failed = verdict.violations.length + neverRested.length + brokenOrders.length + missing.length;
    report({ passed: result.kills, failed });
    if (failed > 0) process.exitCode = 2;
  } finally {
    line.clear();
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  }
});

/** Endings of the mix that did not happen, after enough kills for each of them. */
function missingEndings({ kills, snapshot }: CampaignResult): string[] {
  if (kills < DEFAULT_KILLS) return [];
  const seen = new Set(snapshot.orders.map(endingOf));
  return ENDINGS.filter((ending) => !seen.has(ending));
}

function tell(result: CampaignResult, seed: number): void {
  const { verdict, snapshot, restartsMs, neverRested } = result;
  for (const text of formatVerdict(verdict)) console.log(text);
  for (const { orderId, ending, errors } of result.brokenOrders.slice(0, MAX_SHOWN)) {
    console.log(colors.red(`order ${orderId} ended as ${ending}`));
    for (const error of errors) console.log(`    ${error}`);
  }
  const sorted = restartsMs.toSorted((a, b) => a - b);
  const at = (share: number): string => `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  const statuses = [...Map.groupBy(snapshot.orders, endingOf)];
  const rows: readonly (readonly [string, string])[] = [
    ['kills', `${result.kills}, ${result.killsWhileStarting} of them before it served again`],
    ['orders', `${result.acknowledged} acknowledged (${result.sent} events sent)`],
    ...statuses.map(([status, orders]) => [`  ${status}`, String(orders.length)] as const),
    ['restarts', `p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)} from launch to serving`],
    [
      'came to rest',
      neverRested.length > 0
        ? colors.red(`never: ${neverRested.join(', ')}`)
        : `${(result.restMs / 1000).toFixed(1)} s after the last restart`,
    ],
    ['dead letters', String(snapshot.deadLetters.length)],
    ['broken orders', String(result.brokenOrders.length)],
    ['violations', String(verdict.violations.length)],
    ['seed', String(seed)],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(34)} ${value}`);
}
