import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { StackIdentity } from '../../../assembly/resource-type.ts';
import type { SourceLocations } from '../../../source-maps/source-locations.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import type { InvocationCaller, InvocationResult } from '../../shared/ports/functions.ts';
import type { LogSink } from '../../shared/ports/logs.ts';
import type { EnvironmentFleet, EnvironmentLimits } from '../environments/environment-fleet.ts';
import { EnvironmentPool } from '../environments/environment-pool.ts';
import { ExecutionEnvironment, type InvocationOutcome } from '../environments/execution-environment.ts';
import { functionEnvironmentVariables, logStreamName } from '../environments/function-environment-variables.ts';
import type { FunctionMetrics } from '../function-metrics.ts';
import { LATEST, supportsCallbacks, type FunctionSettings } from '../function-settings.ts';
import type { InvocationGate } from './invocation-gate.ts';
import { InvocationLog } from './invocation-log.ts';
import { OutputLines } from './output-lines.ts';
import { newTraceId } from './trace-id.ts';

export interface RunnerContext {
  readonly clock: Clock;
  readonly hostClock: Clock;
  readonly stack: StackIdentity;
  readonly logs: LogSink;
  readonly limits: EnvironmentLimits;
  readonly fleet: EnvironmentFleet;
  readonly gate: InvocationGate;
  /** Variables of every function, e.g. AWS_ENDPOINT_URL. */
  readonly variables: Readonly<Record<string, string>>;
  readonly compileCacheFolder?: string;
  readonly metrics: FunctionMetrics;
  /** Has stacks name the sources of bundled code. */
  readonly sources: SourceLocations;
}

export interface InvokeOptions extends InvocationCaller {
  readonly requestId?: string;
  /** With the qualifier that the caller used. */
  readonly invokedFunctionArn?: string;
  readonly traceId?: string | undefined;
  /** JSON text. */
  readonly clientContext?: string | undefined;
  /** Gets the log lines of this invocation. */
  readonly tail?: string[];
}

/** Lambda gives the start of an environment 10 s, and then once more the function's own timeout. */
const INIT_TIMEOUT_MS = 10_000;

const MAX_RESULT_BYTES = 6_291_556;

/** One function: its environments, its concurrency, its log. */
export class FunctionRunner {
  readonly settings: FunctionSettings;
  readonly #context: RunnerContext;
  readonly #pool: EnvironmentPool;
  readonly #log: InvocationLog;
  /** As the template says, until PutFunctionConcurrency or DeleteFunctionConcurrency says otherwise. */
  reservedConcurrency: number | undefined;
  /** Logs of running invocations whose callers asked for them, by request id. */
  readonly #tails = new Map<string, string[]>();
  #concurrency = 0;
  #isRetired = false;

  constructor(settings: FunctionSettings, context: RunnerContext) {
    this.settings = settings;
    this.reservedConcurrency = settings.reservedConcurrency;
    this.#context = context;
    this.#log = new InvocationLog(settings, context.logs, context.clock);
    this.#pool = new EnvironmentPool({
      hostClock: context.hostClock,
      maxEnvironments: Math.min(context.limits.perFunction, settings.reservedConcurrency ?? Infinity),
      startEnvironment: (onEnd) => this.#startEnvironment(onEnd),
      makeRoom: () => context.fleet.makeRoomFor(this.#pool),
      onIdle: () => context.fleet.noteIdle(),
    });
    context.fleet.add(this.#pool);
  }

  /** Invocations that run or wait. */
  get concurrency(): number {
    return this.#concurrency;
  }

  warm(): Promise<void> {
    return this.#pool.warm();
  }

  async dispose(): Promise<void> {
    this.#context.fleet.remove(this.#pool);
    await this.#pool.stop();
  }

  /** Ends when its last invocation has: to be called when no more come. */
  retire(): void {
    this.#isRetired = true;
    if (this.#concurrency === 0) void this.dispose();
  }

  /** @throws AwsError TooManyRequestsException when the reserved concurrency is in use. */
  invoke(payload: string, options: InvokeOptions = {}): Promise<InvocationResult> {
    if (this.#concurrency >= (this.reservedConcurrency ?? Infinity)) {
      this.#context.metrics.count(this.settings.functionName, 'Throttles');
      return Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429));
    }
    this.#concurrency += 1;
    const requestId = options.requestId ?? randomUUID();
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    let startedAtMs = 0;
    let hasStarted = false;
    let isWaiting = false;
    const request = {
      requestId,
      payload,
      invokedFunctionArn: options.invokedFunctionArn ?? this.settings.functionArn,
      timeoutMs: this.settings.timeoutMs,
      traceId: options.traceId ?? newTraceId(this.#context.clock.nowMs()),
      ...(options.clientContext !== undefined && { clientContext: options.clientContext }),
    };
    const onStart = (): void => {
      startedAtMs = performance.now();
      if (isWaiting) options.line?.left();
      hasStarted = true;
      if (options.tail) this.#tails.set(requestId, options.tail);
      this.#tailed(requestId, this.#log.started(requestId));
    };
    this.#context.gate.enter(options.isInteractive === true ? 'interactive' : 'background', (leave) => {
      const onEnd = (ended: InvocationOutcome, initDurationMs: number | undefined): void => {
        // Before the next one begins, whose start is not this one's time.
        const durationMs = performance.now() - startedAtMs;
        leave();
        resolve(this.#ended(requestId, withinSizeLimit(ended), { durationMs, initDurationMs }));
      };
      this.#pool.invoke({ request, onStart, onEnd });
    });
    isWaiting = !hasStarted;
    if (isWaiting) options.line?.joined();
    return promise;
  }

  #ended(
    requestId: string,
    outcome: InvocationOutcome,
    { durationMs, initDurationMs }: { durationMs: number; initDurationMs: number | undefined },
  ): InvocationResult {
    const { metrics } = this.#context;
    const { functionName } = this.settings;
    this.#concurrency -= 1;
    if (this.#isRetired && this.#concurrency === 0) void this.dispose();
    metrics.count(functionName, 'Invocations');
    metrics.count(functionName, 'Errors', Number(outcome.failed));
    metrics.milliseconds(functionName, 'Duration', durationMs);
    if (outcome.status === 'timeout' || outcome.status === 'failure') this.#print(failureLine(outcome), requestId);
    this.#tailed(requestId, this.#log.ended({ requestId, outcome, durationMs, initDurationMs }));
    this.#tails.delete(requestId);
    if (!outcome.failed) return { payload: outcome.payload };
    return { payload: this.#context.sources.map(outcome.payload), functionError: 'Unhandled' };
  }

  #startEnvironment(onEnd: () => void): ExecutionEnvironment {
    const { clock, hostClock, stack, variables, compileCacheFolder } = this.#context;
    const { settings } = this;
    const lines = new OutputLines((text, requestId) => this.#print(text, requestId));
    return new ExecutionEnvironment({
      clock,
      hostClock,
      initTimeoutMs: INIT_TIMEOUT_MS + settings.timeoutMs,
      variables: functionEnvironmentVariables(settings, stack, variables),
      birth: {
        handler: settings.handler,
        taskRoot: settings.codeFolder,
        supportsCallbacks: supportsCallbacks(settings.runtime),
        functionName: settings.functionName,
        functionVersion: LATEST,
        memorySizeMb: settings.memorySizeMb,
        logGroup: settings.logging.logGroup,
        logStream: logStreamName(settings),
        logFormat: settings.logging.format,
        applicationLogLevel: settings.logging.applicationLogLevel,
        ...(compileCacheFolder !== undefined && { compileCacheFolder }),
      },
      onOutput: (text, requestId) => lines.write(text, requestId),
      onEnd: () => {
        lines.end();
        onEnd();
      },
    });
  }

  #print(written: string, requestId: string): void {
    const text = this.#context.sources.map(written);
    this.#log.append(text);
    this.#tailed(requestId, [text]);
  }

  #tailed(requestId: string, lines: readonly string[]): void {
    this.#tails.get(requestId)?.push(...lines);
  }
}

function withinSizeLimit(outcome: InvocationOutcome): InvocationOutcome {
  // UTF-8 needs at most three bytes a UTF-16 unit: short results are not measured.
  if (outcome.failed || outcome.payload.length * 3 <= MAX_RESULT_BYTES) return outcome;
  if (Buffer.byteLength(outcome.payload) <= MAX_RESULT_BYTES) return outcome;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESULT_BYTES} bytes).`;
  const payload = JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  return { ...outcome, payload, failed: true, status: 'error' };
}

function failureLine(outcome: InvocationOutcome): string {
  return (JSON.parse(outcome.payload) as { errorMessage: string }).errorMessage;
}
