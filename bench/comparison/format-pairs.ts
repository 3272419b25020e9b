import { formatTable } from '../../cli/orders/table.ts';
import { percentile } from '../support/statistics.ts';
import type { OrderFigures } from './play-orders.ts';

/** Both checkouts, one played right after the other. */
export interface Pair {
  readonly before: OrderFigures;
  readonly after: OrderFigures;
}

const ROWS: readonly (readonly [name: keyof OrderFigures, title: string])[] = [
  ['processorMs', 'processor, ms an order'],
  ['functions', '  functions'],
  ['runtime', '  runtime'],
  ['store', '  store'],
  ['sandbox', '  payment sandbox'],
  ['ordersPerSecond', 'burst, orders/s'],
  ['aloneMs', 'alone, ms to CONFIRMED (p50)'],
];

/**
 * Medians before and after, and the ratio after/before of each pair: neighbours on a shared host slow both of a pair
 * alike, so ratios of pairs mean something where figures of different minutes do not.
 */
export function formatPairs(pairs: readonly Pair[], titles: { readonly before: string; readonly after: string }) {
  const median = (values: readonly number[]): number => percentile(values, 0.5);
  return formatTable(ROWS, [
    { title: '', cell: ([, title]) => title },
    {
      title: titles.before,
      align: 'right',
      cell: ([name]) => median(pairs.map(({ before }) => before[name])).toFixed(1),
    },
    { title: titles.after, align: 'right', cell: ([name]) => median(pairs.map(({ after }) => after[name])).toFixed(1) },
    { title: 'median ratio', align: 'right', cell: ([name]) => median(ratiosOf(pairs, name)).toFixed(2) },
    {
      title: 'pair by pair',
      cell: ([name]) =>
        ratiosOf(pairs, name)
          .map((ratio) => ratio.toFixed(2))
          .join(' '),
    },
  ]);
}

function ratiosOf(pairs: readonly Pair[], name: keyof OrderFigures): number[] {
  return pairs.map(({ before, after }) => after[name] / before[name]);
}
