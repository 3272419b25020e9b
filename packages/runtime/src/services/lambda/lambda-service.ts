import { isDeepStrictEqual } from 'node:util';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import { systemClock, type Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { FunctionInvoker, InvocationCaller, InvocationResult } from '../shared/ports/functions.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import type { QueueConsumer } from '../shared/ports/queues.ts';
import type { StreamReader } from '../shared/ports/streams.ts';
import type { TargetSender } from '../shared/ports/targets.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import { AsyncInvocations } from './invocations/async-invocations.ts';
import { DEFAULT_ASYNC_SETTINGS, type AsyncSettings } from './invocations/async-settings.ts';
import { DEFAULT_LIMITS, EnvironmentFleet, type EnvironmentLimits } from './environments/environment-fleet.ts';
import { EventSourceMappings } from './mappings/event-source-mappings.ts';
import { FunctionCode } from './function-code.ts';
import type { DescribedFunction } from './function-configuration.ts';
import { FunctionMetrics } from './function-metrics.ts';
import { parseFunctionReference } from './function-reference.ts';
import { SourceLocations } from '../../source-maps/source-locations.ts';
import { FunctionVersions, type FunctionVersion } from './versions/function-versions.ts';
import { FunctionRunner, type InvokeOptions, type RunnerContext } from './invocations/function-runner.ts';
import { LATEST, type FunctionSettings } from './function-settings.ts';
import { InvocationGate } from './invocations/invocation-gate.ts';

export interface LambdaServiceOptions {
  readonly journal: Journal;
  /** Time of timeouts, retries and windows. */
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly queues: QueueConsumer;
  readonly streams: StreamReader;
  readonly destinations: TargetSender;
  readonly logs: LogSink;
  readonly metrics?: MetricSink;
  /** Environment variables of every function, e.g. AWS_ENDPOINT_URL. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly limits?: Partial<EnvironmentLimits>;
  /** A number in [0, 1), for aliases of two versions. */
  readonly random?: () => number;
  /** Time of the machine: how long environments start and idle. */
  readonly hostClock?: Clock;
  /** Where source maps of the functions' code lie, beside those that lie beside it. */
  readonly sourceMapsFolder?: string | undefined;
  /** Where the code of older versions is laid out. */
  readonly versionsFolder: string;
  /** Where V8 keeps compiled handlers between starts. */
  readonly compileCacheFolder?: string;
}

const STOP_GRACE_MS = 2000;

/**
 * AWS Lambda: functions in worker threads on their built assets.
 *
 * L1  An invocation runs alone in its environment; its timeout or crash ends the environment before the answer.
 * L2  Asynchronous events are accepted durably (async-invocations.ts); mappings resume from durable positions.
 * L3  Invocations that `stop` cuts off are never answered, as after a kill: whoever waits must be durable itself.
 */
export class LambdaService implements FunctionInvoker {
  readonly mappings: EventSourceMappings;
  readonly #context: RunnerContext;
  readonly #async: AsyncInvocations;
  readonly #functions = new Map<string, FunctionRunner>();
  /** By function and qualifier. */
  readonly #asyncSettings = new Map<string, AsyncSettings>();
  readonly versions: FunctionVersions;
  /** Runners of versions that are not the function as it is, by function and number. */
  readonly #olderVersions = new Map<string, FunctionRunner>();
  readonly #code = new FunctionCode();
  readonly #options: LambdaServiceOptions;

  constructor(options: LambdaServiceOptions) {
    this.#options = options;
    this.versions = new FunctionVersions(options.journal, options.versionsFolder, options.random);
    const hostClock = options.hostClock ?? systemClock;
    const metrics = new FunctionMetrics(options.metrics, options.clock);
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#context = {
      clock: options.clock,
      hostClock,
      stack: options.stack,
      logs: options.logs,
      limits,
      fleet: new EnvironmentFleet(limits, hostClock),
      gate: new InvocationGate(hostClock),
      variables: options.variables ?? {},
      metrics,
      sources: new SourceLocations(options.sourceMapsFolder === undefined ? [] : [options.sourceMapsFolder]),
      ...(options.compileCacheFolder !== undefined && { compileCacheFolder: options.compileCacheFolder }),
    };
    const onProblem = (functionName: string, problem: string): void => this.#logProblem(functionName, problem);
    this.#async = new AsyncInvocations({
      ...options,
      invoke: (reference, payload, requestId) => this.invokeWith(reference, payload, { requestId }),
      settingsOf: (functionName) => this.#asyncTarget(functionName),
      onProblem,
      metrics,
    });
    this.mappings = new EventSourceMappings({
      ...options,
      turn: () => this.#context.gate.turn(),
      invoke: (reference, payload, requestId) => this.invokeWith(reference, payload, { requestId }),
      defaultConcurrency: limits.perFunction,
      onProblem: (reference, problem) => onProblem(nameIn(reference), problem),
      onIteratorAge: (reference, ageMs) => metrics.milliseconds(nameIn(reference), 'IteratorAge', ageMs),
    });
  }

  /** Begins to take from queues, streams and the asynchronous queue; to be called when the functions are there. */
  start(): void {
    this.#async.start();
    this.mappings.start();
  }

  /** Takes no more, gives deliveries that are under way a moment to end, and ends every environment. */
  async stop(): Promise<void> {
    this.#async.stop();
    const { hostClock, fleet } = this.#context;
    const graceOver = Promise.withResolvers<void>();
    const timer = hostClock.at(hostClock.nowMs() + STOP_GRACE_MS, graceOver.resolve);
    await Promise.race([Promise.all([this.mappings.stop(), this.#async.settled()]), graceOver.promise]);
    timer.cancel();
    await fleet.stop();
    await this.#options.journal.flushed();
  }

  /** Brings a function up, replacing one of the same name whose invocations have ended. */
  async putFunction(settings: FunctionSettings): Promise<void> {
    const previous = this.#functions.get(settings.functionName);
    this.#functions.set(settings.functionName, new FunctionRunner(settings, this.#context));
    await previous?.dispose();
  }

  /**
   * Compares a running function with these settings and their code. @returns what puts the new one in its place, where
   * invocations that have come by then end on the old one; undefined when nothing is different.
   */
  prepareReplacement(settings: FunctionSettings): (() => void) | undefined {
    const { settings: before } = this.runner(settings.functionName);
    const { codeFolder: _before, ...setBefore } = before;
    const { codeFolder: _after, ...setAfter } = settings;
    const isSame = isDeepStrictEqual(setBefore, setAfter) && this.#code.isSame(before, settings, this.functions());
    return isSame ? undefined : () => this.#replaceFunction(settings);
  }

  /** For asynchronous events that name the same qualifier, or none. @throws AwsError ResourceNotFoundException. */
  putAsyncSettings(reference: string, settings: AsyncSettings): void {
    this.#asyncSettings.set(this.#asyncKey(reference, this.runner(reference)), settings);
  }

  functions(): FunctionSettings[] {
    return [...this.#functions.values()].map(({ settings }) => settings);
  }

  /** By name, partial or full ARN, with or without qualifier. */
  find(reference: string): FunctionRunner | undefined {
    return this.#target(reference)?.runner;
  }

  /** @throws AwsError ResourceNotFoundException. */
  runner(reference: string): FunctionRunner {
    const runner = this.find(reference);
    if (runner) return runner;
    const { region, accountId } = this.#context.stack;
    const arn = reference.startsWith('arn:')
      ? reference
      : `arn:aws:lambda:${region}:${accountId}:function:${reference}`;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  }

  /** @throws AwsError ResourceNotFoundException. */
  described(reference: string): DescribedFunction {
    const { settings, reservedConcurrency } = this.runner(reference);
    const version = this.#target(reference)?.version ?? LATEST;
    return { settings, reservedConcurrency, version, qualifier: parseFunctionReference(reference)?.qualifier };
  }

  /** Starts one environment of each function and keeps it, so that its first request finds it loaded. */
  async warm(functionNames: Iterable<string>): Promise<void> {
    // One after the other: they share the cores anyway, and the first ones are of use sooner.
    for (const functionName of functionNames) await this.runner(functionName).warm();
  }

  async invoke(functionName: string, payload: string, caller?: InvocationCaller): Promise<InvocationResult> {
    return this.invokeWith(functionName, payload, caller);
  }

  async invokeWith(reference: string, payload: string, options: InvokeOptions = {}): Promise<InvocationResult> {
    const target = this.#target(reference);
    const runner = target?.runner ?? this.runner(reference);
    const qualifier = parseFunctionReference(reference)?.qualifier;
    if (!target || qualifier === undefined) return runner.invoke(payload, options);
    const invokedFunctionArn = `${runner.settings.functionArn}:${qualifier}`;
    const result = await runner.invoke(payload, { ...options, invokedFunctionArn });
    return target.version === LATEST ? result : { ...result, executedVersion: target.version };
  }

  async invokeAsync(reference: string, payload: string, requestId?: string): Promise<void> {
    const { functionName } = this.runner(reference).settings;
    const qualifier = parseFunctionReference(reference)?.qualifier;
    await this.#async.accept(
      qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
      payload,
      requestId,
    );
  }

  /** Deletes a version, if it is there; what it runs ends first. @throws AwsError ResourceConflictException. */
  async deleteVersion(functionName: string, number: number): Promise<void> {
    await this.versions.delete(functionName, number);
    const key = `${functionName}:${number}`;
    this.#olderVersions.get(key)?.retire();
    this.#olderVersions.delete(key);
  }

  /** Resolves when no asynchronous event is being run. */
  settled(): Promise<void> {
    return this.#async.settled();
  }

  /** What a reference leads to now. @see FunctionVersions */
  #target(reference: string): { runner: FunctionRunner; version: string } | undefined {
    const parsed = parseFunctionReference(reference);
    const latest = parsed && this.#functions.get(parsed.functionName);
    if (!latest || !isOwner(parsed.owner, latest.settings.functionArn)) return undefined;
    const { functionName, qualifier = LATEST } = parsed;
    const version = this.versions.resolve(functionName, qualifier);
    if (version === LATEST) return { runner: latest, version };
    const found = /^\d+$/.test(version) ? this.versions.find(functionName, Number(version)) : undefined;
    if (!found) return undefined;
    const isLatest = this.versions.isTheFunction(functionName, found.number);
    return { runner: isLatest ? latest : this.#olderVersion(found), version };
  }

  #olderVersion(version: FunctionVersion): FunctionRunner {
    const { number, settings } = version;
    const key = `${settings.functionName}:${number}`;
    const runner = this.#olderVersions.get(key) ?? new FunctionRunner(this.versions.settingsOf(version), this.#context);
    this.#olderVersions.set(key, runner);
    return runner;
  }

  #replaceFunction(settings: FunctionSettings): void {
    const previous = this.#functions.get(settings.functionName);
    this.#functions.set(settings.functionName, new FunctionRunner(settings, this.#context));
    this.versions.compareAgain(settings);
    previous?.retire();
  }

  #asyncTarget(reference: string): { function: FunctionSettings; async: AsyncSettings } | undefined {
    const runner = this.find(reference);
    if (!runner) return undefined;
    const { settings } = runner;
    return {
      function: settings,
      async: this.#asyncSettings.get(this.#asyncKey(reference, runner)) ?? DEFAULT_ASYNC_SETTINGS,
    };
  }

  #asyncKey(reference: string, { settings }: FunctionRunner): string {
    return `${settings.functionName}:${parseFunctionReference(reference)?.qualifier ?? LATEST}`;
  }

  #logProblem(functionName: string, problem: string): void {
    const logGroup = this.#functions.get(functionName)?.settings.logging.logGroup ?? `/aws/lambda/${functionName}`;
    this.#options.logs.append(logGroup, problem, this.#options.clock.nowMs());
  }
}

/** Whether the account and region of a reference, as far as it says them, are those of the function. */
function isOwner(owner: string, functionArn: string): boolean {
  const [prefix = ''] = functionArn.split(':function:');
  return owner === '' || prefix === owner || prefix.endsWith(`:${owner}`);
}

function nameIn(reference: string): string {
  return parseFunctionReference(reference)?.functionName ?? reference;
}
