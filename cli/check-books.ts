import { setTimeout } from 'node:timers/promises';
import { checkInvariants, inBoth, underWay, type Verdict } from '../test/invariants/check-invariants.ts';
import type { Snapshot } from '../test/invariants/snapshot.ts';
import { takeSnapshot, type SnapshotOptions } from '../test/invariants/take-snapshot.ts';
import type { Deployment } from './deployment.ts';

/** Events of an order's progress wait a second to be published, and then a moment (decision 46). */
const OUTBOX_WINDOW_MS = 2_000;

/**
 * One look where all agrees, and a second one where it does not: the parts of a look are minutes or milliseconds apart,
 * and what was published between two of them seems to be missing.
 */
export async function checkBooks(
  deployment: Deployment,
  options: SnapshotOptions,
): Promise<{ snapshot: Snapshot; verdict: Verdict }> {
  const snapshot = await takeSnapshot(deployment, options);
  const isAtRest = underWay(snapshot).length === 0;
  const verdict = checkInvariants(snapshot, isAtRest);
  if (verdict.violations.length === 0) return { snapshot, verdict };
  await setTimeout(OUTBOX_WINDOW_MS);
  const second = await takeSnapshot(deployment, options);
  const violations = inBoth(verdict.violations, checkInvariants(second, isAtRest).violations);
  return { snapshot: second, verdict: { ...verdict, violations } };
}
