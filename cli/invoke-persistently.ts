import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from './deployment.ts';
import { FunctionRefused, invokeFunction } from './orders/invoke-function.ts';

/** What a function throws when a moment later the same call can succeed (workflows/workflow-names.ts), and Lambda's. */
const TRANSIENT_ERRORS: ReadonlySet<string> = new Set([
  'StoreUnavailable',
  'TransactionConflict',
  'PaymentUnavailable',
  'PaymentRateLimited',
  'PaymentOutcomeUnknown',
  'Sandbox.Timedout',
]);
const MOST_TRIES = 6;
/** Doubled after each try: half a minute in all. */
const FIRST_PAUSE_MS = 1000;

/**
 * Calls a function that may be called again with the same payload, until the trouble has passed: an operator who brings a
 * shop back must not begin anew because a store that has just come back was busy.
 * @throws FunctionRefused when the trouble stays, or is none that passes.
 */
export async function invokePersistently(
  deployment: Deployment,
  nameOutput: string,
  payload: unknown,
  pause: (ms: number) => Promise<unknown> = delay,
): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await invokeFunction(deployment, nameOutput, payload);
    } catch (error) {
      const passes = error instanceof FunctionRefused && TRANSIENT_ERRORS.has(error.errorType);
      if (!passes || tries === MOST_TRIES) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}
