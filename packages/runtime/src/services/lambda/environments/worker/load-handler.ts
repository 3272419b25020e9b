import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isError, runtimeError } from './error-shape.ts';
import type { EnvironmentBirth } from './protocol.ts';

export type Handler = (event: unknown, context: object, callback?: HandlerCallback) => unknown;
export type HandlerCallback = (error: unknown, result?: unknown) => void;

/** Lambda's order of trying. */
const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];

/**
 * Imports the file that `Handler` names and finds its export.
 * @throws Runtime.MalformedHandlerName, .ImportModuleError, .UserCodeSyntaxError, .HandlerNotFound,
 *   .CallbackHandlerDeprecated; what the module itself throws passes unchanged.
 */
export async function loadHandler(birth: EnvironmentBirth): Promise<Handler> {
  const { folder, file, exportPath } = parseHandler(birth.handler);
  const module = await importModule(resolve(birth.taskRoot, folder), file);
  const handler = findIn(module, exportPath) ?? findIn((module as { default?: unknown }).default, exportPath);
  if (handler === undefined) {
    throw runtimeError('Runtime.HandlerNotFound', `${birth.handler} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${birth.handler} is not a function`);
  }
  if (handler.length >= 3 && !birth.supportsCallbacks) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
  }
  return handler as Handler;
}

function parseHandler(handler: string): { folder: string; file: string; exportPath: string[] } {
  const slash = handler.lastIndexOf('/');
  const [file, ...exportPath] = handler.slice(slash + 1).split('.');
  if (!file || exportPath.length === 0 || handler.includes('..')) {
    throw runtimeError('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  }
  return { folder: handler.slice(0, slash + 1), file, exportPath };
}

async function importModule(folder: string, file: string): Promise<unknown> {
  const path = EXTENSIONS.map((extension) => join(folder, file + extension)).find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}' in ${folder}`);
  }
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError('Runtime.UserCodeSyntaxError', String(error), error);
    if (isMissingModule(error)) throw runtimeError('Runtime.ImportModuleError', String(error), error);
    throw error;
  }
}

function isMissingModule(error: unknown): boolean {
  const code = isError(error) ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}

function findIn(module: unknown, exportPath: readonly string[]): unknown {
  let found = module;
  for (const key of exportPath) {
    if (found === null || (typeof found !== 'object' && typeof found !== 'function')) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
