import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const WORKSPACE_FOLDER = fileURLToPath(new URL('../../..', import.meta.url));

const SCOPE = '@order-workflow';
const NOT_SOURCES = new Set(['node_modules', 'dist']);

/**
 * A copy of the workspace to pack in: packing rewrites manifests for a moment, and other programs of the work tree must
 * not see that. Third-party packages are linked.
 */
export function copyWorkspace(target: string): void {
  for (const each of ['package.json', 'tsconfig.json', 'LICENSE', 'scripts', 'packages']) {
    const filter = (path: string): boolean => !NOT_SOURCES.has(basename(path));
    cpSync(join(WORKSPACE_FOLDER, each), join(target, each), { recursive: true, filter });
  }
  const modules = join(target, 'node_modules');
  mkdirSync(join(modules, SCOPE), { recursive: true });
  for (const name of readdirSync(join(WORKSPACE_FOLDER, 'node_modules'))) {
    if (name !== SCOPE) symlinkSync(join(WORKSPACE_FOLDER, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(target, 'packages'))) {
    symlinkSync(join(target, 'packages', name), join(modules, SCOPE, name));
  }
}

/** Every file below a folder with a digest of its content. */
export function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(
    paths.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('base64')]),
  );
}
