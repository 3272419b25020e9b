import type { Clock } from './clock.ts';
import type { Definition } from './definition.ts';
import type { ErrorOutput } from './errors.ts';
import type { StoredFrame } from './frame.ts';
import type { HistoryEvent } from './history.ts';
import type { JsonRecord } from './json.ts';
import type { TaskRunner } from './task-runner.ts';

/** Who an execution is; shown to expressions as `$states.context`. */
export interface ExecutionIdentity {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly startedAtMs: number;
  readonly inputText: string;
  readonly redriveCount: number;
  readonly redrivenAtMs: number | undefined;
  /** ARNs of the version and alias that it was started by; shown in its history. */
  readonly startedBy?: Readonly<Record<string, string>>;
  /** Shown as `$states.context` in place of the real one; for TestState. */
  readonly context?: JsonRecord;
}

export interface ExecutionOptions {
  readonly definition: Definition;
  readonly identity: ExecutionIdentity;
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  readonly sink: ExecutionSink;
  /** A secret that leads back to this frame of this execution. */
  readonly newToken: (frameId: number) => string;
  /** A number in [0, 1), for retry jitter. */
  readonly random?: () => number;
  /** Asked before a state is entered: what it gives ends the execution in that state's place. */
  readonly endedBy?: () => ErrorOutput | undefined;
}

/** Takes what changed since the last call, to be stored as one. Must not throw. */
export type ExecutionSink = (changes: ExecutionChanges) => void;

export interface ExecutionChanges {
  readonly events: readonly HistoryEvent[];
  /** New and changed frames. */
  readonly frames: readonly StoredFrame[];
  readonly removedFrames: readonly number[] | 'all';
  /** Set once, in the last piece. */
  readonly end: ExecutionEnd | undefined;
}

export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | ({ readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' } & ErrorOutput);
