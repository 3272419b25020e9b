import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { buildFaults, oneLine } from './build-faults.ts';
import { findEntries } from './function-entries.ts';
import { builtinsUnread, sdkForLambda, sourcesUnshared } from './lambda-bundling.ts';

/**
 * Bundles every Lambda function in one esbuild run: `functions/<service>/<verb-phrase>.ts` that exports `handler`
 * becomes `dist/functions/<verb-phrase>.mjs`; packages that several of them use lie in shared chunks beside them. The
 * folder is the one asset of all functions. Source maps go to `dist/source-maps`, so that they cost no cold start.
 */

const ESBUILD_OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  // Shared packages and what is imported lazily become chunks.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  outExtension: { '.js': '.mjs' },
  // The SDK's CommonJS builds cannot be tree-shaken.
  mainFields: ['module', 'main'],
  plugins: [sourcesUnshared, builtinsUnread, sdkForLambda],
  legalComments: 'none',
  sourcemap: 'external',
  logLevel: 'silent',
} satisfies BuildOptions;

/** One run over all entries; nothing is written. */
export function functionBuild(entries: ReadonlyMap<string, string>, outputFolder: string) {
  return {
    ...ESBUILD_OPTIONS,
    entryPoints: Object.fromEntries(entries),
    outdir: outputFolder,
    metafile: true,
    write: false,
  } as const satisfies BuildOptions;
}

export interface FunctionBundle {
  /** Entry name without extension: the handler is `<name>.handler`. */
  readonly name: string;
  /** The entry and every chunk that it imports when it is loaded. */
  readonly importedBytes: number;
}

/** Replaces what `outputFolder` held. Same sources, same bytes. */
export async function buildFunctions(
  functionsFolder: string,
  outputFolder: string,
  sourceMapFolder: string,
): Promise<FunctionBundle[]> {
  const entries = await findEntries(functionsFolder);
  if (entries.size === 0) throw new Error(`No file in ${functionsFolder} exports a handler: nothing to bundle.`);
  const { outputFiles, metafile, warnings } = await build(functionBuild(entries, outputFolder));
  for (const warning of warnings) console.warn(`warning: ${oneLine(warning)}`);
  await Promise.all([outputFolder, sourceMapFolder].map(emptyFolder));
  await Promise.all(
    outputFiles.map(({ path: file, contents }) => {
      const folder = file.endsWith('.map') ? sourceMapFolder : outputFolder;
      return writeFile(path.join(folder, path.basename(file)), contents);
    }),
  );
  return [...entries.keys()].map((name) => ({
    name,
    importedBytes: bytesImportedBy(path.relative('.', path.join(outputFolder, `${name}.mjs`)), metafile.outputs),
  }));
}

type Outputs = Readonly<
  Record<string, { bytes: number; imports: { path: string; kind: string; external?: boolean }[] }>
>;

function bytesImportedBy(entry: string, outputs: Outputs, seen = new Set<string>()): number {
  const output = outputs[entry.replaceAll('\\', '/')];
  if (output === undefined || seen.has(entry)) return 0;
  seen.add(entry);
  return output.imports
    .filter(({ kind, external }) => kind === 'import-statement' && external !== true)
    .reduce((sum, { path: chunk }) => sum + bytesImportedBy(chunk, outputs, seen), output.bytes);
}

async function emptyFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const bundles = await buildFunctions('functions', 'dist/functions', 'dist/source-maps');
  for (const { name, importedBytes } of bundles) {
    console.log(`${name.padEnd(28)} ${(importedBytes / 1000).toFixed(0).padStart(5)} KB`);
  }
  console.log(`${bundles.length} functions in dist/functions, ${Math.round(performance.now() - startedAt)} ms`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    const faults = buildFaults(error);
    if (faults === undefined) throw error;
    for (const fault of faults) console.error(`error: ${fault}`);
    process.exitCode = 1;
  });
}
