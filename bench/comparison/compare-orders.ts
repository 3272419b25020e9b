// npm run bench -- orders --against REV: both checkouts in turn, on one machine within minutes.
import { colors } from '../../cli/colors.ts';
import { readFlags } from '../../cli/read-flags.ts';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { runCommand, UserError } from '../../cli/user-error.ts';
import { checkOut, commitHere } from './checkout.ts';
import { formatPairs, type Pair } from './format-pairs.ts';
import { playOrders, type OrderFigures } from './play-orders.ts';

await runCommand(async () => {
  const flags = readFlags({
    options: {
      against: { type: 'string' },
      pairs: { type: 'string', default: '5' },
      port: { type: 'string', default: '24576' },
    },
  });
  if (flags.against === undefined) throw new UserError('Name the revision to compare with: --against main');
  const count = Number(flags.pairs);
  if (!Number.isInteger(count) || count < 1)
    throw new UserError(`--pairs is a whole number from 1, not ${flags.pairs}`);
  await using other = await checkOut(flags.against);
  const titles = { before: other.commit, after: await commitHere() };
  const play = async (title: string, folder: string): Promise<OrderFigures> => {
    const figures = await playOrders(folder, Number(flags.port));
    const { processorMs, ordersPerSecond, aloneMs } = figures;
    const line = `${processorMs.toFixed(1)} ms an order, ${ordersPerSecond.toFixed(0)} orders/s, alone ${aloneMs} ms`;
    console.log(colors.dim(`${title.padEnd(16)} ${line}`));
    return figures;
  };
  const pairs: Pair[] = [];
  for (let pair = 0; pair < count; pair += 1) {
    const playBefore = () => play(titles.before, other.folder);
    const playAfter = () => play(titles.after, PROJECT_FOLDER);
    // Each goes first as often as the other: a host that gets busier favours whoever goes first.
    const isBeforeFirst = pair % 2 === 0;
    const first = isBeforeFirst ? await playBefore() : await playAfter();
    const second = isBeforeFirst ? await playAfter() : await playBefore();
    pairs.push(isBeforeFirst ? { before: first, after: second } : { before: second, after: first });
  }
  for (const line of formatPairs(pairs, titles)) console.log(line);
});
