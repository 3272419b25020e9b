import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';

/** The runtime runs from its TypeScript sources in its workspace, and from emitted JavaScript where it is installed. */
const EXTENSION = extname(import.meta.url);

/**
 * The environment's program as a self-contained module. A worker that loads TypeScript itself loads the type
 * stripper too: +10 MB and +20 ms for every environment (measured), so the types are stripped here, once.
 */
export function workerProgram(): URL {
  program ??= new URL(moduleUrl(new URL(`./worker/environment${EXTENSION}`, import.meta.url)));
  return program;
}

let program: URL | undefined;

const RELATIVE_IMPORT = /from '(\.\/[^']+\.[jt]s)'/g;

/** Stack traces of handlers end in these frames: a short name reads better than the source in base64. */
function moduleUrl(file: URL): string {
  const text = readFileSync(file, 'utf8');
  const source = (EXTENSION === '.ts' ? stripTypes(text) : text).replaceAll(
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
