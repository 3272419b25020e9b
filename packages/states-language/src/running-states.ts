import type { Clock } from './clock.ts';
import { StateFailure, StatesError, type ErrorOutput } from './errors.ts';
import type { ExecutionPort, FramePlace } from './execution-port.ts';
import { buildScope } from './execution-scope.ts';
import type { ExecutionEnd, ExecutionIdentity, ExecutionOptions, ExecutionSink } from './execution-types.ts';
import type { Frame, Phase } from './frame.ts';
import { FrameSet } from './frame-set.ts';
import { failureDetails, type EventDetails } from './history.ts';
import { HistoryFull, HistoryLog } from './history-log.ts';
import { Inbox, type Action } from './inbox.ts';
import type { Json } from './json.ts';
import type { Scope, StatesVariable } from './jsonata.ts';
import { recover } from './recovery.ts';
import { RunLoop } from './run-loop.ts';
import { branchDone, branchFailed } from './states/fan-out.ts';
import { enterState, runState } from './states/run-state.ts';
import { answerTask } from './states/task.ts';
import type { TaskOutcome, TaskRunner } from './task-runner.ts';

/**
 * The states of an execution at work: carries each frame on until it waits, and gives what changed to the sink.
 * I1, I2 and I4 of the execution are kept here.
 */
export class RunningStates implements ExecutionPort {
  readonly identity: ExecutionIdentity;
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  readonly random: () => number;
  readonly frames = new FrameSet();
  readonly history: HistoryLog;
  readonly inbox = new Inbox((action) => this.#perform(action));
  readonly #sink: ExecutionSink;
  readonly #newToken: (frameId: number) => string;
  readonly #endedBy: () => ErrorOutput | undefined;
  readonly #onEnd: () => void;
  readonly #runLoop = new RunLoop({
    step: (frame) => this.#step(frame),
    has: (frame) => this.frames.has(frame),
    isOver: () => this.#end !== undefined || this.inbox.isClosed,
    onPause: () => this.#handOver(),
  });
  #end: ExecutionEnd | undefined;

  /** @param onEnd called once, before the end is given to the sink. */
  constructor(options: ExecutionOptions, onEnd: () => void) {
    this.identity = options.identity;
    this.clock = options.clock;
    this.tasks = options.tasks;
    this.random = options.random ?? Math.random;
    this.#sink = options.sink;
    this.#newToken = options.newToken;
    this.#endedBy = options.endedBy ?? (() => undefined);
    this.#onEnd = onEnd;
    this.history = new HistoryLog(options.clock);
  }

  get end(): ExecutionEnd | undefined {
    return this.#end;
  }

  newToken(frame: Frame): string {
    return this.#newToken(frame.id);
  }

  scope(frame: Frame, more?: Pick<StatesVariable, 'result' | 'errorOutput'>, mapItem?: Json): Scope {
    return buildScope(this, frame, more, mapItem);
  }

  addFrame(place: FramePlace, input: { value: Json; text: string }, previousEventId: number): Frame {
    const frame = this.frames.add(place, input, previousEventId);
    this.makeRunnable(frame, 'enter');
    return frame;
  }

  removeChildren(frame: Frame): void {
    this.frames.removeBelow(frame, (child) => this.quieten(child));
  }

  makeRunnable(frame: Frame, kind: 'enter' | 'run'): void {
    this.setPhase(frame, { kind });
    this.#runLoop.add(frame);
  }

  setPhase(frame: Frame, phase: Phase): void {
    this.quieten(frame);
    frame.phase = phase;
    this.frames.touch(frame);
  }

  touch(frame: Frame): void {
    this.frames.touch(frame);
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
      void this.inbox.post(() => (frame.serial === serial ? action() : undefined));
    };
    const timer = this.clock.at(dueAtMs, fire);
    frame.timer = { dueAtMs, fire, cancel: () => timer.cancel() };
  }

  postAnswer(frame: Frame, serial: number, outcome: TaskOutcome): void {
    void this.inbox.post(() => (frame.serial === serial ? answerTask(this, frame, outcome) : undefined));
  }

  record(frame: Frame, type: string, details?: EventDetails): number {
    frame.previousEventId = this.recordRoot(type, details, frame.previousEventId);
    return frame.previousEventId;
  }

  recordRoot(type: string, details?: EventDetails, previousEventId = 0): number {
    return this.history.append(type, details, previousEventId);
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
    this.history.appendEnd(eventType, details, this.history.lastEventId);
    this.#end = end;
    this.#runLoop.clear();
    this.#onEnd();
    for (const frame of this.frames.all()) this.quieten(frame);
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
    void this.inbox.post(() => this.attempt(frame, action));
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
    if (this.inbox.isClosed) return;
    this.#sink({
      events: this.history.takeEvents(),
      ...this.frames.takeChanges(this.#end?.status === 'SUCCEEDED'),
      end: this.#end,
    });
  }
}
