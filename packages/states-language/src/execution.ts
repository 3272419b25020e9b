import type { Timer } from './clock.ts';
import type { Definition } from './definition.ts';
import type { ErrorOutput } from './errors.ts';
import type { ExecutionEnd, ExecutionIdentity, ExecutionOptions } from './execution-types.ts';
import type { StoredFrame } from './frame.ts';
import type { Json } from './json.ts';
import { RunningStates } from './running-states.ts';
import { skipWaits } from './skip-waits.ts';
import { resumeFrame } from './states/run-state.ts';
import { answerTask, heartbeatTask } from './states/task.ts';
import type { TaskOutcome } from './task-runner.ts';

/**
 * One execution of a state machine, as explicit state that can be stored at every pause and taken up again.
 *
 * I1  Everything that happens to an execution (answers, timers, stops) goes through its inbox, one at a time; each
 *     is carried on until every frame waits, and what changed is then given to the sink in one piece.
 * I2  Nothing is given up between two pieces: a crash falls back to the last piece, and the tasks that were in
 *     flight then run again. No history event is repeated for that.
 * I3  Deadlines are absolute; a resumed frame keeps them.
 * I4  An answer to a wait that is over (retried, timed out, aborted) has no effect.
 * I5  An unsuccessful execution keeps its frames, so that redrive can go on from them; a successful one has none.
 */
export class Execution {
  readonly #definition: Definition;
  readonly #identity: ExecutionIdentity;
  readonly #states: RunningStates;
  #deadline: Timer | undefined;

  constructor(options: ExecutionOptions) {
    this.#definition = options.definition;
    this.#identity = options.identity;
    this.#states = new RunningStates(options, () => this.#deadline?.cancel());
  }

  get end(): ExecutionEnd | undefined {
    return this.#states.end;
  }

  /** Whether it is carrying something out: it does not wait for time, a task or a token. */
  get isBusy(): boolean {
    return this.#states.inbox.isWorking;
  }

  /** Begins at StartAt. Runs until it has to wait before this returns, where nothing needs JSONata. */
  start(): void {
    const { inputText, roleArn, startedBy, startedAtMs } = this.#identity;
    const states = this.#states;
    this.#armDeadline(startedAtMs);
    void states.inbox.post(() => {
      states.recordRoot('ExecutionStarted', { input: inputText, roleArn, ...startedBy });
      const input = { value: JSON.parse(inputText) as Json, text: inputText };
      states.addFrame({ parent: undefined, branch: 0, group: this.#definition }, input, 0);
    });
  }

  /** Goes on from what was stored: waits are armed again, tasks in flight are invoked again. */
  resume(stored: readonly StoredFrame[], lastEventId: number): void {
    if (stored.length === 0) return this.start();
    const states = this.#restore(stored, lastEventId);
    this.#armDeadline(this.#identity.redrivenAtMs ?? this.#identity.startedAtMs);
    void states.inbox.post(() => {
      for (const frame of states.frames.all()) resumeFrame(states, frame);
    });
  }

  /** Goes on from the states that did not succeed, with fresh retries and time limits. */
  redrive(stored: readonly StoredFrame[], lastEventId: number): void {
    const states = this.#restore(stored, lastEventId);
    this.#armDeadline(states.clock.nowMs());
    void states.inbox.post(() => {
      states.recordRoot('ExecutionRedriven', { redriveCount: this.#identity.redriveCount }, lastEventId);
      for (const frame of states.frames.all()) {
        frame.retriesUsed = [];
        if (frame.phase.kind === 'fanOut') resumeFrame(states, frame);
        else if (frame.phase.kind !== 'done') {
          states.makeRunnable(frame, frame.phase.kind === 'enter' ? 'enter' : 'run');
        }
      }
    });
  }

  /** Ends the execution from outside. Resolves when that was given to the sink. */
  stop(failure: ErrorOutput): Promise<void> {
    return this.#states.inbox.post(() => this.#states.finish({ status: 'ABORTED', ...failure }, 'ExecutionAborted'));
  }

  /** Whether `token` is what the frame waits for now, unanswered. */
  awaitsToken(frameId: number, token: string): boolean {
    const frame = this.#states.frames.find(frameId);
    return frame?.phase.kind === 'task' && frame.phase.token === token && !frame.isAnswered && !this.end;
  }

  /**
   * Answers the token that the frame waits for. Resolves when the answer was given to the sink: to false when the
   * wait was over before the answer's turn came.
   */
  async answerToken(frameId: number, outcome: TaskOutcome): Promise<boolean> {
    const frame = this.#states.frames.get(frameId);
    const { serial } = frame;
    let isInTime = false;
    frame.isAnswered = true;
    await this.#states.inbox.post(() => {
      isInTime = frame.serial === serial;
      return isInTime ? answerTask(this.#states, frame, outcome) : undefined;
    });
    return isInTime;
  }

  heartbeat(frameId: number): Promise<void> {
    const frame = this.#states.frames.get(frameId);
    return this.#states.inbox.post(() => heartbeatTask(this.#states, frame));
  }

  /** Ends waits that would end by `untilMs` now. @returns how many. @see skipWaits */
  skipWaits(untilMs: number): number {
    return skipWaits(this.#states.frames.all(), untilMs);
  }

  /** Lets go of timers and ignores later answers, without changing what is stored. */
  detach(): void {
    this.#states.inbox.close();
    this.#deadline?.cancel();
    for (const frame of this.#states.frames.all()) frame.timer?.cancel();
  }

  /** Resolves when the inbox is empty and what it changed was given to the sink. */
  async settled(): Promise<void> {
    await this.#states.inbox.idle();
  }

  #restore(stored: readonly StoredFrame[], lastEventId: number): RunningStates {
    this.#states.frames.restore(stored, this.#definition);
    this.#states.history.goOnAfter(lastEventId);
    return this.#states;
  }

  #armDeadline(fromMs: number): void {
    const { timeoutSeconds } = this.#definition;
    if (timeoutSeconds === undefined) return;
    const states = this.#states;
    this.#deadline = states.clock.at(fromMs + timeoutSeconds * 1000, () => {
      const end = { status: 'TIMED_OUT', error: undefined, cause: undefined } as const;
      void states.inbox.post(() => states.finish(end, 'ExecutionTimedOut'));
    });
  }
}
