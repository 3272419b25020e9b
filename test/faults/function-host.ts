import { AsyncLocalStorage } from 'node:async_hooks';
import { AwsError, type InvocationResult } from '@order-workflow/runtime/services/shared';
import type { Injector, InvokeMode } from './faults.ts';
import { FUNCTIONS, type FunctionName, type Handler } from './shop-functions.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long a function that is down stays down. */
const DOWN_MS = 5 * 60_000;
/** When a repeated invocation comes again: all of the order's own work is done by then. */
const REPEATED_AFTER_MS = 30_000;

/** They run by the clock, whether there is anything to do or not. */
const JOBS: readonly FunctionName[] = ['poll-payments', 'sweep-outbox'];

/** One run of a handler. A dead one's calls lead nowhere: its process is gone. */
export class Invocation {
  readonly functionName: FunctionName;
  readonly #died = Promise.withResolvers<InvocationResult>();
  isDead = false;

  constructor(functionName: FunctionName) {
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
  readonly #downUntilMs = new Map<FunctionName, number>();
  injector: Injector;
  /** Runs every invocation as often as it says. */
  copies: () => number = () => 1;
  /** Runs of functions other than the jobs of every minute. */
  workRuns = 0;

  constructor(time: VirtualTime, injector: Injector) {
    this.#time = time;
    this.injector = injector;
  }

  /** @param functionName name or ARN. @throws AwsError for what Lambda itself refuses. */
  async invoke(functionName: string, payload: string): Promise<InvocationResult> {
    const name = nameOf(functionName);
    const mode = this.injector.pass('invoke', name) as InvokeMode | undefined;
    if (this.#time.nowMs() < (this.#downUntilMs.get(name) ?? 0)) throw refusal();
    return mode === undefined ? this.#runCopies(name, payload) : this.#misbehave(mode, name, payload);
  }

  async #misbehave(mode: InvokeMode, name: FunctionName, payload: string): Promise<InvocationResult> {
    const { timeoutMs } = FUNCTIONS[name];
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
        await this.#run(name, payload);
        return failure('Runtime.ExitError', 'Injected');
      case 'timeoutWithoutEffect':
        await this.#sleep(timeoutMs);
        return failure('Sandbox.Timedout', 'Injected');
      case 'timeoutWithEffect':
        await this.#run(name, payload);
        await this.#sleep(timeoutMs);
        return failure('Sandbox.Timedout', 'Injected');
      case 'permanentError':
        return failure('TypeError', 'Injected');
      case 'duplicated': {
        const [first] = await Promise.all([this.#run(name, payload), this.#run(name, payload)]);
        return first;
      }
      case 'repeatedLater':
        this.#time.at(this.#time.nowMs() + REPEATED_AFTER_MS, () => void this.#run(name, payload));
        return this.#run(name, payload);
      case 'malformedAnswer':
        return { ...(await this.#run(name, payload)), payload: '"<html>502</html>"' };
      case 'oversizedAnswer':
        return oversized(await this.#run(name, payload));
    }
  }

  async #runCopies(name: FunctionName, payload: string): Promise<InvocationResult> {
    const copies = Array.from({ length: this.copies() }, () => this.#run(name, payload));
    const results = await Promise.all(copies);
    return results[0]!;
  }

  async #run(name: FunctionName, payload: string): Promise<InvocationResult> {
    if (!JOBS.includes(name)) this.workRuns += 1;
    const { timeoutMs, load } = FUNCTIONS[name];
    const handler = await load();
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

function nameOf(reference: string): FunctionName {
  const name = reference.split(':').at(-1) ?? '';
  if (!(name in FUNCTIONS)) throw new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
  return name as FunctionName;
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
