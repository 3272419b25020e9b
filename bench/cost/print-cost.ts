// npm run cost: what an order costs on AWS, counted on real runs of the production template.
import { parseArgs } from 'node:util';
import { runCommand } from '../../cli/user-error.ts';
import { excesses, readBudget, writeBudget } from './budget.ts';
import { formatCalls } from './format-calls.ts';
import { edgeCost } from './edge-cost.ts';
import { formatCost, formatEdge, meetsTargets } from './format-cost.ts';
import { measureShop } from './measure-paths.ts';
import { ORDER_PATHS } from './order-paths.ts';
import { readPrices, standingCost } from './price-list.ts';

const USAGE = `Counts what an order uses of AWS on each of its ways, and prices it.

  npm run cost
  npm run cost -- --details confirmed

  --orders N         orders measured on each way (default 5)
  --details PATH     also what the figures are made of: ${ORDER_PATHS.map(({ name }) => name).join(', ')}
  --update-budget    makes today's counts the budget that the test holds
  --help

Exit code 1 when a way is over its budget, or a million confirmed orders over their target.
`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '5' },
      details: { type: 'string' },
      'update-budget': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const prices = readPrices();
  const measurement = await measureShop(Number(values.orders));
  const standing = standingCost(measurement.month, measurement.stack, prices);
  for (const line of formatCost(measurement, standing, prices)) console.log(line);
  console.log('');
  for (const line of formatEdge(await edgeCost(prices))) console.log(line);
  console.log('');
  for (const line of formatCalls(measurement)) console.log(line);
  for (const { name } of ORDER_PATHS.filter((path) => path.name === values.details)) {
    console.log(`\n${name}, the last order:`);
    for (const [figure, details] of Object.entries(measurement.paths[name].details)) {
      console.log(figure);
      for (const [what, amount] of [...details].toSorted()) console.log(`  ${String(amount).padStart(8)}  ${what}`);
    }
  }
  if (values['update-budget']) writeBudget(measurement);
  const budget = readBudget();
  const over = ORDER_PATHS.flatMap(({ name }) => excesses(name, measurement.paths[name], budget));
  for (const line of over) console.log(`over budget: ${line}`);
  if (over.length > 0 || !meetsTargets(measurement, prices)) process.exitCode = 1;
});
