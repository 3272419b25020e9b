import { ManualClock } from './clock.ts';
import type { Definition, MapState, Outcome, ParallelState, State, TaskState } from './definition.ts';
import { MAX_SECONDS } from './durations.ts';
import { Execution } from './execution.ts';
import type { ExecutionChanges, ExecutionEnd } from './execution-types.ts';
import type { Phase, StoredFrame } from './frame.ts';
import type { EventDetails } from './history.ts';
import type { Json, JsonRecord } from './json.ts';
import type { TaskRunner } from './task-runner.ts';
import type { Template } from './template.ts';

/** What one state does with an input, without the rest of its machine. */
export type Probe = ProbeFindings &
  (
    | { readonly kind: 'left'; readonly output: string; readonly next: string | undefined }
    | { readonly kind: 'caught'; readonly output: string; readonly next: string; readonly catchIndex: number }
    | { readonly kind: 'retriable'; readonly retryIndex: number; readonly backoffSeconds: number }
    | { readonly kind: 'failed' }
  );

export interface ProbeFindings {
  readonly variables: JsonRecord;
  /** JSON text of what the task got and gave. */
  readonly taskInput: string | undefined;
  readonly taskResult: string | undefined;
  /** The last error there was, handled or not. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

export interface ProbeOptions {
  readonly state: State;
  readonly input: Json;
  readonly variables: JsonRecord;
  readonly context: JsonRecord | undefined;
  /** Retries that were made before. */
  readonly retriesUsed: number;
  readonly tasks: TaskRunner;
  readonly nowMs: number;
}

/**
 * Carries out a single state by the same code as executions do. Its transitions lead to stand-ins that wait, so
 * that where it went, with what, can be read off; a Wait does not wait. Map and Parallel run as one task.
 */
export function probeState(options: ProbeOptions): Promise<Probe> {
  const clock = new ManualClock(options.nowMs);
  const state = asTask(options.state);
  const seen: Seen = { details: [] };
  return new Promise((resolve) => {
    const execution = new Execution({
      definition: withStandIns(state),
      identity: {
        ...PROBE_IDENTITY,
        startedAtMs: options.nowMs,
        inputText: JSON.stringify(options.input),
        ...(options.context && { context: options.context }),
      },
      clock,
      tasks: options.tasks,
      sink: (changes) => {
        note(seen, changes);
        const probe = probeOf(seen, state, options.nowMs);
        if (!probe) return void (seen.frame?.phase.kind === 'waiting' && clock.advanceTo(seen.frame.phase.untilMs));
        execution.detach();
        resolve(probe);
      },
      newToken: () => 'test-token',
      random: () => 1,
    });
    execution.resume([frameAt(state, options)], 0);
  });
}

const PROBE_IDENTITY = {
  executionArn: 'arn:aws:states:us-east-1:000000000000:execution:TestState:TestState',
  name: 'TestState',
  stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:TestState',
  stateMachineName: 'TestState',
  roleArn: '',
  redriveCount: 0,
  redrivenAtMs: undefined,
} as const;

const NEXT = 'next:';
const CAUGHT = 'caught:';

interface SeenFrame {
  readonly state: string;
  readonly input: Json;
  readonly variables: JsonRecord;
  readonly phase: Phase;
  readonly retriesUsed: readonly number[];
}

interface Seen {
  readonly details: EventDetails[];
  frame?: SeenFrame;
  end?: ExecutionEnd;
}

function note(seen: Seen, { events, frames, end }: ExecutionChanges): void {
  for (const { details } of events) if (details) seen.details.push(details);
  const body = frames.at(-1)?.body;
  if (body !== undefined) seen.frame = JSON.parse(body) as SeenFrame;
  if (end) seen.end = end;
}

function probeOf(seen: Seen, state: State, nowMs: number): Probe | undefined {
  const { frame } = seen;
  if (!frame) return undefined;
  const found = findings(seen, frame);
  if (seen.end) return { kind: 'failed', ...found };
  if (frame.phase.kind === 'retrying') return { kind: 'retriable', ...retryOf(frame, state, nowMs), ...found };
  const output = JSON.stringify(frame.input);
  if (frame.state.startsWith(NEXT))
    return { kind: 'left', output, next: frame.state.slice(NEXT.length) || undefined, ...found };
  if (!frame.state.startsWith(CAUGHT) || !('catchers' in state)) return undefined;
  const catchIndex = Number(frame.state.slice(CAUGHT.length));
  return { kind: 'caught', output, catchIndex, next: state.catchers[catchIndex]!.next, ...found };
}

function findings({ details }: Seen, frame: SeenFrame): ProbeFindings {
  const failure = details.findLast((event) => 'error' in event);
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    variables: frame.variables,
    taskInput: textOf(details.findLast((event) => 'parameters' in event)?.['parameters']),
    taskResult: textOf(details.findLast((event) => 'resourceType' in event && 'output' in event)?.['output']),
    error: textOf(failure?.['error']),
    cause: textOf(failure?.['cause']),
  };
}

function retryOf(frame: SeenFrame, state: State, nowMs: number): { retryIndex: number; backoffSeconds: number } {
  const { phase } = frame;
  const untilMs = phase.kind === 'retrying' ? phase.untilMs : nowMs;
  const most = Math.max(...frame.retriesUsed);
  const retryIndex = 'retriers' in state ? frame.retriesUsed.indexOf(most) : 0;
  return { retryIndex, backoffSeconds: (untilMs - nowMs) / 1000 };
}

function frameAt(state: State, { input, variables, retriesUsed }: ProbeOptions): StoredFrame {
  const retriers = 'retriers' in state ? state.retriers.length : 0;
  const body = {
    branch: 0,
    state: state.name,
    input,
    variables,
    phase: { kind: 'run' },
    previousEventId: 0,
    enteredEventId: 0,
    enteredAtMs: 0,
    retriesUsed: Array.from({ length: retriers }, () => retriesUsed),
    serial: 0,
  };
  return { id: 1, body: JSON.stringify(body) };
}

function withStandIns(state: State): Definition {
  const redirected = redirect(state);
  const forever: Template = { evaluate: () => MAX_SECONDS };
  const states = new Map<string, State>([[state.name, redirected]]);
  for (const name of targets(redirected)) {
    states.set(name, {
      type: 'Wait',
      name,
      until: { kind: 'seconds', value: forever },
      assign: undefined,
      output: undefined,
      next: undefined,
    });
  }
  return { startAt: state.name, states, timeoutSeconds: undefined };
}

function redirect(state: State): State {
  if (state.type === 'Fail') return state;
  const next = state.type === 'Choice' && state.next === undefined ? undefined : `${NEXT}${state.next ?? ''}`;
  const redirected = { ...state, next } as State;
  if (redirected.type === 'Choice') {
    return {
      ...redirected,
      choices: redirected.choices.map((choice) => ({ ...choice, next: `${NEXT}${choice.next}` })),
    };
  }
  if (!('catchers' in redirected)) return redirected;
  return {
    ...redirected,
    catchers: redirected.catchers.map((entry, index) => ({ ...entry, next: `${CAUGHT}${index}` })),
  };
}

function targets(state: State): string[] {
  const outcomes: Outcome[] = state.type === 'Fail' ? [] : [state];
  if (state.type === 'Choice') outcomes.push(...state.choices);
  if ('catchers' in state) outcomes.push(...state.catchers);
  return outcomes.flatMap(({ next }) => (next === undefined ? [] : [next]));
}

/** Map and Parallel are tested with a mocked result: their own fields are evaluated, their states do not run. */
function asTask(state: State): State {
  if (state.type !== 'Map' && state.type !== 'Parallel') return state;
  const task: TaskState = {
    type: 'Task',
    name: state.name,
    resource: {
      arn: state.type,
      resourceType: state.type,
      resource: state.type,
      pattern: 'requestResponse',
      isDirectFunction: false,
    },
    arguments: state.type === 'Map' ? selectedItems(state) : state.arguments,
    timeoutSeconds: undefined,
    heartbeatSeconds: undefined,
    ...pick(state),
  };
  return task;
}

function pick({
  assign,
  output,
  next,
  retriers,
  catchers,
}: MapState | ParallelState): Pick<TaskState, 'assign' | 'output' | 'next' | 'retriers' | 'catchers'> {
  return { assign, output, next, retriers, catchers };
}

function selectedItems(state: MapState): Template {
  return {
    async evaluate(scope) {
      const items = state.items ? await state.items.evaluate(scope) : scope.states.input;
      if (!Array.isArray(items)) return items;
      const { itemSelector } = state;
      if (!itemSelector) return items;
      return Promise.all(
        items.map(async (Value: Json, Index) => {
          const context = { ...scope.states.context, Map: { Item: { Index, Value } } };
          return itemSelector.evaluate({ ...scope, states: { ...scope.states, context } });
        }),
      );
    },
  };
}
