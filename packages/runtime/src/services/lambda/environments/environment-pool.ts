import type { Clock, Timer } from '@order-workflow/states-language/clock';
import type { ExecutionEnvironment, InvocationOutcome } from './execution-environment.ts';
import type { InvocationRequest } from './worker/protocol.ts';

export interface PoolOptions {
  readonly hostClock: Clock;
  /** Most environments of this function at a time; further invocations wait in line. */
  readonly maxEnvironments: number;
  readonly startEnvironment: (onEnd: () => void) => ExecutionEnvironment;
  /** Whether the fleet has room for one more; may end an idle environment of another function. */
  readonly makeRoom: () => boolean;
  /** An environment has become idle: time to think of reaping. */
  readonly onIdle: () => void;
}

export interface PoolInvocation {
  readonly request: InvocationRequest;
  /** Called when the invocation leaves the line and its environment begins. */
  readonly onStart: () => void;
  readonly onEnd: (outcome: InvocationOutcome, initDurationMs: number | undefined) => void;
}

interface IdleEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly sinceMs: number;
}

/** A started environment costs some 60 ms of one core: a short line is served sooner by the environments there are. */
const SCALE_OUT_AFTER_MS = 20;

/**
 * The environments of one function and the invocations that wait for them.
 *
 * E1  First in, first out; an environment runs one invocation at a time and the one used last is reused first.
 * E2  A failed start answers the invocation that has waited longest, as Lambda does; the others try again.
 */
export class EnvironmentPool {
  /** Environments kept however long they are idle. */
  keep = 0;
  readonly #options: PoolOptions;
  readonly #idle: IdleEnvironment[] = [];
  readonly #waiting: PoolInvocation[] = [];
  readonly #alive = new Set<ExecutionEnvironment>();
  #starting = 0;
  #scaleOut: Timer | undefined;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#alive.size;
  }

  /** When the environment that has been idle longest became idle. */
  get idleSinceMs(): number | undefined {
    return this.#idle.length > this.keep ? this.#idle[0]?.sinceMs : undefined;
  }

  invoke(invocation: PoolInvocation): void {
    const environment = this.#takeIdle();
    if (environment) return this.#run(environment, invocation, undefined);
    this.#waiting.push(invocation);
    if (this.#alive.size === 0) void this.#start();
    else this.#considerScaleOut();
  }

  /** Starts an environment ahead of the first invocation; resolves when it is loaded or has failed to. */
  async warm(): Promise<void> {
    this.keep = 1;
    if (this.#alive.size === 0) await this.#start();
  }

  /** Ends the environment that has been idle longest, unless it is kept. */
  reapOne(): boolean {
    if (this.#idle.length <= this.keep) return false;
    void this.#idle.shift()?.environment.terminate();
    return true;
  }

  /** Ends every environment. Invocations that run or wait are never answered, as after a kill. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#scaleOut?.cancel();
    await Promise.all([...this.#alive].map((environment) => environment.terminate()));
  }

  #takeIdle(): ExecutionEnvironment | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.environment.usable) return idle.environment;
    }
    return undefined;
  }

  async #start(): Promise<void> {
    const { hostClock, makeRoom, startEnvironment } = this.#options;
    if (this.#stopped || this.#alive.size >= this.#options.maxEnvironments || !makeRoom()) return;
    const startedAtMs = hostClock.nowMs();
    const environment = startEnvironment(() => this.#forget(environment));
    this.#alive.add(environment);
    this.#starting += 1;
    const failure = await environment.started;
    this.#starting -= 1;
    if (failure) this.#answerFailedStart(failure);
    else this.#release(environment, hostClock.nowMs() - startedAtMs);
  }

  #answerFailedStart(failure: InvocationOutcome): void {
    if (this.#stopped) return;
    const invocation = this.#waiting.shift();
    invocation?.onStart();
    invocation?.onEnd(failure, undefined);
    if (this.#waiting.length > 0) void this.#start();
  }

  #run(environment: ExecutionEnvironment, invocation: PoolInvocation, initDurationMs: number | undefined): void {
    invocation.onStart();
    void environment.invoke(invocation.request).then((outcome) => {
      if (this.#stopped) return;
      // The environment is free before the caller goes on: a caller that invokes again finds it idle.
      if (environment.usable) this.#release(environment, undefined);
      invocation.onEnd(outcome, initDurationMs);
    });
  }

  #release(environment: ExecutionEnvironment, initDurationMs: number | undefined): void {
    const next = this.#waiting.shift();
    if (next) return this.#run(environment, next, initDurationMs);
    this.#idle.push({ environment, sinceMs: this.#options.hostClock.nowMs() });
    this.#options.onIdle();
  }

  #forget(environment: ExecutionEnvironment): void {
    this.#alive.delete(environment);
    const index = this.#idle.findIndex((idle) => idle.environment === environment);
    if (index !== -1) this.#idle.splice(index, 1);
    if (this.#waiting.length > 0 && this.#starting === 0) void this.#start();
  }

  #considerScaleOut(): void {
    if (this.#scaleOut || this.#alive.size >= this.#options.maxEnvironments) return;
    const { hostClock } = this.#options;
    this.#scaleOut = hostClock.at(hostClock.nowMs() + SCALE_OUT_AFTER_MS, () => {
      this.#scaleOut = undefined;
      if (this.#waiting.length === 0) return;
      if (this.#starting === 0) void this.#start();
      this.#considerScaleOut();
    });
  }
}
