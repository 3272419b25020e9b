import type { Catcher } from './definition.ts';
import { errorMatches, QueryEvaluationFailure, StateFailure, StatesError } from './errors.ts';
import type { ExecutionPort } from './execution-port.ts';
import { stateOf, type Frame } from './frame.ts';
import type { JsonRecord } from './json.ts';
import { decideRetry } from './retry.ts';
import { leave } from './states/leave.ts';

/** What happens to a state's failure: Retry first, then Catch, then the frame around it. */
export async function recover(execution: ExecutionPort, frame: Frame, thrown: StateFailure): Promise<void> {
  const failure = described(execution, frame, thrown);
  const state = stateOf(frame);
  if (!('retriers' in state)) return execution.frameFailed(frame, failure);

  const retry = decideRetry(state.retriers, failure, frame.retriesUsed, execution.random);
  if (retry) {
    frame.retriesUsed = countedUp(frame.retriesUsed, retry.retrierIndex);
    execution.removeChildren(frame);
    return waitForRetry(execution, frame, execution.clock.nowMs() + retry.delayMs);
  }
  const catcher = state.catchers.find((entry) => errorMatches(entry.errorEquals, failure));
  if (!catcher) return execution.frameFailed(frame, failure);
  await goToCatcher(execution, frame, catcher, failure);
}

export function waitForRetry(execution: ExecutionPort, frame: Frame, untilMs: number): void {
  execution.setPhase(frame, { kind: 'retrying', untilMs });
  execution.armTimer(frame, untilMs, () => execution.makeRunnable(frame, 'run'));
}

/** A failure in the catcher's own expressions is not caught again: there is nothing left that could handle it. */
async function goToCatcher(
  execution: ExecutionPort,
  frame: Frame,
  catcher: Catcher,
  failure: StateFailure,
): Promise<void> {
  const errorOutput = errorOutputOf(failure);
  try {
    await leave(execution, frame, catcher, { errorOutput }, errorOutput);
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    return execution.frameFailed(frame, described(execution, frame, error));
  }
}

function errorOutputOf(failure: StateFailure): JsonRecord {
  return { Error: failure.error ?? '', Cause: failure.cause ?? '' };
}

/** Faults of the state itself name it in their cause; those of expressions moreover stand in the history. */
function described(execution: ExecutionPort, frame: Frame, failure: StateFailure): StateFailure {
  const isOwnFault =
    failure instanceof QueryEvaluationFailure ||
    failure.error === StatesError.dataLimitExceeded ||
    failure.error === StatesError.noChoiceMatched ||
    failure.error === StatesError.runtime;
  if (!isOwnFault || failure.cause?.startsWith(PREFIX)) return failure;
  const cause = `${PREFIX} '${frame.state}' (entered at the event id #${frame.enteredEventId}). ${failure.cause}`;
  if (failure instanceof QueryEvaluationFailure) {
    const { error, location } = failure;
    execution.record(frame, 'EvaluationFailed', { state: frame.state, error, cause, location });
  }
  return new StateFailure(failure.error, cause);
}

const PREFIX = 'An error occurred while executing the state';

function countedUp(used: readonly number[], index: number): number[] {
  const counted = Array.from({ length: Math.max(used.length, index + 1) }, (_, at) => used[at] ?? 0);
  counted[index] = (counted[index] ?? 0) + 1;
  return counted;
}
