import { AsyncLocalStorage } from 'node:async_hooks';
import { AwsError, type InvocationResult } from '@order-workflow/runtime/services/shared';
import type { Injector, InvokeMode } from './faults.ts';
import type { Handler, ShopFunction } from './shop-functions.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long a function that is down stays down. */
export const DOWN_MS = 5 * 60_000;
/** When a repeated invocation comes again: all of the order's own work is done by then. */
const REPEATED_AFTER_MS = 30_000;

/** One run of a handler. A dead one's calls lead nowhere: its process is gone. */
export class Invocation {
  readonly functionName: string;
  readonly #died = Promise.withResolvers<InvocationResult>();
  isDead = false;

  constructor(functionName: string) {
    this.functionName = functionName;
  }

  /** Resolves with what the caller learns when the process dies under the handler. */
  get died(): Promise<InvocationResult> {
    return this.#died.promise;
  }

  die(errorType: string): void {
    this.isDead = true;
    this.#died.resolve(failure(errorType, `The process of ${this.functionName} ended`));
  }
}

const current = new AsyncLocalStorage<Invocation | undefined>();

/** The invocation whose handler runs; undefined in everything that is no function. */
export function currentInvocation(): Invocation | undefined {
  return current.getStore();
}

/** Runs what stands for another process: nothing in it belongs to the calling function. */
export function outsideFunctions<Result>(work: () => Result): Result {
  return current.run(undefined, work);
}

/** Runs the shop's handlers in this process, as Lambda would: with a context, a deadline, and deaths. */
export class FunctionHost {
  readonly #time: VirtualTime;
  readonly #functions: ReadonlyMap<string, ShopFunction>;
  readonly #jobs: readonly string[];
  readonly #downUntilMs = new Map<string, number>();
  readonly injector: Injector;
  /** Runs every invocation as often as it says. */
  copies: () => number = () => 1;
  /** Runs of functions other than the jobs of every minute. */
  workRuns = 0;

  /** @param jobs run by the clock, whether there is anything to do or not. */
  constructor(options: {
    readonly time: VirtualTime;
    readonly injector: Injector;
    readonly functions: ReadonlyMap<string, ShopFunction>;
    readonly jobs: readonly string[];
  }) {
    this.#time = options.time;
    this.injector = options.injector;
    this.#functions = options.functions;
    this.#jobs = options.jobs;
  }

  /** @param functionName name or ARN. @throws AwsError for what Lambda itself refuses. */
  async invoke(functionName: string, payload: string): Promise<InvocationResult> {
    const invoked = this.functionOf(functionName);
    const { name } = invoked;
    const mode = this.injector.pass('invoke', name) as InvokeMode | undefined;
    if (this.#time.nowMs() < (this.#downUntilMs.get(name) ?? 0)) throw refusal();
    return mode === undefined ? this.#runCopies(invoked, payload) : this.#misbehave(mode, invoked, payload);
  }

  /** @param reference name or ARN. @throws AwsError when there is no such function. */
  functionOf(reference: string): ShopFunction {
    const invoked = this.#functions.get(reference.split(':').at(-1) ?? '');
    if (invoked === undefined) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
    }
    return invoked;
  }

  async #misbehave(mode: InvokeMode, invoked: ShopFunction, payload: string): Promise<InvocationResult> {
    const { name, timeoutMs } = invoked;
    switch (mode) {
      case 'downForMinutes':
        this.#downUntilMs.set(name, this.#time.nowMs() + DOWN_MS);
        throw refusal();
      case 'throttled':
        throw refusal();
      case 'serviceError':
        throw new AwsError('ServiceException', 'Injected', 500);
      case 'crashBefore':
        return failure('Runtime.ExitError', 'Injected');
      case 'crashAfter':
        await this.#run(invoked, payload);
        return failure('Runtime.ExitError', 'Injected');
      case 'timeoutWithoutEffect':
        await this.#sleep(timeoutMs);
        return failure('Sandbox.Timedout', 'Injected');
      case 'timeoutWithEffect':
        await this.#run(invoked, payload);
        await this.#sleep(timeoutMs);
        return failure('Sandbox.Timedout', 'Injected');
      case 'permanentError':
        return failure('TypeError', 'Injected');
      case 'duplicated': {
        const [first] = await Promise.all([this.#run(invoked, payload), this.#run(invoked, payload)]);
        return first;
      }
      case 'repeatedLater':
        this.#time.at(this.#time.nowMs() + REPEATED_AFTER_MS, () => void this.#run(invoked, payload));
        return this.#run(invoked, payload);
      case 'malformedAnswer':
        return { ...(await this.#run(invoked, payload)), payload: '"<html>502</html>"' };
      case 'oversizedAnswer':
        return oversized(await this.#run(invoked, payload));
    }
  }

  async #runCopies(invoked: ShopFunction, payload: string): Promise<InvocationResult> {
    const copies = Array.from({ length: this.copies() }, () => this.#run(invoked, payload));
    const results = await Promise.all(copies);
    return results[0]!;
  }

  async #run({ name, timeoutMs, handler }: ShopFunction, payload: string): Promise<InvocationResult> {
    if (!this.#jobs.includes(name)) this.workRuns += 1;
    const invocation = new Invocation(name);
    const deadlineMs = this.#time.nowMs() + timeoutMs;
    const timer = this.#time.at(deadlineMs, () => invocation.die('Sandbox.Timedout'));
    const context = contextOf(name, () => deadlineMs - this.#time.nowMs());
    const answer = current.run(invocation, async () => answerOf(handler, JSON.parse(payload), context));
    const result = await Promise.race([answer, invocation.died]);
    timer.cancel();
    return result;
  }

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#time.at(this.#time.nowMs() + durationMs, resolve));
  }
}

async function answerOf(handler: Handler, event: unknown, context: unknown): Promise<InvocationResult> {
  try {
    return { payload: JSON.stringify((await handler(event, context)) ?? null) };
  } catch (error) {
    const { name, message } = error as Error;
    return failure(name, message);
  }
}

function failure(errorType: string, errorMessage: string): InvocationResult {
  return { payload: JSON.stringify({ errorType, errorMessage, trace: [] }), functionError: 'Unhandled' };
}

function refusal(): AwsError {
  return new AwsError('TooManyRequestsException', 'Injected', 429);
}

function contextOf(functionName: string, remainingMs: () => number) {
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'stream-1',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** More than a state's output may be. What it says stays as it is: an answer that denies its failures is not large, but a lie. */
function oversized(result: InvocationResult): InvocationResult {
  const answer = JSON.parse(result.payload) as object | null;
  return { ...result, payload: JSON.stringify({ ...answer, padding: 'x'.repeat(300_000) }) };
}
