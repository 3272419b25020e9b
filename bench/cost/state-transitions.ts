import type { HistoryEvent } from '@aws-sdk/client-sfn';

/**
 * State transitions as AWS bills them: "each time a step of your workflow is executed … including retries".
 * @see https://aws.amazon.com/step-functions/pricing/
 */
export function stateTransitions(history: readonly HistoryEvent[]): number {
  const entered = history.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
  const tasks = entered.filter(({ type }) => type === 'TaskStateEntered').length;
  const attempts = history.filter(({ type }) => type === 'TaskScheduled').length;
  return entered.length + Math.max(0, attempts - tasks);
}
