import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/**
 * The environment's program as a self-contained module. A worker that loads TypeScript itself loads the type
 * stripper too: +10 MB and +20 ms for every environment (measured), so the types are stripped here, once.
 */
export function workerProgram(): URL {
  program ??= new URL(moduleUrl(new URL('./worker/environment.ts', import.meta.url)));
  return program;
}

let program: URL | undefined;

const RELATIVE_IMPORT = /from '(\.\/[^']+\.ts)'/g;

/** Stack traces of handlers end in these frames: a short name reads better than the source in base64. */
function moduleUrl(file: URL): string {
  const source = stripTypes(readFileSync(file, 'utf8')).replaceAll(
    RELATIVE_IMPORT,
    (_, specifier: string) => `from '${moduleUrl(new URL(specifier, file))}'`,
  );
  const named = `${source}\n//# sourceURL=runtime/${file.pathname.split('/').at(-1)}`;
  return `data:text/javascript;base64,${Buffer.from(named).toString('base64')}`;
}

/** Node runs every file of ours through the same stripper; its warning about the function form says nothing new. */
function stripTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
