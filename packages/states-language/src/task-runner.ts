import type { Json } from './json.ts';
import type { TaskResource } from './task-resource.ts';

/** Runs what Task states ask for. The seam for integrations, and for mocks that stand in their place. */
export interface TaskRunner {
  /** Never rejects for a task's own failure: that is an outcome. */
  run(task: TaskInvocation): Promise<TaskOutcome>;
}

export interface TaskInvocation {
  readonly resource: TaskResource;
  readonly arguments: Json;
  readonly stateName: string;
  readonly executionArn: string;
  /** Retries of this state so far: 0 at the first attempt. */
  readonly retryCount: number;
  /** Set for `.waitForTaskToken`. */
  readonly taskToken: string | undefined;
  /** To be told when the work has to wait for a free place, and when it then begins. */
  readonly line?: WaitingLine;
}

/** Waiting for a free place is no part of a task's time: on AWS there would have been one. */
export interface WaitingLine {
  joined(): void;
  left(): void;
}

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  /** The work was handed over; the token's holder answers later. Only for `.waitForTaskToken`. */
  | { readonly kind: 'submitted'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };
