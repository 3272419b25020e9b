import { checkInvariants, inBoth, underWay, type Verdict } from '../test/invariants/check-invariants.ts';
import type { Snapshot } from '../test/invariants/snapshot.ts';
import { takeSnapshot, type SnapshotOptions } from '../test/invariants/take-snapshot.ts';
import type { Deployment } from './deployment.ts';

/** One look at a system at rest; two at one in motion, because the parts of a look are minutes or milliseconds apart. */
export async function checkBooks(
  deployment: Deployment,
  options: SnapshotOptions,
): Promise<{ snapshot: Snapshot; verdict: Verdict }> {
  const snapshot = await takeSnapshot(deployment, options);
  const isAtRest = underWay(snapshot).length === 0;
  const verdict = checkInvariants(snapshot, isAtRest);
  if (verdict.violations.length === 0 || isAtRest) return { snapshot, verdict };
  const second = await takeSnapshot(deployment, options);
  const violations = inBoth(verdict.violations, checkInvariants(second, false).violations);
  return { snapshot: second, verdict: { ...verdict, violations } };
}
