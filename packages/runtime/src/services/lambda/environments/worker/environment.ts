/**
 * Program of one execution environment: loads the handler once, then runs one invocation at a time.
 * It is started from its source with the types stripped (see worker-program.ts) and imports nothing of the runtime.
 */
import { chmodSync, readdirSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { captureStreams, patchConsole } from './capture-output.ts';
import { errorShape, runtimeError } from './error-shape.ts';
import { loadHandler, type Handler } from './load-handler.ts';
import type { EnvironmentBirth, EnvironmentMessage, InvocationRequest } from './protocol.ts';

const birth = workerData as EnvironmentBirth;
let current: InvocationRequest | undefined;

function send(message: EnvironmentMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort, not a window.
  parentPort?.postMessage(message);
}

captureStreams((text) => send({ kind: 'output', text }));
patchConsole(birth, () => current?.requestId);
if (birth.compileCacheFolder !== undefined) cacheCode(birth.compileCacheFolder);

process.on('uncaughtException', (error) => exitWith(error, 129));
process.on('unhandledRejection', (reason) =>
  exitWith(runtimeError('Runtime.UnhandledPromiseRejection', String(reason), reason), 128),
);

try {
  const handler = await loadHandler(birth);
  parentPort?.on('message', (request: InvocationRequest) => void run(handler, request));
  send({ kind: 'ready' });
  if (birth.compileCacheFolder !== undefined) flushCompileCache();
} catch (error) {
  console.error('Uncaught Exception', error);
  send({ kind: 'initFailed', payload: JSON.stringify(errorShape(error)) });
}

async function run(handler: Handler, request: InvocationRequest): Promise<void> {
  current = request;
  process.env['_X_AMZN_TRACE_ID'] = request.traceId;
  try {
    const result = await call(handler, JSON.parse(request.payload), contextOf(request));
    finish(request, serialise(result), false);
  } catch (error) {
    if (current === request) console.error('Invoke Error', error);
    finish(request, JSON.stringify(errorShape(error)), true);
  }
}

function call(handler: Handler, event: unknown, context: object): unknown {
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result?: unknown): void => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function serialise(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    throw runtimeError('Runtime.JSONStringifyError', 'Unable to stringify response body', error);
  }
}

/** An invocation ends once: what a forgotten promise does later belongs to no invocation. */
function finish(request: InvocationRequest, payload: string, failed: boolean, exiting = false): void {
  if (current !== request) return;
  current = undefined;
  send({ kind: 'finished', payload, failed, heapUsedBytes: getHeapStatistics().used_heap_size, exiting });
}

function exitWith(error: unknown, exitCode: number): void {
  console.error('Uncaught Exception', error);
  if (current) finish(current, JSON.stringify(errorShape(error)), true, true);
  process.exit(exitCode);
}

function contextOf(request: InvocationRequest): object {
  const endsAtMs = performance.now() + request.timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: birth.functionName,
    functionVersion: birth.functionVersion,
    invokedFunctionArn: request.invokedFunctionArn,
    memoryLimitInMB: String(birth.memorySizeMb),
    awsRequestId: request.requestId,
    logGroupName: birth.logGroup,
    logStreamName: birth.logStream,
    clientContext: request.clientContext === undefined ? undefined : JSON.parse(request.clientContext),
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(endsAtMs - performance.now())),
  };
}

/** Node makes a folder for its version in the cache, open to other users. */
function cacheCode(folder: string): void {
  enableCompileCache(folder);
  for (const version of readdirSync(folder)) chmodSync(join(folder, version), 0o700);
}
