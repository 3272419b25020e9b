import { sampled } from '../campaigns/support/sample.ts';
import { endWhenStopped } from '../campaigns/support/stop-signal.ts';
import { outcomeOf } from './campaign.ts';
import { doubleFaults, lateAndGivenUp } from './double-faults.ts';
import { Lab } from './lab.ts';
import { runScenario } from './run-scenario.ts';
import { scenarioNamed, singleFaults, type Case } from './single-faults.ts';
import { realNowMs } from './virtual-time.ts';
import type { Job } from './workers.ts';

/** A process of a campaign: plays its share of the cases and tells its parent how each went. */
const job = JSON.parse(process.argv[2] ?? '') as Job;
process.env['AWS_REGION'] ??= 'us-east-1';
const lab = await Lab.open(job.assemblyFolder, job.conflictWindowMs);
endWhenStopped(() => lab.abandon());
for await (const played of casesOf(job)) {
  const run = await runScenario(lab, scenarioNamed(played.scenario), played.faults, played.seed);
  process.send?.(outcomeOf(played, run));
}
await lab.close();
process.disconnect?.();

async function* casesOf({ kind, share, shares, seed, minutes, scenarios, sample }: Job): AsyncGenerator<Case> {
  const wanted = scenarios.map(scenarioNamed);
  const singles = await singleFaults(lab, wanted);
  if (kind === 'single') {
    const wantedSingles = sample === undefined ? singles : sampled(singles, sample);
    yield* wantedSingles.filter((_, index) => index % shares === share);
    return;
  }
  yield* lateAndGivenUp(singles).filter((_, index) => index % shares === share);
  const endMs = realNowMs() + minutes * 60_000;
  for (const played of doubleFaults(singles, seed * shares + share)) {
    if (realNowMs() > endMs) return;
    yield played;
  }
}
