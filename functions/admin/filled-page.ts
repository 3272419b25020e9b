import { positionAfter, type Entry, type IndexMerge, type Position } from '../platform/index-merge.ts';

/** So many entries are looked at for one page: where few of them fit, a page is short, and its cursor leads on. */
const LOOKED_AT = 100;
/** In one read at least. */
const MIN_READ = 20;
/** Read beyond a page where most fit. */
const SPARE = 10;

/** How many of the entries of an index belong to a page, by all odds. */
export type Fitting = 'all' | 'most' | 'few';

export interface FilledPage<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined when there is none. */
  readonly next: Position | undefined;
}

export interface PageToFill<Item> {
  readonly merge: IndexMerge;
  /** Where the merge begins. */
  readonly start: Position;
  readonly limit: number;
  readonly fitting: Fitting;
  /** What stands at these entries and belongs to the page, by the order's id. */
  readonly read: (entries: readonly Entry[]) => Promise<ReadonlyMap<string, Item>>;
}

/** A page of a listing of orders, in one read as a rule. When that was not enough, all the rest is read that may be. */
export async function filledPage<Item>({
  merge,
  start,
  limit,
  fitting,
  read,
}: PageToFill<Item>): Promise<FilledPage<Item>> {
  const items = new Map<string, Item>();
  let position = start;
  for (let lookedAt = 0; lookedAt < LOOKED_AT;) {
    const count = Math.max(lookedAt === 0 ? firstRead(limit, fitting) : LOOKED_AT - lookedAt, MIN_READ);
    lookedAt += count;
    const entries = await merge.take(count);
    const found = await read(entries);
    for (const entry of entries) {
      const orderId = String(entry.key['orderId']);
      const item = found.get(orderId);
      // An order that moves in the index meanwhile may stand in it twice.
      if (item !== undefined && !items.has(orderId)) {
        if (items.size === limit) return { items: [...items.values()], next: position };
        items.set(orderId, item);
      }
      position = positionAfter(position, [entry]);
    }
    if (entries.length < count) return { items: [...items.values()], next: undefined };
  }
  return { items: [...items.values()], next: position };
}

/** The page and one more tell whether another page follows. */
function firstRead(limit: number, fitting: Fitting): number {
  if (fitting === 'few') return LOOKED_AT;
  return limit + 1 + (fitting === 'all' ? 0 : SPARE);
}
