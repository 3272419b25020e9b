import type { Clock } from './clock.ts';
import type { StateFailure } from './errors.ts';
import type { ExecutionIdentity } from './execution-types.ts';
import type { Frame, Phase } from './frame.ts';
import type { EventDetails } from './history.ts';
import type { Json } from './json.ts';
import type { Scope, StatesVariable } from './jsonata.ts';
import type { TaskOutcome, TaskRunner } from './task-runner.ts';

/** What states, their recovery and their expressions see of the execution that they belong to. */
export interface ExecutionPort {
  readonly identity: ExecutionIdentity;
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  /** A number in [0, 1), for retry jitter. */
  readonly random: () => number;

  newToken(frame: Frame): string;
  /** What the expressions of the frame's state see. */
  scope(frame: Frame, more?: Pick<StatesVariable, 'result' | 'errorOutput'>, mapItem?: Json): Scope;

  addFrame(place: FramePlace, input: { value: Json; text: string }, previousEventId: number): Frame;
  removeChildren(frame: Frame): void;
  makeRunnable(frame: Frame, kind: 'enter' | 'run'): void;
  setPhase(frame: Frame, phase: Phase): void;
  /** The frame changed: it is stored with the next piece. */
  touch(frame: Frame): void;
  /** Nothing that was under way for this frame matters any more (I4). */
  quieten(frame: Frame): void;

  /** Posts `action` at that time, unless the frame has moved on by then. */
  armTimer(frame: Frame, dueAtMs: number, action: () => void | Promise<void>): void;
  /** Posts the outcome of a task, unless the frame has moved on by then. */
  postAnswer(frame: Frame, serial: number, outcome: TaskOutcome): void;
  /** Does what may fail as part of the frame's state: Retry and Catch apply. */
  attempt(frame: Frame, action: () => Promise<void>): Promise<void>;
  attemptLater(frame: Frame, action: () => Promise<void>): void;

  /** Appends an event after the frame's last one. @returns its id. */
  record(frame: Frame, type: string, details?: EventDetails): number;
  recordRoot(type: string, details?: EventDetails, previousEventId?: number): number;

  /** The frame reached the end of its group. */
  frameDone(frame: Frame, output: Json, outputText: string): Promise<void>;
  /** The frame failed and nothing in it handles that. */
  frameFailed(frame: Frame, failure: StateFailure): Promise<void>;
}

export type FramePlace = Pick<Frame, 'parent' | 'branch' | 'group'>;
