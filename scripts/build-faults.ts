import type { BuildFailure, Message } from 'esbuild';
import { FunctionFault } from './function-entries.ts';

/** What stopped a build, in one line each, with file and line; undefined when the error is none of the sources' fault. */
export function buildFaults(error: unknown): string[] | undefined {
  if (error instanceof FunctionFault) return [error.message];
  if (!isBuildFailure(error)) return undefined;
  return error.errors.map(oneLine);
}

export function oneLine({ location, text }: Message): string {
  if (location === null) return text;
  // Columns count from 0 in esbuild and from 1 in editors; a source that is copied for each function has a suffix.
  return `${location.file.replace(/\?.*$/u, '')}:${location.line}:${location.column + 1}: ${text}`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}
