import type { ExecutionPort } from './execution-port.ts';
import type { ExecutionIdentity } from './execution-types.ts';
import type { Frame } from './frame.ts';
import type { Json, JsonRecord } from './json.ts';
import type { Scope, StatesVariable } from './jsonata.ts';

/**
 * What the expressions of a frame's state see.
 * @param mapItem the item that an ItemSelector is evaluated for.
 */
export function buildScope(
  execution: Pick<ExecutionPort, 'identity' | 'clock'>,
  frame: Frame,
  more: Pick<StatesVariable, 'result' | 'errorOutput'> | undefined,
  mapItem?: Json,
): Scope {
  let context: JsonRecord | undefined;
  const states = {
    input: frame.input,
    ...more,
    get context(): JsonRecord {
      context ??= execution.identity.context ?? contextObject(execution.identity, frame, mapItem);
      return context;
    },
  };
  const variables = frame.parent ? { ...frame.outerVariables, ...frame.variables } : frame.variables;
  return { states, variables, nowMs: execution.clock.nowMs() };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextObject(identity: ExecutionIdentity, frame: Frame, mapItem: Json | undefined): JsonRecord {
  const item = mapItem ?? mapItemOf(frame);
  return {
    Execution: {
      Id: identity.executionArn,
      Input: JSON.parse(identity.inputText) as Json,
      Name: identity.name,
      RoleArn: identity.roleArn,
      StartTime: isoTime(identity.startedAtMs),
      RedriveCount: identity.redriveCount,
      ...(identity.redrivenAtMs === undefined ? undefined : { RedriveTime: isoTime(identity.redrivenAtMs) }),
    },
    State: {
      EnteredTime: isoTime(frame.enteredAtMs),
      Name: frame.state,
      RetryCount: retryCount(frame),
    },
    StateMachine: { Id: identity.stateMachineArn, Name: identity.stateMachineName },
    ...(frame.phase.kind === 'task' && frame.phase.token ? { Task: { Token: frame.phase.token } } : undefined),
    ...(item === undefined ? undefined : { Map: { Item: item } }),
  };
}

export function retryCount(frame: Frame): number {
  return frame.retriesUsed.reduce((sum, used) => sum + (used ?? 0), 0);
}

/** Index and value of the nearest Map iteration that the frame belongs to. */
function mapItemOf(frame: Frame): Json | undefined {
  for (let child = frame; child.parent; child = child.parent) {
    const { phase } = child.parent;
    if (phase.kind === 'fanOut' && phase.items)
      return { Index: child.branch, Value: phase.items[child.branch] ?? null };
  }
  return undefined;
}

const isoTime = (atMs: number): string => new Date(atMs).toISOString();
