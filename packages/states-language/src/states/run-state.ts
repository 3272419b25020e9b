import type { ChoiceState, FailState, WaitState } from '../definition.ts';
import { StateFailure, StatesError } from '../errors.ts';
import type { ExecutionPort } from '../execution-port.ts';
import { stateOf, type Frame } from '../frame.ts';
import type { Json } from '../json.ts';
import type { Scope } from '../jsonata.ts';
import { isSeconds, isTimestamp } from '../durations.ts';
import { waitForRetry } from '../recovery.ts';
import type { Template } from '../template.ts';
import { resumeFanOut, runMap, runParallel } from './fan-out.ts';
import { leave } from './leave.ts';
import { wrongType } from './wrong-type.ts';
import { resumeTask, scheduleTask } from './task.ts';

export function enterState(execution: ExecutionPort, frame: Frame): void {
  const { type, name } = stateOf(frame);
  frame.enteredAtMs = execution.clock.nowMs();
  frame.enteredEventId = execution.record(frame, `${type}StateEntered`, { name, input: frame.inputText });
  frame.retriesUsed = [];
  frame.phase = { kind: 'run' };
  execution.touch(frame);
}

/** Carries out the state that the frame is in, up to its end or to the next wait. @throws StateFailure. */
export async function runState(execution: ExecutionPort, frame: Frame): Promise<void> {
  const state = stateOf(frame);
  switch (state.type) {
    case 'Pass':
    case 'Succeed':
      return leave(execution, frame, state, undefined, frame.input);
    case 'Choice':
      return runChoice(execution, frame, state);
    case 'Wait':
      return runWait(execution, frame, state);
    case 'Fail':
      return runFail(execution, frame, state);
    case 'Task':
      return scheduleTask(execution, frame, state);
    case 'Parallel':
      return runParallel(execution, frame, state);
    case 'Map':
      return runMap(execution, frame, state);
  }
}

/** Takes up what the frame was waiting for before the restart. */
export function resumeFrame(execution: ExecutionPort, frame: Frame): void {
  const { phase } = frame;
  switch (phase.kind) {
    case 'enter':
    case 'run':
      return execution.makeRunnable(frame, phase.kind);
    case 'waiting':
      return execution.armTimer(frame, phase.untilMs, () => waitOver(execution, frame));
    case 'retrying':
      return waitForRetry(execution, frame, phase.untilMs);
    case 'task':
      return resumeTask(execution, frame, phase);
    case 'fanOut':
      return resumeFanOut(execution, frame);
    case 'failed': // A redrive was under way.
      return execution.makeRunnable(frame, 'run');
    case 'done':
      return;
  }
}

async function runChoice(execution: ExecutionPort, frame: Frame, state: ChoiceState): Promise<void> {
  const scope = execution.scope(frame);
  for (const choice of state.choices) {
    const isChosen = await choice.condition.evaluate(scope);
    if (typeof isChosen !== 'boolean') throw wrongType(choice.condition, 'boolean', isChosen);
    if (isChosen) return leave(execution, frame, choice, undefined, frame.input);
  }
  if (state.next === undefined) {
    throw new StateFailure(StatesError.noChoiceMatched, 'No choice matched and the state has no Default.');
  }
  return leave(execution, frame, state, undefined, frame.input);
}

async function runWait(execution: ExecutionPort, frame: Frame, state: WaitState): Promise<void> {
  const value = await state.until.value.evaluate(execution.scope(frame));
  const untilMs = timeToWaitFor(execution, state, value);
  execution.setPhase(frame, { kind: 'waiting', untilMs });
  execution.armTimer(frame, untilMs, () => waitOver(execution, frame));
}

function timeToWaitFor(execution: ExecutionPort, { until }: WaitState, value: Json): number {
  if (until.kind === 'timestamp') {
    if (!isTimestamp(value)) throw wrongType(until.value, 'ISO-8601 timestamp', value);
    return Date.parse(value);
  }
  if (!isSeconds(value)) throw wrongType(until.value, 'integer from 0 to 99999999', value);
  return execution.clock.nowMs() + value * 1000;
}

function waitOver(execution: ExecutionPort, frame: Frame): Promise<void> {
  return execution.attempt(frame, () => leave(execution, frame, stateOf(frame) as WaitState, undefined, frame.input));
}

async function runFail(execution: ExecutionPort, frame: Frame, state: FailState): Promise<void> {
  const scope = execution.scope(frame);
  const error = await optionalText(state.error, scope);
  throw new StateFailure(error, await optionalText(state.cause, scope));
}

async function optionalText(template: Template | undefined, scope: Scope): Promise<string | undefined> {
  if (!template) return undefined;
  const value = await template.evaluate(scope);
  if (typeof value !== 'string') throw wrongType(template, 'string', value);
  return value;
}
