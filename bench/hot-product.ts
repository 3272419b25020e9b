// Many orders of one product at the same moment, by how long a transaction holds its row: under virtual time, so that
// the figures are those of the retries and not of this machine.
// node bench/hot-product.ts [--orders N] [--units N] [--window MS ...] [--shards N ...]
import { parseArgs } from 'node:util';
import { withAssembly } from '../test/campaigns/support/assembly.ts';
import { playHotProduct, type HotProductRun } from '../test/faults/hot-product.ts';
import { Lab } from '../test/faults/lab.ts';
import { conflictWindowFrom } from '../test/testing/conflict-window.ts';
import { percentile } from './support/statistics.ts';

const { values: flags } = parseArgs({
  options: {
    orders: { type: 'string', default: '500' },
    units: { type: 'string' },
    window: { type: 'string', multiple: true, default: ['0', '5', '20'] },
    shards: { type: 'string', multiple: true, default: ['1', '2', '4', '8'] },
  },
});
const orders = Number(flags.orders);
const units = Number(flags.units ?? flags.orders);
const HEAD = [
  'window',
  'shards',
  'orders/s',
  'confirmed',
  'out of stock',
  'p50',
  'p99',
  'tries',
  'retried steps',
  'violations',
];

process.env['AWS_REGION'] ??= 'us-east-1';
console.log(`${orders} orders of one unit each, ${units} units`);
console.log(lineOf(HEAD));
await withAssembly(async (assemblyFolder) => {
  for (const windowMs of flags.window.map(conflictWindowFrom)) {
    const lab = await Lab.open(assemblyFolder, windowMs);
    for (const shards of flags.shards.map(Number)) {
      const run = await playHotProduct(lab, { orders, units, shards: shards > 1 ? shards : undefined });
      console.log(lineOf([`${windowMs} ms`, String(shards), ...figuresOf(run)]));
    }
    await lab.close();
  }
});

function figuresOf({ confirmed, outOfStock, tookMs, tries, invocations, violations }: HotProductRun): string[] {
  const lastMs = Math.max(...tookMs);
  const at = (share: number): string => `${(percentile(tookMs, share) / 1000).toFixed(1)} s`;
  return [
    lastMs === 0 ? 'no limit' : ((tookMs.length * 1000) / lastMs).toFixed(0),
    String(confirmed),
    String(outOfStock),
    at(0.5),
    at(0.99),
    (tries / orders).toFixed(1),
    ((invocations - orders) / orders).toFixed(1),
    String(violations.length),
  ];
}

function lineOf(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(14)).join('');
}
