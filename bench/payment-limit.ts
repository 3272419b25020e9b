// Orders that all come at the same moment, faster than the payment provider takes their calls: under virtual time, so
// that the figures are those of the retries and not of this machine. What counts is orders by calls a second: 1,000 at 5
// meet what 5,000 meet at 25. One size takes a minute or two.
// node bench/payment-limit.ts [--orders N] [--limit CALLS_A_SECOND ...]
import { parseArgs } from 'node:util';
import { withAssembly } from '../test/campaigns/support/assembly.ts';
import { Lab } from '../test/faults/lab.ts';
import { playLimitedRush, type LimitedRushRun } from '../test/faults/limited-rush.ts';
import { percentile } from './support/statistics.ts';

const { values: flags } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000' },
    limit: { type: 'string', multiple: true, default: ['10', '5', '2.5'] },
  },
});
const orders = Number(flags.orders);
const HEAD = ['calls/s', 'as at 25/s', 'confirmed', 'lost', 'p50', 'p99', 'longest', 'tries', 'violations'];

process.env['AWS_REGION'] ??= 'us-east-1';
console.log(`${orders} orders at once`);
console.log(lineOf(HEAD));
await withAssembly(async (assemblyFolder) => {
  const lab = await Lab.open(assemblyFolder, 0);
  for (const callsPerSecond of flags.limit.map(Number)) {
    const run = await playLimitedRush(lab, { orders, callsPerSecond });
    const atDefault = ((orders * 25) / callsPerSecond).toFixed(0);
    console.log(lineOf([String(callsPerSecond), atDefault, ...figuresOf(run)]));
  }
  await lab.close();
});

function figuresOf({ confirmed, lost, tookMs, tries, violations }: LimitedRushRun): string[] {
  const at = (share: number): string => `${(percentile(tookMs, share) / 1000).toFixed(0)} s`;
  return [confirmed, lost, at(0.5), at(0.99), at(1), (tries / orders).toFixed(1), violations.length].map(String);
}

function lineOf(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(12)).join('');
}
