import { Books } from './books.ts';
import { eventRules } from './events.ts';
import { executionRules } from './executions.ts';
import { aftermathRules } from './aftermath.ts';
import { moneyRules } from './money.ts';
import { orderRules } from './orders.ts';
import { providerRules } from './provider.ts';
import { canBeChecked, type Finding, type Rule, type Violation } from './rule.ts';
import { paidByOneIntent } from './retries.ts';
import { returnRules } from './returns.ts';
import { erasedAreForgotten } from './people.ts';
import { noSecrets } from './secrets.ts';
import { soundRows } from './sound-rows.ts';
import type { Snapshot } from './snapshot.ts';
import { isWaiting, type OutboxRow } from './snapshot-rows.ts';
import { stockRules } from './stock.ts';

export const INVARIANTS: readonly Rule[] = [
  ...stockRules,
  ...moneyRules,
  ...aftermathRules,
  paidByOneIntent,
  ...returnRules,
  ...orderRules,
  ...eventRules,
  ...executionRules,
  ...providerRules,
  noSecrets,
  erasedAreForgotten,
  soundRows,
];

/** Longer than an event takes from its row to the archive. */
const BRIEFLY_MS = 60_000;

export interface Verdict {
  readonly checked: readonly Rule[];
  /** Rules that hold only at rest, or that need what the snapshot lacks. */
  readonly skipped: readonly Rule[];
  readonly violations: readonly Violation[];
}

/** @param isAtRest whether nothing was under way when the snapshot was taken: only then every rule must hold. */
export function checkInvariants(snapshot: Snapshot, isAtRest: boolean): Verdict {
  const books = new Books(snapshot);
  const applies = (rule: Rule): boolean => (isAtRest || rule.when === 'always') && canBeChecked(rule, snapshot);
  const checked = INVARIANTS.filter(applies);
  return {
    checked,
    skipped: INVARIANTS.filter((rule) => !applies(rule)),
    violations: checked.flatMap((rule) => findingsOf(rule, books).map((finding) => ({ rule: rule.id, ...finding }))),
  };
}

/** A rule that stumbles over what no schema foresaw says so, and the others are still checked. */
function findingsOf(rule: Rule, books: Books): Finding[] {
  try {
    return [...rule.findings(books)];
  } catch (error) {
    return [{ keys: { rule: rule.id }, because: `cannot be checked: ${String(error)}`, rows: [] }];
  }
}

/** What is under way, a line each; empty at rest. Parked orders wait for a person: they are at rest. */
export function underWay(snapshot: Snapshot): string[] {
  const books = new Books(snapshot);
  const counts: readonly (readonly [string, number])[] = [
    [
      'executions running',
      snapshot.executions.filter(
        ({ status, name }) => status === 'RUNNING' && books.openParkingsOf(name.slice(0, 26)).length === 0,
      ).length,
    ],
    ['messages in queues', snapshot.queuedMessages],
    ['events not published', snapshot.outbox.filter((row) => isWaiting(row) || isOnItsWay(row, books)).length],
    ['payments open', snapshot.payments.filter((row) => row.openState === 'OPEN').length],
    ['webhooks not worked through', snapshot.inbox.filter((row) => row.state === 'RECEIVED').length],
  ];
  return counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
}

/** Nothing is noted of an event that the stream brings to the bus: until it is archived, a young one is on its way. */
function isOnItsWay({ eventId, createdAt }: OutboxRow, books: Books): boolean {
  const { archive, takenAt } = books.snapshot;
  if (archive === undefined || books.copiesOf(eventId).length > 0) return false;
  return Date.parse(takenAt) - Date.parse(createdAt) < BRIEFLY_MS;
}

/** Violations that both of two snapshots show: what a reading in motion only seemed to show is gone in the second. */
export function inBoth(first: readonly Violation[], second: readonly Violation[]): Violation[] {
  const keyOf = ({ rule, keys }: Violation): string => JSON.stringify([rule, keys]);
  const known = new Set(first.map(keyOf));
  return second.filter((violation) => known.has(keyOf(violation)));
}
