import { problemOf } from '../../platform/problem.ts';

const LOOK_MS = 250;
const PATIENCE_MS = 4 * 60_000;

/**
 * Looks again and again. What does not answer yet, or does not know the order yet, is asked again.
 * @throws Problem; Error when it takes longer than anybody waits.
 */
export async function until<Value>(look: () => Promise<Value>, isEnough: (value: Value) => boolean): Promise<Value> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await attempt(look);
    if ('value' in found && isEnough(found.value)) return found.value;
    if (performance.now() > deadlineMs) {
      throw 'problem' in found
        ? found.problem
        : new Error('The order did not come to an end in time: look at it in Orders.');
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function attempt<Value>(look: () => Promise<Value>) {
  try {
    return { value: await look() };
  } catch (error) {
    const problem = problemOf(error);
    const mayPass = problem.status === 0 || problem.status === 404 || problem.status === 429 || problem.status >= 500;
    if (!mayPass) throw problem;
    return { problem };
  }
}
