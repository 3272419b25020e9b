import type { TaskState } from '../definition.ts';
import { HeartbeatMissed, StateFailure, StatesError } from '../errors.ts';
import type { ExecutionPort } from '../execution-port.ts';
import { retryCount } from '../execution-scope.ts';
import { stateOf, type Frame, type TaskPhase } from '../frame.ts';
import { failureDetails, type EventDetails } from '../history.ts';
import type { Json } from '../json.ts';
import type { Scope } from '../jsonata.ts';
import { isPositiveSeconds } from '../durations.ts';
import type { TaskOutcome, WaitingLine } from '../task-runner.ts';
import type { Template } from '../template.ts';
import { leave, payloadText } from './leave.ts';
import { wrongType } from './wrong-type.ts';

/** Evaluates what the task gets, notes that it is under way, and hands it to the task runner. */
export async function scheduleTask(execution: ExecutionPort, frame: Frame, state: TaskState): Promise<void> {
  const token = state.resource.pattern === 'waitForTaskToken' ? execution.newToken(frame) : undefined;
  // The phase is set first because `$states.context.Task.Token` reads the token from it.
  execution.setPhase(frame, { ...UNTIMED, token });
  const scope = execution.scope(frame);
  const args = state.arguments ? await state.arguments.evaluate(scope) : frame.input;
  const argumentsText = args === frame.input ? frame.inputText : payloadText(args, state.name, 'arguments');
  const timeoutSeconds = await seconds(state.timeoutSeconds, scope);
  const heartbeatSeconds = await seconds(state.heartbeatSeconds, scope);
  const nowMs = execution.clock.nowMs();
  const phase: TaskPhase = {
    kind: 'task',
    arguments: args,
    token,
    timeoutSeconds,
    timeoutAtMs: timeoutSeconds && nowMs + timeoutSeconds * 1000,
    // Only the holder of a token can send heartbeats.
    heartbeatSeconds: token === undefined ? undefined : heartbeatSeconds,
    heartbeatAtMs: token === undefined || !heartbeatSeconds ? undefined : nowMs + heartbeatSeconds * 1000,
  };
  frame.phase = phase;
  recordScheduled(execution, frame, state, { argumentsText, timeoutSeconds, heartbeatSeconds });
  armTaskTimer(execution, frame, phase);
  invoke(execution, frame, state, args, token);
}

/**
 * The task may or may not have run before the crash: if it was not handed over yet, it runs again. What waits on a
 * token keeps its deadline; work that begins anew has its whole time, or a runtime that is down for a while, or often,
 * would let it time out without having tried.
 */
export function resumeTask(execution: ExecutionPort, frame: Frame, phase: TaskPhase): void {
  const { arguments: args, token, timeoutSeconds } = phase;
  const beginsAnew = args !== undefined && token === undefined && timeoutSeconds !== undefined;
  const timeoutAtMs = beginsAnew ? execution.clock.nowMs() + timeoutSeconds * 1000 : phase.timeoutAtMs;
  armTaskTimer(execution, frame, { ...phase, timeoutAtMs });
  if (args === undefined) return;
  invoke(execution, frame, stateOf(frame) as TaskState, args, token);
}

/** Takes the outcome of the pending attempt. */
export async function answerTask(execution: ExecutionPort, frame: Frame, outcome: TaskOutcome): Promise<void> {
  const { phase } = frame;
  if (phase.kind !== 'task') return;
  const state = stateOf(frame) as TaskState;
  switch (outcome.kind) {
    case 'submitted':
      execution.record(frame, 'TaskSubmitted', { ...kindOf(state), output: JSON.stringify(outcome.output) });
      frame.phase = { ...phase, arguments: undefined };
      return execution.touch(frame);
    case 'failed': {
      const failure = new StateFailure(outcome.error, outcome.cause);
      execution.quieten(frame);
      recordFailed(execution, frame, state, failure);
      return execution.attempt(frame, () => Promise.reject(failure));
    }
    case 'succeeded':
      execution.quieten(frame);
      return execution.attempt(frame, () => succeed(execution, frame, state, outcome.output));
  }
}

/** Puts the heartbeat deadline off. */
export function heartbeatTask(execution: ExecutionPort, frame: Frame): void {
  const { phase } = frame;
  if (phase.kind !== 'task' || phase.heartbeatSeconds === undefined) return;
  const beaten = { ...phase, heartbeatAtMs: execution.clock.nowMs() + phase.heartbeatSeconds * 1000 };
  frame.phase = beaten;
  execution.touch(frame);
  armTaskTimer(execution, frame, beaten);
}

const UNTIMED: TaskPhase = {
  kind: 'task',
  arguments: undefined,
  token: undefined,
  timeoutAtMs: undefined,
  heartbeatSeconds: undefined,
  heartbeatAtMs: undefined,
};

function invoke(
  execution: ExecutionPort,
  frame: Frame,
  state: TaskState,
  args: Json,
  taskToken: string | undefined,
): void {
  const { serial } = frame;
  const invocation = {
    resource: state.resource,
    arguments: args,
    stateName: state.name,
    executionArn: execution.identity.executionArn,
    retryCount: retryCount(frame),
    taskToken,
    ...(taskToken === undefined && { line: lineOf(execution, frame) }),
  };
  void execution.tasks
    .run(invocation)
    .catch((error: unknown): TaskOutcome => ({ kind: 'failed', error: StatesError.runtime, cause: String(error) }))
    .then((outcome) => execution.postAnswer(frame, serial, outcome));
}

/** Stops the task's time while it waits for a free place. The holder of a token has the time that the state says. */
function lineOf(execution: ExecutionPort, frame: Frame): WaitingLine {
  const { serial } = frame;
  return {
    joined: () => {
      if (frame.serial === serial) frame.timer?.cancel();
    },
    left: () => {
      const { phase } = frame;
      if (frame.serial !== serial || phase.kind !== 'task' || phase.timeoutSeconds === undefined) return;
      armTaskTimer(execution, frame, { ...phase, timeoutAtMs: execution.clock.nowMs() + phase.timeoutSeconds * 1000 });
    },
  };
}

async function succeed(execution: ExecutionPort, frame: Frame, state: TaskState, output: Json): Promise<void> {
  const outputText = payloadText(output, state.name, 'result');
  const { isDirectFunction } = state.resource;
  if (isDirectFunction) execution.record(frame, 'LambdaFunctionSucceeded', { output: outputText });
  else execution.record(frame, 'TaskSucceeded', { ...kindOf(state), output: outputText });
  await leave(execution, frame, state, { result: output }, output);
}

function armTaskTimer(execution: ExecutionPort, frame: Frame, phase: TaskPhase): void {
  const { timeoutAtMs = Number.POSITIVE_INFINITY, heartbeatAtMs = Number.POSITIVE_INFINITY } = phase;
  const dueAtMs = Math.min(timeoutAtMs, heartbeatAtMs);
  if (!Number.isFinite(dueAtMs)) return;
  execution.armTimer(frame, dueAtMs, () => {
    // Made when it happens: an error costs a stack trace, and nearly no task times out.
    const failure = heartbeatAtMs < timeoutAtMs ? new HeartbeatMissed() : new StateFailure(StatesError.timeout);
    return timeOut(execution, frame, failure);
  });
}

async function timeOut(execution: ExecutionPort, frame: Frame, failure: StateFailure): Promise<void> {
  const state = stateOf(frame) as TaskState;
  execution.quieten(frame);
  const { error } = failure;
  if (state.resource.isDirectFunction) execution.record(frame, 'LambdaFunctionTimedOut', { error });
  else execution.record(frame, 'TaskTimedOut', { ...kindOf(state), error });
  await execution.attempt(frame, () => Promise.reject(failure));
}

async function seconds(template: Template | undefined, scope: Scope): Promise<number | undefined> {
  if (!template) return undefined;
  const value = await template.evaluate(scope);
  if (!isPositiveSeconds(value)) throw wrongType(template, 'positive integer', value);
  return value;
}

function recordScheduled(
  execution: ExecutionPort,
  frame: Frame,
  state: TaskState,
  given: { argumentsText: string; timeoutSeconds: number | undefined; heartbeatSeconds: number | undefined },
): void {
  const timeoutInSeconds = given.timeoutSeconds;
  if (state.resource.isDirectFunction) {
    const { arn } = state.resource;
    execution.record(frame, 'LambdaFunctionScheduled', { resource: arn, input: given.argumentsText, timeoutInSeconds });
    execution.record(frame, 'LambdaFunctionStarted');
    return;
  }
  execution.record(frame, 'TaskScheduled', {
    ...kindOf(state),
    region: execution.identity.stateMachineArn.split(':')[3],
    parameters: given.argumentsText,
    timeoutInSeconds,
    heartbeatInSeconds: given.heartbeatSeconds,
  });
  execution.record(frame, 'TaskStarted', kindOf(state));
}

function recordFailed(execution: ExecutionPort, frame: Frame, state: TaskState, failure: StateFailure): void {
  if (state.resource.isDirectFunction) execution.record(frame, 'LambdaFunctionFailed', failureDetails(failure));
  else execution.record(frame, 'TaskFailed', { ...kindOf(state), ...failureDetails(failure) });
}

function kindOf(state: TaskState): EventDetails {
  return { resourceType: state.resource.resourceType, resource: state.resource.resource };
}
