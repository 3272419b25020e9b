import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { Measurement, PathUsage } from './measure-paths.ts';
import { ORDER_PATHS, type PathName } from './order-paths.ts';
import { leastOf, medianOf, USAGE_NAMES, type Usage, type UsageName } from './usage.ts';

/** Time is no count: it depends on the machine and is in no budget. */
const BUDGETED = USAGE_NAMES.filter((name) => name !== 'lambdaGbMs');

/** Bytes hold ids, times and the names of a machine, whose lengths differ a little between runs. */
const SLACK: Readonly<Partial<Record<UsageName, number>>> = { logBytes: 64, archivedBytes: 64 };

/** As many parts of an excess as tell what grew. */
const NAMED_PARTS = 8;

const BudgetSchema = z.record(
  z.enum(ORDER_PATHS.map(({ name }) => name) as [PathName, ...PathName[]]),
  z.record(z.string(), z.number()),
);
/** What an order of a path uses. */
export type Budget = z.infer<typeof BudgetSchema>;

const BUDGET_FILE = new URL('budget.json', import.meta.url);

export function readBudget(): Budget {
  return BudgetSchema.parse(JSON.parse(readFileSync(BUDGET_FILE, 'utf8')));
}

/** Makes today's usage the budget: the median order's. */
export function writeBudget({ paths }: Measurement): void {
  const limitsOf = (usage: Usage) =>
    Object.fromEntries(BUDGETED.map((name) => [name, usage[name] + (SLACK[name] ?? 0)]));
  const budget = Object.fromEntries(ORDER_PATHS.map(({ name }) => [name, limitsOf(medianOf(paths[name].orders))]));
  writeFileSync(BUDGET_FILE, `${JSON.stringify(budget, undefined, 2)}\n`);
}

/**
 * What a path uses above its budget, as sentences; none when it stays within. The least of several orders is held
 * against the median of the budget: one that lost a race, or was retried because the machine was slow, uses more and
 * is no growth. Growth is in every order, and so in the last, whose largest parts are named.
 */
export function excesses(
  path: PathName,
  { orders, details }: Pick<PathUsage, 'orders' | 'details'>,
  budget: Budget,
): string[] {
  const least = leastOf(orders);
  return BUDGETED.flatMap((name) => {
    const limit = budget[path][name] ?? 0;
    if (least[name] <= limit) return [];
    return [`${path}: ${least[name]} ${name}, budget ${limit}; most of it: ${largestOf(details[name])}`];
  });
}

function largestOf(parts: ReadonlyMap<string, number> = new Map()): string {
  const largest = [...parts].toSorted(([, a], [, b]) => b - a).slice(0, NAMED_PARTS);
  return largest.map(([what, amount]) => `${amount} ${what}`).join(', ');
}
