import { parseArgs } from 'node:util';
import { playHotProduct, type HotProduct } from '../faults/hot-product.ts';
import { Lab } from '../faults/lab.ts';
import { conflictWindowFrom } from '../testing/conflict-window.ts';
import { withAssembly } from './support/assembly.ts';
import { countsOf, report } from './support/counts.ts';

const USAGE = `Many orders at once for a few units of one product, whose stock is spread over shards: as many are confirmed as
there are units, and nobody is told "out of stock" while a unit was free. That is held against every state of the stock
while each order was refused, also where units come back meanwhile because others could not pay.

  npm run campaigns -- hot-product
  --orders N      (default 200)
  --units N       (default 40)
  --shards N      (default 8)
  --window N      milliseconds that a transaction holds its rows (default 20); 0: none conflicts
`;

const { values: flags } = parseArgs({
  options: {
    orders: { type: 'string', default: '200' },
    units: { type: 'string', default: '40' },
    shards: { type: 'string', default: '8' },
    window: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) console.log(USAGE);
else await withAssembly(playAll);

async function playAll(assemblyFolder: string): Promise<void> {
  process.env['AWS_REGION'] ??= 'us-east-1';
  const lab = await Lab.open(assemblyFolder, conflictWindowFrom(flags.window));
  const product = { orders: Number(flags.orders), units: Number(flags.units), shards: Number(flags.shards) };
  const outcomes = [await play(lab, product), await play(lab, { ...product, declined: Math.ceil(product.units / 2) })];
  await lab.close();
  report(countsOf(outcomes));
}

/** @returns whether all units are sold, nobody else was wrongly refused, and every rule holds. */
async function play(lab: Lab, product: HotProduct): Promise<boolean> {
  const { orders, units, shards, declined = 0 } = product;
  const { confirmed, outOfStock, refusals, violations } = await playHotProduct(lab, product);
  console.log(
    `${orders} orders, ${declined} of them without money, for ${units} units over ${shards} shards: ${confirmed} confirmed, ` +
      `${outOfStock} out of stock, ${refusals} refusals looked into, ${violations.length} violations`,
  );
  for (const { rule, because } of violations.slice(0, 5)) console.log(`  ${rule}: ${because}`);
  const isSoldOut = declined > 0 ? confirmed <= units : confirmed === units && outOfStock === orders - units;
  return isSoldOut && refusals >= outOfStock && violations.length === 0;
}
