import { expect, test } from 'vitest';
import { formatFailures, formatTable, isSpoilt, type Outcome } from './campaign.ts';
import { SCENARIOS } from './scenarios.ts';
import { inWorkers } from './workers.ts';

test(
  'any one fault at any point of six scenarios leaves money, stock and events right',
  { timeout: 1_200_000 },
  async () => {
    const outcomes: Outcome[] = [];
    const scenarios = SCENARIOS.map(({ name }) => name);
    await inWorkers({ kind: 'single', shares: 2, seed: 1, minutes: 0, scenarios }, (more) => outcomes.push(...more));

    console.log(formatTable(outcomes).join('\n'));
    expect(formatFailures(outcomes)).toEqual([]);
    expect(outcomes.filter(({ fired }) => fired === 0)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(3_500);
    expect(outcomes.filter(isSpoilt).map(({ case: played, ending }) => ({ ...played, ending }))).toEqual([]);
  },
);
