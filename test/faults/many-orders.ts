import type { World } from './world.ts';

/** `untilAtRest` gives up after fewer jumps of time than so many orders need. */
export async function untilEnded({ time, injector, stepFunctions }: World, orders: number): Promise<void> {
  const areEnded = (): boolean => {
    if (stepFunctions.runningCount > 0) return false;
    return injector.passed.filter(({ id }) => id.startsWith('create-order#')).length >= orders;
  };
  await time.settled();
  while (!areEnded()) {
    time.fireNext();
    await time.settled();
  }
}

/** How often a place was passed. */
export function passesOf({ injector }: World, place: RegExp): number {
  return injector.passed.filter(({ id }) => place.test(id)).length;
}
