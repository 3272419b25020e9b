import { types } from 'node:util';

/** Errors as Lambda's Node.js runtime shapes them (aws-lambda-nodejs-runtime-interface-client, `utils/error.ts`). */
export interface ErrorShape {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Anything thrown; `errorType` is the error's `name`, which Step Functions matches in Retry and Catch. */
export function errorShape(thrown: unknown): ErrorShape {
  if (!isError(thrown)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

/** An error of the runtime itself, e.g. `Runtime.HandlerNotFound`. */
export function runtimeError(name: string, message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.name = name;
  return error;
}

/** Errors of another realm (a vm context, a bundled polyfill) are no `instanceof Error` here. */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}
