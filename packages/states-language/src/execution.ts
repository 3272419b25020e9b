import type { Clock, Timer } from './clock.ts';
import type { Definition } from './definition.ts';
import { StateFailure, StatesError, type ErrorOutput } from './errors.ts';
import type { ExecutionPort, FramePlace } from './execution-port.ts';
import type { ExecutionEnd, ExecutionIdentity, ExecutionOptions, ExecutionSink } from './execution-types.ts';
import { Inbox, type Action } from './inbox.ts';
import type { Frame, Phase, StoredFrame } from './frame.ts';
import { FrameSet } from './frame-set.ts';
import { failureDetails, type EventDetails } from './history.ts';
import { HistoryFull, HistoryLog } from './history-log.ts';
import type { Json } from './json.ts';
import { buildScope } from './execution-scope.ts';
import type { Scope, StatesVariable } from './jsonata.ts';
import { recover } from './recovery.ts';
import { RunLoop } from './run-loop.ts';
import { skipWaits } from './skip-waits.ts';
import { branchDone, branchFailed } from './states/fan-out.ts';
import { enterState, resumeFrame, runState } from './states/run-state.ts';
import { answerTask, heartbeatTask } from './states/task.ts';
import type { TaskOutcome, TaskRunner } from './task-runner.ts';

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
export class Execution implements ExecutionPort {
  readonly definition: Definition;
  readonly identity: ExecutionIdentity;
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  readonly random: () => number;
  readonly #sink: ExecutionSink;
  readonly #newToken: (frameId: number) => string;
  readonly #endedBy: () => ErrorOutput | undefined;
  readonly #inbox = new Inbox((action) => this.#perform(action));
  readonly #runLoop = new RunLoop({
    step: (frame) => this.#step(frame),
    has: (frame) => this.#frames.has(frame),
    isOver: () => this.#end !== undefined || this.#inbox.isClosed,
    onPause: () => this.#handOver(),
  });
  readonly #frames = new FrameSet();
  readonly #history: HistoryLog;
  #end: ExecutionEnd | undefined;
  #deadline: Timer | undefined;

  constructor(options: ExecutionOptions) {
    this.definition = options.definition;
    this.identity = options.identity;
    this.clock = options.clock;
    this.tasks = options.tasks;
    this.random = options.random ?? Math.random;
    this.#sink = options.sink;
    this.#newToken = options.newToken;
    this.#endedBy = options.endedBy ?? (() => undefined);
    this.#history = new HistoryLog(options.clock);
  }

  get end(): ExecutionEnd | undefined {
    return this.#end;
  }

  get lastEventId(): number {
    return this.#history.lastEventId;
  }

  /** Whether it is carrying something out: it does not wait for time, a task or a token. */
  get isBusy(): boolean {
    return this.#inbox.isWorking;
  }

  /** Begins at StartAt. Runs until it has to wait before this returns, where nothing needs JSONata. */
  start(): void {
    this.#armDeadline(this.identity.startedAtMs);
    void this.#inbox.post(() => {
      const { inputText, roleArn, startedBy } = this.identity;
      this.recordRoot('ExecutionStarted', { input: inputText, roleArn, ...startedBy });
      const input = { value: JSON.parse(inputText) as Json, text: inputText };
      this.addFrame({ parent: undefined, branch: 0, group: this.definition }, input, 0);
    });
  }

  /** Goes on from what was stored: waits are armed again, tasks in flight are invoked again. */
  resume(stored: readonly StoredFrame[], lastEventId: number): void {
    if (stored.length === 0) return this.start();
    this.#restore(stored, lastEventId);
    this.#armDeadline(this.identity.redrivenAtMs ?? this.identity.startedAtMs);
    void this.#inbox.post(() => {
      for (const frame of this.#frames.all()) resumeFrame(this, frame);
    });
  }

  /** Goes on from the states that did not succeed, with fresh retries and time limits. */
  redrive(stored: readonly StoredFrame[], lastEventId: number): void {
    this.#restore(stored, lastEventId);
    this.#armDeadline(this.clock.nowMs());
    void this.#inbox.post(() => {
      this.recordRoot('ExecutionRedriven', { redriveCount: this.identity.redriveCount }, this.lastEventId);
      for (const frame of this.#frames.all()) {
        frame.retriesUsed = [];
        if (frame.phase.kind === 'fanOut') resumeFrame(this, frame);
        else if (frame.phase.kind !== 'done') this.makeRunnable(frame, frame.phase.kind === 'enter' ? 'enter' : 'run');
      }
    });
  }

  /** Ends the execution from outside. Resolves when that was given to the sink. */
  stop(failure: ErrorOutput): Promise<void> {
    return this.#inbox.post(() => this.finish({ status: 'ABORTED', ...failure }, 'ExecutionAborted'));
  }

  /** Whether `token` is what the frame waits for now, unanswered. */
  awaitsToken(frameId: number, token: string): boolean {
    const frame = this.#frames.find(frameId);
    return frame?.phase.kind === 'task' && frame.phase.token === token && !frame.isAnswered && !this.#end;
  }

  /**
   * Answers the token that the frame waits for. Resolves when the answer was given to the sink: to false when the
   * wait was over before the answer's turn came.
   */
  async answerToken(frameId: number, outcome: TaskOutcome): Promise<boolean> {
    const frame = this.#frames.get(frameId);
    const { serial } = frame;
    let isInTime = false;
    frame.isAnswered = true;
    await this.#inbox.post(() => {
      isInTime = frame.serial === serial;
      return isInTime ? answerTask(this, frame, outcome) : undefined;
    });
    return isInTime;
  }

  heartbeat(frameId: number): Promise<void> {
    const frame = this.#frames.get(frameId);
    return this.#inbox.post(() => heartbeatTask(this, frame));
  }

  /** Ends waits that would end by `untilMs` now. @returns how many. @see skipWaits */
  skipWaits(untilMs: number): number {
    return skipWaits(this.#frames.all(), untilMs);
  }

  /** Lets go of timers and ignores later answers, without changing what is stored. */
  detach(): void {
    this.#inbox.close();
    this.#deadline?.cancel();
    for (const frame of this.#frames.all()) frame.timer?.cancel();
  }

  /** Resolves when the inbox is empty and what it changed was given to the sink. */
  async settled(): Promise<void> {
    await this.#inbox.idle();
  }

  newToken(frame: Frame): string {
    return this.#newToken(frame.id);
  }

  scope(frame: Frame, more?: Pick<StatesVariable, 'result' | 'errorOutput'>, mapItem?: Json): Scope {
    return buildScope(this, frame, more, mapItem);
  }

  addFrame(place: FramePlace, input: { value: Json; text: string }, previousEventId: number): Frame {
    const frame = this.#frames.add(place, input, previousEventId);
    this.makeRunnable(frame, 'enter');
    return frame;
  }

  removeChildren(frame: Frame): void {
    this.#frames.removeBelow(frame, (child) => this.quieten(child));
  }

  makeRunnable(frame: Frame, kind: 'enter' | 'run'): void {
    this.setPhase(frame, { kind });
    this.#runLoop.add(frame);
  }

  setPhase(frame: Frame, phase: Phase): void {
    this.quieten(frame);
    frame.phase = phase;
    this.#frames.touch(frame);
  }

  touch(frame: Frame): void {
    this.#frames.touch(frame);
  }

  quieten(frame: Frame): void {
    frame.timer?.cancel();
    frame.timer = undefined;
    frame.serial += 1;
    frame.isAnswered = false;
  }

  armTimer(frame: Frame, dueAtMs: number, action: () => void | Promise<void>): void {
    frame.timer?.cancel();
    const { serial } = frame;
    const fire = (): void => {
      void this.#inbox.post(() => (frame.serial === serial ? action() : undefined));
    };
    const timer = this.clock.at(dueAtMs, fire);
    frame.timer = { dueAtMs, fire, cancel: () => timer.cancel() };
  }

  postAnswer(frame: Frame, serial: number, outcome: TaskOutcome): void {
    void this.#inbox.post(() => (frame.serial === serial ? answerTask(this, frame, outcome) : undefined));
  }

  record(frame: Frame, type: string, details?: EventDetails): number {
    frame.previousEventId = this.recordRoot(type, details, frame.previousEventId);
    return frame.previousEventId;
  }

  recordRoot(type: string, details?: EventDetails, previousEventId = 0): number {
    return this.#history.append(type, details, previousEventId);
  }

  async frameDone(frame: Frame, output: Json, outputText: string): Promise<void> {
    if (frame.parent) {
      this.setPhase(frame, { kind: 'done', output });
      return branchDone(this, frame.parent, frame);
    }
    this.finish({ status: 'SUCCEEDED', output: outputText }, 'ExecutionSucceeded');
  }

  async frameFailed(frame: Frame, failure: StateFailure): Promise<void> {
    if (frame.phase.kind !== 'fanOut') this.setPhase(frame, { kind: 'failed' });
    if (frame.parent) return branchFailed(this, frame.parent, frame, failure);
    this.finish({ status: 'FAILED', error: failure.error, cause: failure.cause }, 'ExecutionFailed');
  }

  finish(end: ExecutionEnd, eventType: string): void {
    if (this.#end) return;
    const details = end.status === 'SUCCEEDED' ? { output: end.output } : failureDetails(end);
    this.#history.appendEnd(eventType, details, this.lastEventId);
    this.#end = end;
    this.#runLoop.clear();
    this.#deadline?.cancel();
    for (const frame of this.#frames.all()) this.quieten(frame);
  }

  async attempt(frame: Frame, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      await recover(this, frame, error);
    }
  }

  attemptLater(frame: Frame, action: () => Promise<void>): void {
    void this.#inbox.post(() => this.attempt(frame, action));
  }

  async #perform(action: Action): Promise<void> {
    if (this.#end) return;
    try {
      const acting = action();
      if (acting) await acting;
      await this.#runLoop.run();
    } catch (error) {
      this.#endOnFault(error);
    }
    this.#handOver();
  }

  async #step(frame: Frame): Promise<void> {
    if (frame.phase.kind === 'enter') {
      const failure = this.#endedBy();
      if (failure) return this.finish({ status: 'FAILED', ...failure }, 'ExecutionFailed');
      enterState(this, frame);
    }
    await this.attempt(frame, () => runState(this, frame));
  }

  #endOnFault(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const cause = error instanceof HistoryFull ? error.message : `The interpreter failed: ${reason}`;
    this.finish({ status: 'FAILED', error: StatesError.runtime, cause }, 'ExecutionFailed');
  }

  #handOver(): void {
    if (this.#inbox.isClosed) return;
    this.#sink({
      events: this.#history.takeEvents(),
      ...this.#frames.takeChanges(this.#end?.status === 'SUCCEEDED'),
      end: this.#end,
    });
  }

  #restore(stored: readonly StoredFrame[], lastEventId: number): void {
    this.#frames.restore(stored, this.definition);
    this.#history.goOnAfter(lastEventId);
  }

  #armDeadline(fromMs: number): void {
    const { timeoutSeconds } = this.definition;
    if (timeoutSeconds === undefined) return;
    this.#deadline = this.clock.at(fromMs + timeoutSeconds * 1000, () => {
      const end = { status: 'TIMED_OUT', error: undefined, cause: undefined } as const;
      void this.#inbox.post(() => this.finish(end, 'ExecutionTimedOut'));
    });
  }
}
