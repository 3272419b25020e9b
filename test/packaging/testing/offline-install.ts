import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm } from './programs.ts';
import { WORKSPACE_FOLDER } from './workspace-copy.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface OfflineInstall {
  readonly tarball: string;
  /** The package's folder in the workspace. */
  readonly packageFolder: string;
  /** Names of other packages of the workspace's node_modules. */
  readonly more?: readonly string[];
}

/**
 * Installs a packed package into an empty folder, without network and with an empty cache: what it needs of others is
 * taken from the workspace's own node_modules, so that it works wherever the workspace was installed.
 */
export async function installOffline(folder: string, options: OfflineInstall): Promise<void> {
  const { tarball, packageFolder, more = [] } = options;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
  const needed = [...neededFolders(packageFolder), ...more.map((name) => join(WORKSPACE_FOLDER, 'node_modules', name))];
  const flags = ['--offline', '--cache', join(folder, '.npm'), '--install-links', '--ignore-scripts', '--no-audit'];
  await npm(folder, 'install', ...flags, tarball, ...needed);
}

/** Folders of all third-party packages that a package of the workspace needs, directly or not. */
function neededFolders(packageFolder: string): Set<string> {
  const folders = new Set<string>();
  const seen = new Set<string>();
  const visit = (owner: string): void => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(owner, 'package.json'), 'utf8'),
    ) as Manifest;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = folderOf(name, owner);
      if (found === undefined) {
        // Not for this platform; or npm would have said so when the workspace was installed.
        if (optionalDependencies?.[name] !== undefined) continue;
        throw new Error(`${owner} needs ${name}, which is not installed.`);
      }
      if (seen.has(found)) continue;
      seen.add(found);
      if (!name.startsWith('@order-workflow/')) folders.add(found);
      visit(found);
    }
  };
  visit(packageFolder);
  return folders;
}

/** Where Node finds a package: in the node_modules of the owner's folder or of one around it. */
function folderOf(name: string, owner: string): string | undefined {
  for (let folder = owner; folder.startsWith(WORKSPACE_FOLDER.slice(0, -1)); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}
