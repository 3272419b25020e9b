import { expect, test } from 'vitest';
import { ASSEMBLY_FOLDER } from '../../cli/synthesize.ts';
import { formatSample, parseSample, sampled, sampleOfDay, type Sample } from '../campaigns/support/sample.ts';
import { CONFLICT_WINDOW_MS } from '../testing/conflict-window.ts';
import { formatTable, problemOfSingle, type Outcome } from './campaign.ts';
import { SCENARIOS } from './scenarios.ts';
import { inWorkers } from './workers.ts';

/** One in 480 a day; `npm run campaigns -- faults` plays a twentieth, with `--all` all of them. */
const SAMPLE = process.env['FAULT_SAMPLE'] === undefined ? sampleOfDay(480) : parseSample(process.env['FAULT_SAMPLE']);
/** Only a third of the scenarios in one run: each is first played through to see where faults fit. */
const SCENARIOS_OF_DAY = sampled(SCENARIOS, { part: ((SAMPLE.part - 1) % 3) + 1, of: 3 });
const SHARE: Sample = { part: Math.ceil(SAMPLE.part / 3), of: SAMPLE.of / 3 };
/** There are some 7,000 of each third. */
const MIN_SINGLE_FAULTS = 4_000;

test(
  `any one fault leaves money, stock and events right (today’s part; again: FAULT_SAMPLE=${formatSample(SAMPLE)} npm test)`,
  { timeout: 600_000 },
  async () => {
    const outcomes: Outcome[] = [];
    const scenarios = SCENARIOS_OF_DAY.map(({ name }) => name);
    const job = {
      assemblyFolder: ASSEMBLY_FOLDER,
      conflictWindowMs: CONFLICT_WINDOW_MS,
      kind: 'single',
      shares: 2,
      seed: 1,
      minutes: 0,
      scenarios,
      sample: SHARE,
    } as const;
    await inWorkers(job, (outcome) => outcomes.push(outcome));

    console.log(formatTable(outcomes).join('\n'));
    expect(outcomes.map(problemOfSingle).filter((problem) => problem.length > 0)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(MIN_SINGLE_FAULTS / SHARE.of);
  },
);
