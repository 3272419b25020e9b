import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Runtime } from '@order-workflow/runtime';
import type { ObservedCall } from './counting-proxy.ts';
import { FunctionCalls, INVOCATION, type FunctionCall } from './function-calls.ts';
import { NO_USAGE, type Usage, type UsageDetails, type UsageName } from './usage.ts';

/** CloudWatch adds this to each log event when it bills the ingestion. */
const LOG_EVENT_OVERHEAD_BYTES = 26;
/** The runtime notes there whom an alarm rings at. On AWS it is a mail, and in no log. */
const NOTES_OF_TOPICS = 'sns/';
const EVENT_CHUNK_BYTES = 64 * 1024;
const QUIET_MS = 500;
/** Where a stack trace says that code lies: the name of this machine's folder is as long as it happens to be. */
const CODE_FOLDER = /file:\/\/[^\s"]*?\/asset\.[0-9a-f]{64}\//gu;

const LogLine = z
  .object({ level: z.string(), message: z.string(), type: z.string(), errorType: z.string(), _aws: z.unknown() })
  .partial();

/** Functions that answer HTTP requests: each of their invocations was a request to the HTTP API. */
const BEHIND_HTTP_API = /Webhook|Serve/;

/**
 * Counts what a running system uses, at its ports: calls of functions (through the proxy), invocations, log lines,
 * messages. Nothing of it is estimated, except that our durations are not AWS's.
 */
export class UsageMeter {
  readonly #memoryMb = new Map<string, number>();
  #usage: { -readonly [Name in UsageName]: number } = { ...NO_USAGE };
  #details: UsageDetails = {};
  #calls = new FunctionCalls();
  #lastChangeMs = Date.now();
  #quietMs = QUIET_MS;

  /** Puts itself between the runtime's services. @param memoryMb of each function, by its name. */
  attach({ services }: Runtime, memoryMb: ReadonlyMap<string, number>): void {
    for (const [name, megabytes] of memoryMb) this.#memoryMb.set(name, megabytes);
    const { lambda, logs, cloudWatch, sqs } = services;
    const windowsSeconds = lambda.mappings.all().map(({ settings }) => settings.batchingWindowSeconds);
    this.#quietMs = QUIET_MS + 1000 * Math.max(0, ...windowsSeconds);

    const record = cloudWatch.record.bind(cloudWatch);
    cloudWatch.record = (sample) => {
      if (sample.namespace === 'AWS/Lambda' && sample.name === 'Duration') {
        this.#countInvocation(sample.dimensions['FunctionName'] ?? '', sample.value);
      }
      record(sample);
    };

    const append = logs.append.bind(logs);
    logs.append = (logGroup, line, atMs) => {
      append(logGroup, line, atMs);
      if (logGroup.startsWith(NOTES_OF_TOPICS)) return;
      const onAws = line.replaceAll(CODE_FOLDER, 'file:///var/task/');
      this.#add('logBytes', Buffer.byteLength(onAws) + LOG_EVENT_OVERHEAD_BYTES, describeLine(logGroup, line));
    };

    const enqueue = sqs.enqueue.bind(sqs);
    sqs.enqueue = (...message) => {
      this.#add('sqsRequests', 1, 'sqs send');
      enqueue(...message);
    };
    const send = sqs.send.bind(sqs);
    sqs.send = (...message) => {
      this.#add('sqsRequests', 1, 'sqs send');
      return send(...message);
    };
    const receive = sqs.receive.bind(sqs);
    sqs.receive = async (...request) => {
      const messages = await receive(...request);
      if (messages.length > 0) this.#add('sqsRequests', 1, 'sqs receive');
      return messages;
    };
    const remove = sqs.delete.bind(sqs);
    sqs.delete = (...request) => {
      this.#add('sqsRequests', 1, 'sqs delete');
      return remove(...request);
    };
  }

  /** For the proxy. */
  readonly countCall = ({ caller, operation, request, capacity }: ObservedCall): void => {
    this.#calls.count(caller, operation, capacity);
    this.#add('sdkCalls', 1, `${caller} ${operation}`);
    for (const { table, read, write } of capacity) {
      this.#add('dynamoDbReadUnits', read, `${operation} ${table}`);
      this.#add('dynamoDbWriteUnits', write, `${operation} ${table}`);
    }
    if (operation === 'AWSEvents.PutEvents') this.countEvents((request as { Entries: readonly EventEntry[] }).Entries);
    if (operation.startsWith('secretsmanager.')) this.#add('secretReads', 1, operation);
  };

  countEvents(entries: readonly EventEntry[]): void {
    for (const entry of entries) {
      const bytes = Buffer.byteLength(`${entry.Source}${entry.DetailType}${entry.Detail}`);
      this.#add('eventBridgeEvents', Math.max(1, Math.ceil(bytes / EVENT_CHUNK_BYTES)), `event ${entry.DetailType}`);
    }
  }

  add(name: UsageName, amount: number): void {
    this.#add(name, amount, name);
  }

  reset(): void {
    this.#usage = { ...NO_USAGE };
    this.#details = {};
    this.#calls = new FunctionCalls();
  }

  get usage(): Usage {
    return { ...this.#usage };
  }

  /** What the figures are made of. */
  get details(): UsageDetails {
    return structuredClone(this.#details);
  }

  /** Who called what. */
  get calls(): readonly FunctionCall[] {
    return this.#calls.all();
  }

  /** Resolves when nothing was counted for so long that nothing waits for its batch to fill: an order has its aftermath. */
  async quiet(): Promise<void> {
    while (Date.now() - this.#lastChangeMs < this.#quietMs) await delay(50);
  }

  #countInvocation(functionName: string, durationMs: number): void {
    const memoryMb = this.#memoryMb.get(functionName);
    if (memoryMb === undefined) throw new Error(`The template has no function ${functionName}`);
    this.#add('lambdaInvocations', 1, `invoke ${functionName}`);
    this.#calls.count(functionName.replace(/^.*-/, ''), INVOCATION, []);
    // Lambda bills whole milliseconds, at least one.
    this.#add('lambdaGbMs', (memoryMb / 1024) * Math.max(1, Math.ceil(durationMs)), `GB-ms ${functionName}`);
    if (BEHIND_HTTP_API.test(functionName)) this.#add('httpApiRequests', 1, `http ${functionName}`);
  }

  #add(name: UsageName, amount: number, detail: string): void {
    if (amount === 0) return;
    this.#usage[name] += amount;
    const details = (this.#details[name] ??= new Map());
    details.set(detail, (details.get(detail) ?? 0) + amount);
    this.#lastChangeMs = Date.now();
  }
}

/** Which line of which function: what it says without its ids, so that a line that is new can be told by name. */
function describeLine(logGroup: string, line: string): string {
  const parsed = LogLine.safeParse(jsonOf(line));
  const { level, message, type, errorType, _aws: metrics } = parsed.success ? parsed.data : {};
  const what = metrics === undefined ? (errorType ?? message ?? type) : 'metrics';
  return [logGroup, level, what].filter((part) => part !== undefined).join(' ');
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a line of text
    throw error;
  }
}

interface EventEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
}
