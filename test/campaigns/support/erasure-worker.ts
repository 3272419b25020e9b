import { ERASURE_MUTANTS } from '../../faults/mutants/erasure-mutants.ts';
import { installPatch } from '../../faults/source-patches.ts';

/** A process with one deliberate bug in it, or none: says what is found of a person who was erased. */
const mutant = ERASURE_MUTANTS.find(({ name }) => name === process.argv[2]);
if (mutant !== undefined) installPatch(mutant);
Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });

// Loaded only now, so that the bug is in what they load.
const { CustomersWorld, DoomedProcess } = await import('../../../functions/customers/testing/customers-under-test.ts');

const PERSON = 'carla';
const REQUEST = { confirm: PERSON, requestedBy: 'root' };
const world = await CustomersWorld.start();
process.send?.(await foundAfterErasures());
process.disconnect?.();
await world.stop();

/** Erased in one go, and killed after each of its calls and asked for again. @returns where somebody was found. */
async function foundAfterErasures(): Promise<string[]> {
  const whole = new DoomedProcess({ at: Infinity, when: 'after' });
  const found: string[] = [];
  for (let at = Infinity; at > 0; at = at === Infinity ? whole.calls : at - 1) {
    await world.aPerson(PERSON);
    const dying = at === Infinity ? whole : new DoomedProcess({ at, when: 'after' });
    await world.erasure(dying).erase(PERSON, REQUEST).catch(expectKilled);
    await world.erasure().erase(PERSON, REQUEST).catch(expectForgotten);
    for (const text of await world.canariesIn()) found.push(`${text} (killed after call ${at})`);
    if (found.length > 0) break;
  }
  return found;
}

function expectKilled(error: unknown): void {
  if (!(error instanceof Error) || error.message !== 'killed') throw error;
}

/** Who was erased without a record is nobody any more. */
function expectForgotten(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'ProblemError') throw error;
}
