import { endWhenStopped } from '../campaigns/support/stop-signal.ts';
import { installPatch } from './source-patches.ts';
import { MUTANTS } from './mutants.ts';

/** A process with one deliberate bug in it: says which rule finds it. */
const [index = '0', minutes = '4', assemblyFolder = '', conflictWindowMs = '0'] = process.argv.slice(2);
const mutant = MUTANTS[Number(index)];
if (mutant !== undefined) installPatch(mutant);
process.env['AWS_REGION'] ??= 'us-east-1';

// Loaded only now, so that the bug is in what they load.
const { Lab } = await import('./lab.ts');
const { findViolation } = await import('./find-violation.ts');
const { realNowMs } = await import('./virtual-time.ts');

const lab = await Lab.open(assemblyFolder, Number(conflictWindowMs));
endWhenStopped(() => lab.abandon());
const untilMs = realNowMs() + Number(minutes) * 60_000;
const find = await findViolation(lab, { seed: 7, near: nearOf(mutant?.file ?? ''), untilMs });
process.send?.(find ?? 'survived');
process.disconnect?.();
await lab.abandon();
process.exit(0);

/** The functions that a file is about. */
function nearOf(file: string): RegExp {
  if (file.startsWith('functions/inventory')) return /^(reserve|release)-inventory/;
  if (file.startsWith('functions/payments')) return /payment/;
  if (file.startsWith('functions/outbox')) return /outbox/;
  if (file.startsWith('functions/orders')) return /^(create|confirm|stop|cancel)-order|^start-order-saga/;
  if (file.startsWith('functions/parking')) return /^park-|^decide-parked-order/;
  return /^[a-z-]+#/;
}
