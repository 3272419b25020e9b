/** What a campaign comes to. What is counted is the campaign's own: runs, histories, bugs, drills. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Ends a campaign: tells `npm run campaigns`, and whoever reads the exit code (0 when nothing failed). */
export function report(counts: Counts): void {
  process.send?.(counts);
  process.disconnect?.();
  if (counts.failed > 0) process.exitCode = 1;
}

export function countsOf(outcomes: readonly boolean[]): Counts {
  const passed = outcomes.filter(Boolean).length;
  return { passed, failed: outcomes.length - passed };
}
