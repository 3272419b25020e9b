import type { Books } from './books.ts';
import type { Snapshot } from './snapshot.ts';

/** What must be true of a shop, whatever happened to it. */
export interface Rule {
  /** Short name under which reports and tests cite it. */
  readonly id: string;
  readonly says: string;
  /** `always`: at every moment. `atRest`: when nothing is under way any more. */
  readonly when: 'always' | 'atRest';
  /** Parts of the snapshot without which nothing can be said. */
  readonly needs?: readonly ('ledger' | 'archive' | 'acknowledged')[];
  findings(books: Books): Iterable<Finding>;
}

/** One breach of a rule. */
export interface Finding {
  /** What it is about, e.g. `{ orderId }`. Stable, so that two snapshots can be compared. */
  readonly keys: Readonly<Record<string, string>>;
  /** What is wrong, with the figures. */
  readonly because: string;
  /** The rows that show it, and no others. */
  readonly rows: readonly unknown[];
}

export interface Violation extends Finding {
  readonly rule: string;
}

export function canBeChecked(rule: Rule, snapshot: Snapshot): boolean {
  return (rule.needs ?? []).every((part) => snapshot[part] !== undefined);
}
