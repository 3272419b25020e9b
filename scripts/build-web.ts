// Bundles the page into dist/web: plain files, the same here and on AWS.
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { buildFaults } from './build-faults.ts';

/** What stands in the folder as it is. */
const COPIED = /\.(?:html|svg)$/;

/** One run over the page's scripts and its style sheet. */
export function webBuild(sourceFolder: string, outputFolder: string) {
  return {
    entryPoints: ['page.tsx', 'returned.ts', 'page.css'].map((name) => path.join(sourceFolder, name)),
    outdir: outputFolder,
    bundle: true,
    platform: 'browser',
    target: ['es2023'],
    format: 'esm',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    // A browser fetches a map only when its developer tools are open.
    sourcemap: 'linked',
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

/** Replaces what `outputFolder` held. Same sources, same bytes. */
export async function buildWeb(sourceFolder: string, outputFolder: string): Promise<void> {
  const { outputFiles } = await build({ ...webBuild(sourceFolder, outputFolder), write: false });
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  await copyPages(sourceFolder, outputFolder);
  await Promise.all(outputFiles.map(({ path: file, contents }) => writeFile(file, contents)));
}

export async function copyPages(sourceFolder: string, outputFolder: string): Promise<void> {
  const names = (await readdir(sourceFolder)).filter((name) => COPIED.test(name));
  await Promise.all(names.map((name) => cp(path.join(sourceFolder, name), path.join(outputFolder, name))));
}

if (import.meta.main) {
  await buildWeb('web', process.argv[2] ?? 'dist/web').catch((error: unknown) => {
    const faults = buildFaults(error);
    if (faults === undefined) throw error;
    for (const fault of faults) console.error(`error: ${fault}`);
    process.exitCode = 1;
  });
}
