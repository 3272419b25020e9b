import type { Step } from '../../cli/trace/execution-steps.ts';

/**
 * State transitions as AWS bills them: "each time a step of your workflow is executed … including retries".
 * @see https://aws.amazon.com/step-functions/pricing/
 */
export function stateTransitions(steps: readonly Step[]): number {
  return steps.reduce((sum, { attempts }) => sum + Math.max(1, attempts.length), 0);
}
