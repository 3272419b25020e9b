import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../user-error.ts';
import { readManifest, verify, type Manifest } from './manifest.ts';
import { makeWholeFolder } from './whole-folder.ts';

export interface RestoreOptions {
  readonly backup: string;
  /** Must not exist: what is there is never written over. */
  readonly dataFolder: string;
  /** Free space that must be left. */
  readonly reserveBytes?: number;
}

/**
 * Makes a data folder of a backup, which stays as it is. A shop that starts on it finishes what it had accepted.
 * @throws UserError, StartError with one line; nothing is left of the data folder.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Manifest> {
  const backup = path.resolve(options.backup);
  const dataFolder = path.resolve(options.dataFolder);
  if (!existsSync(backup)) throw new UserError(`There is no backup ${backup}.`);
  const manifest = readManifest(backup);
  const names = Object.keys(manifest.files);
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  const { reserveBytes } = options;
  await makeWholeFolder(dataFolder, { bytes, ...(reserveBytes !== undefined && { reserveBytes }) }, async (folder) => {
    for (const name of names) copyFrom(backup, name, folder);
    await verify(folder, manifest); // the copy: what the shop will start on
  });
  return manifest;
}

function copyFrom(backup: string, name: string, folder: string): void {
  const target = path.join(folder, name);
  if (path.relative(folder, target).startsWith('..')) throw new UserError(`${backup} names ${name}: it is no backup.`);
  if (!existsSync(path.join(backup, name))) {
    throw new UserError(`${path.join(backup, name)} is missing: the backup is damaged, take another one.`);
  }
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  copyFileSync(path.join(backup, name), target);
}
