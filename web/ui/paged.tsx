import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PageOf } from '../platform/page-of.ts';
import { ProblemNote } from './notes.tsx';
import { useAction } from './use-action.ts';

interface PagedProps<Item> {
  /** Kept fresh by whoever shows it. */
  readonly first: PageOf<Item>;
  readonly load: (cursor: string | undefined) => Promise<PageOf<Item>>;
  readonly idOf: (item: Item) => string;
  /** What the button for the next page says. */
  readonly more: string;
  /** @param isAll nothing follows these items. */
  readonly children: (items: readonly Item[], isAll: boolean) => ComponentChildren;
}

/** A listing that begins with a fresh first page; the pages below it are loaded on demand. */
export function Paged<Item>({ first, load, idOf, more, children }: PagedProps<Item>) {
  const [below, setBelow] = useState<PageOf<Item>>();
  const { nextCursor } = below ?? first;
  const loadMore = useAction(async () => {
    const page = await load(nextCursor);
    setBelow((before) => ({ ...page, items: [...(before?.items ?? []), ...page.items] }));
  });
  // What came meanwhile pushes items from the first page into those that were loaded below it.
  const known = new Set(first.items.map(idOf));
  const items = [...first.items, ...(below?.items ?? []).filter((item) => !known.has(idOf(item)))];
  return (
    <>
      {children(items, nextCursor === undefined)}
      {loadMore.problem && <ProblemNote problem={loadMore.problem} />}
      {nextCursor !== undefined && (
        <button type="button" disabled={loadMore.isRunning} onClick={loadMore.run}>
          {more}
        </button>
      )}
    </>
  );
}
