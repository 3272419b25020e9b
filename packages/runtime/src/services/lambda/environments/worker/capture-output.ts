import { format } from 'node:util';
import { isError } from './error-shape.ts';
import type { EnvironmentBirth } from './protocol.ts';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const LEVEL_OF_METHOD = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };

/**
 * Sends everything written to stdout and stderr to `emit`, at once and on the channel that results take, so that a
 * line is never lost to a timeout and never arrives after its invocation. Consoles made by libraries write through
 * the same streams.
 */
export function captureStreams(emit: (text: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.write = writer(emit);
}

function writer(emit: (text: string) => void): typeof process.stdout.write {
  return (chunk: string | Uint8Array, encodingOrDone?: unknown, done?: (error?: Error | null) => void): boolean => {
    emit(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const callback = typeof encodingOrDone === 'function' ? (encodingOrDone as () => void) : done;
    if (callback) process.nextTick(callback);
    return true;
  };
}

/** Gives `console` Lambda's line formats: tab separated text, or one JSON object a line. */
export function patchConsole(birth: EnvironmentBirth, currentRequestId: () => string | undefined): void {
  const line = birth.logFormat === 'JSON' ? jsonLine : textLine;
  const lowest = birth.logFormat === 'JSON' ? LEVELS.indexOf(birth.applicationLogLevel) : 0;
  for (const [method, level] of Object.entries(LEVEL_OF_METHOD)) {
    const enabled = LEVELS.indexOf(level) >= lowest;
    console[method as keyof typeof LEVEL_OF_METHOD] = (...values: unknown[]): void => {
      if (enabled) process.stdout.write(`${line(level, currentRequestId(), values)}\n`);
    };
  }
}

function textLine(level: string, requestId: string | undefined, values: readonly unknown[]): string {
  return `${new Date().toISOString()}\t${requestId ?? 'undefined'}\t${level}\t${format(...values)}`;
}

function jsonLine(level: string, requestId: string | undefined, values: readonly unknown[]): string {
  const head = { timestamp: new Date().toISOString(), level, requestId };
  const error = values.find(isError);
  if (values.length > 1 || error) {
    return JSON.stringify({ ...head, message: format(...values), ...(error && errorFields(error)) });
  }
  try {
    return JSON.stringify({ ...head, message: values[0] });
  } catch (unserialisable) {
    return JSON.stringify({ ...head, message: format(values[0]), errorType: String(unserialisable) });
  }
}

function errorFields(error: Error): object {
  return { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split('\n') ?? [] };
}
