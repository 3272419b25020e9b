import { installPatch } from './source-patches.ts';
import { MUTANTS } from './mutants.ts';

/** A process with one deliberate bug in it: says which rule finds it. */
const [index = '0', minutes = '4'] = process.argv.slice(2);
const mutant = MUTANTS[Number(index)];
if (mutant !== undefined) installPatch(mutant);
process.env['AWS_REGION'] ??= 'us-east-1';

// Loaded only now, so that the bug is in what they load.
const { Lab } = await import('./lab.ts');
const { findViolation } = await import('./find-violation.ts');
const { realNowMs } = await import('./virtual-time.ts');

const lab = await Lab.open();
const find = await findViolation(lab, 7, realNowMs() + Number(minutes) * 60_000);
process.send?.(find ?? 'survived');
process.disconnect?.();
process.exit(0);
