import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EMITTED_FOLDER, entriesOf, type Manifest } from './manifest.ts';
import { PACKAGES_FOLDER, WORKSPACE_FOLDER } from './workspace.ts';

const TSC = join(WORKSPACE_FOLDER, 'node_modules/typescript/bin/tsc');

/**
 * Emits JavaScript and types of a package of the workspace: its entries, what they import, and all other sources but
 * tests and their support (a program may load a file by its path).
 * @param target folder that gets `dist`. @throws Error with what the compiler says.
 */
export function emitPackage(source: string, { manifest, target }: { manifest: Manifest; target: string }): void {
  // Inside the package: the compiler finds types from a configuration's folder upwards.
  const folder = mkdtempSync(join(source, '.emit-'));
  try {
    const configFile = join(folder, 'tsconfig.json');
    writeFileSync(configFile, JSON.stringify(configuration(manifest)));
    const { status, stdout, stderr } = spawnSync(process.execPath, [TSC, '--project', configFile], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${manifest.name} cannot be emitted:\n${stdout}${stderr}`);
    const emitted = join(folder, 'emitted', basename(source), 'src');
    cpSync(emitted, join(target, EMITTED_FOLDER), { recursive: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function configuration(manifest: Manifest): object {
  return {
    extends: join(WORKSPACE_FOLDER, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      // Everything is written each time, into a folder that is new.
      incremental: false,
      tsBuildInfoFile: null,
      declaration: true,
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      // Other packages' sources are part of the program, too: through the links of the workspace.
      rootDir: PACKAGES_FOLDER,
      outDir: 'emitted',
    },
    files: entriesOf(manifest).map((file) => join('..', file)),
    include: ['../src'],
    exclude: ['../src/**/*.test.ts', '../src/**/testing', '../src/conformance'],
  };
}
