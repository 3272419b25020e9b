import type { Timer } from './clock.ts';
import type { State, StateGroup } from './definition.ts';
import type { Json, JsonRecord } from './json.ts';

/**
 * Where one strand of an execution stands: the execution itself, a branch of a Parallel or an iteration of a Map.
 * Everything but `timer`, `children` and `isAnswered` is stored, so that a frame read back goes on where it was.
 */
export interface Frame {
  readonly id: number;
  readonly parent: Frame | undefined;
  /** Index of the branch or iteration in the parent; 0 for the execution's own frame. */
  readonly branch: number;
  readonly group: StateGroup;
  /** Variables of the frames around this one; they cannot change while it lives. */
  readonly outerVariables: JsonRecord;
  readonly children: Set<Frame>;
  state: string;
  input: Json;
  inputText: string;
  variables: JsonRecord;
  phase: Phase;
  /** The event that the next one of this strand follows. */
  previousEventId: number;
  enteredEventId: number;
  enteredAtMs: number;
  /** Retries used, by retrier of the current state. */
  retriesUsed: readonly number[];
  /** Grows whenever the frame starts to wait for something new: an answer to an older wait is recognised. */
  serial: number;
  timer: FrameTimer | undefined;
  /** The pending token was answered; the answer is on its way through the execution's inbox. */
  isAnswered: boolean;
}

/** What is done when the frame's time has come. */
export interface FrameTimer extends Timer {
  readonly dueAtMs: number;
  /** Does it now; what comes later for the same wait does nothing. */
  fire(): void;
}

export type Phase =
  /** The state is to be entered. */
  | { readonly kind: 'enter' }
  /** The state was entered and is to be carried out (again). */
  | { readonly kind: 'run' }
  | { readonly kind: 'waiting'; readonly untilMs: number }
  | { readonly kind: 'retrying'; readonly untilMs: number }
  | TaskPhase
  | FanOutPhase
  | { readonly kind: 'done'; readonly output: Json }
  | { readonly kind: 'failed' };

export interface TaskPhase {
  readonly kind: 'task';
  /** Kept until the task was handed over, so that it can be invoked again after a crash. */
  readonly arguments: Json | undefined;
  readonly token: string | undefined;
  /** Undefined, too, in frames that an earlier version stored. */
  readonly timeoutSeconds?: number | undefined;
  readonly timeoutAtMs: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  readonly heartbeatAtMs: number | undefined;
}

/** Waiting for branches or iterations; how far they are is what the child frames say. */
export interface FanOutPhase {
  readonly kind: 'fanOut';
  readonly total: number;
  readonly startedEventId: number;
  /** Of a Map: its items, and how many may run at once (0: all). */
  readonly items: readonly Json[] | undefined;
  readonly maxConcurrency: number;
}

export function stateOf(frame: Frame): State {
  const state = frame.group.states.get(frame.state);
  if (!state) throw new Error(`The definition has no state '${frame.state}'.`);
  return state;
}

/** @param place where the frame stands; a new one starts at its group's first state. */
export function newFrame(
  place: Pick<Frame, 'id' | 'parent' | 'branch' | 'group'>,
  input: { readonly value: Json; readonly text: string },
  previousEventId: number,
): Frame {
  const { parent } = place;
  return {
    ...place,
    outerVariables: parent ? { ...parent.outerVariables, ...parent.variables } : {},
    children: new Set(),
    state: place.group.startAt,
    input: input.value,
    inputText: input.text,
    variables: {},
    phase: { kind: 'enter' },
    previousEventId,
    enteredEventId: 0,
    enteredAtMs: 0,
    retriesUsed: [],
    serial: 0,
    timer: undefined,
    isAnswered: false,
  };
}

/** A frame as it is stored: ids in place of references. */
export interface StoredFrame {
  readonly id: number;
  readonly body: string;
}

type FrameBody = Pick<
  Frame,
  | 'branch'
  | 'state'
  | 'input'
  | 'variables'
  | 'phase'
  | 'previousEventId'
  | 'enteredEventId'
  | 'enteredAtMs'
  | 'retriesUsed'
  | 'serial'
> & { readonly parent: number | undefined };

export function storeFrame(frame: Frame): StoredFrame {
  const { branch, state, variables, phase, previousEventId, enteredEventId, enteredAtMs, retriesUsed, serial } = frame;
  const fields = {
    parent: frame.parent?.id,
    branch,
    state,
    variables,
    phase,
    previousEventId,
    enteredEventId,
    enteredAtMs,
    retriesUsed,
    serial,
  };
  const text = JSON.stringify(fields satisfies Omit<FrameBody, 'input'>);
  // The input's text is at hand: spliced in, it is not serialised again at every step.
  return { id: frame.id, body: `${text.slice(0, -1)},"input":${frame.inputText}}` };
}

/** Rebuilds the frames of an execution, parents before children (ids grow from parent to child). */
export function restoreFrames(stored: readonly StoredFrame[], root: StateGroup): Map<number, Frame> {
  const frames = new Map<number, Frame>();
  for (const { id, body } of stored.toSorted((a, b) => a.id - b.id)) {
    const { parent: parentId, input, ...fields } = JSON.parse(body) as FrameBody;
    const parent = parentId === undefined ? undefined : frames.get(parentId);
    const group = parent ? groupOf(parent, fields.branch) : root;
    const place = { id, parent, branch: fields.branch, group };
    const frame: Frame = { ...newFrame(place, { value: input, text: JSON.stringify(input) }, 0), ...fields };
    parent?.children.add(frame);
    frames.set(id, frame);
  }
  return frames;
}

/** The states that a child of `parent` runs. */
export function groupOf(parent: Frame, branch: number): StateGroup {
  const state = stateOf(parent);
  const group = state.type === 'Parallel' ? state.branches[branch] : state.type === 'Map' ? state.processor : undefined;
  if (!group) throw new Error(`The state '${state.name}' has no branch ${branch}.`);
  return group;
}
