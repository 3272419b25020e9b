import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from './manifest.ts';

export const WORKSPACE_FOLDER = fileURLToPath(new URL('../..', import.meta.url));
export const PACKAGES_FOLDER = join(WORKSPACE_FOLDER, 'packages');

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Folders of the workspace's packages that a package depends on, by their names. */
export function workspaceDependencies({ dependencies = {} }: Manifest): Map<string, string> {
  const folders = readdirSync(PACKAGES_FOLDER).map((folder) => join(PACKAGES_FOLDER, folder));
  const named = folders.map((folder) => [readManifest(folder).name, folder] as const);
  return new Map(named.filter(([name]) => name in dependencies));
}
