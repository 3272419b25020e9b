import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openDataFolder, pinDatabases, requireSoundLog, type PinnedDatabases } from '@order-workflow/runtime';
import { databaseBytes, LEDGER_FILE, LEDGER_FOLDER, plainFiles, requireShop, SHARED_DATABASES } from './data-files.ts';
import { whileLedgerIsHeld } from './held-ledger.ts';
import { writeManifest, type Manifest } from './manifest.ts';
import { makeWholeFolder } from './whole-folder.ts';

export interface BackupOptions {
  readonly dataFolder: string;
  /** Must not exist. */
  readonly target: string;
  /** Control plane of the payment sandbox, asked when the shop runs. */
  readonly sandboxUrl: string;
  /** Free space that must be left. */
  readonly reserveBytes?: number;
}

/**
 * Copies a shop's data folder, whether it runs or not, as it was at one moment: the store, the runtime's journal and the
 * payment sandbox's ledger are what a kill of the whole machine would have left then, and the shop goes on from that.
 * A running shop's payments wait while the ledger is copied; nothing else does.
 * @throws UserError, StartError with one line; nothing is left of the target.
 */
export async function takeBackup(options: BackupOptions): Promise<Manifest> {
  const dataFolder = path.resolve(options.dataFolder);
  const target = path.resolve(options.target);
  requireShop(dataFolder);
  const { reserveBytes, sandboxUrl } = options;
  const room = { bytes: databaseBytes(dataFolder), ...(reserveBytes !== undefined && { reserveBytes }) };
  let manifest: Manifest | undefined;
  await makeWholeFolder(target, room, async (folder) => {
    const takenAt = await copyDatabases({ dataFolder, sandboxUrl }, folder);
    const plain = plainFiles(dataFolder).filter((name) => copyIfThere(folder, name, path.join(dataFolder, name)));
    const names = [...SHARED_DATABASES, path.join(LEDGER_FOLDER, LEDGER_FILE), ...plain];
    manifest = await writeManifest(folder, takenAt, names);
  });
  if (!manifest) throw new Error('The backup was made without a manifest');
  return manifest;
}

type Source = Pick<BackupOptions, 'dataFolder' | 'sandboxUrl'>;

/** @returns the moment that the copies are of. */
async function copyDatabases(source: Source, folder: string): Promise<Date> {
  const lock = lockIfStopped(source.dataFolder);
  try {
    return lock ? await copyStopped(source.dataFolder, folder) : await copyRunning(source, folder);
  } finally {
    lock?.release();
  }
}

/** Nobody starts the shop while it is copied. @returns undefined when it runs. */
function lockIfStopped(dataFolder: string): { release(): void } | undefined {
  try {
    return openDataFolder(dataFolder);
  } catch (error) {
    if ((error as { fault?: string }).fault === 'DATA_FOLDER_IN_USE') return undefined;
    throw error;
  }
}

async function copyStopped(dataFolder: string, folder: string): Promise<Date> {
  const ledger = path.join(dataFolder, LEDGER_FOLDER, LEDGER_FILE);
  const takenAt = new Date();
  const databases = [...sharedDatabases(dataFolder), ledger];
  // A running shop did so when it started.
  for (const database of databases) requireSoundLog(database);
  const pinned = pinDatabases(databases);
  await copyAndRelease(pinned, folder);
  mkdirSync(path.join(folder, LEDGER_FOLDER), { mode: 0o700 });
  renameSync(path.join(folder, LEDGER_FILE), path.join(folder, LEDGER_FOLDER, LEDGER_FILE));
  return takenAt;
}

async function copyRunning({ dataFolder, sandboxUrl }: Source, folder: string): Promise<Date> {
  const sandbox = { url: sandboxUrl, folder: path.join(dataFolder, LEDGER_FOLDER) };
  const { result, ledger } = await whileLedgerIsHeld(sandbox, () => ({
    pinned: pinDatabases(sharedDatabases(dataFolder)),
    takenAt: new Date(),
  }));
  try {
    await copyAndRelease(result.pinned, folder);
    copyInto(folder, path.join(LEDGER_FOLDER, LEDGER_FILE), ledger);
  } finally {
    rmSync(ledger);
  }
  return result.takenAt;
}

function sharedDatabases(dataFolder: string): string[] {
  return SHARED_DATABASES.map((name) => path.join(dataFolder, name));
}

async function copyAndRelease(pinned: PinnedDatabases, folder: string): Promise<void> {
  try {
    await pinned.copyTo(folder);
  } finally {
    pinned.release();
  }
}

function copyInto(folder: string, name: string, source: string): void {
  mkdirSync(path.join(folder, path.dirname(name)), { recursive: true, mode: 0o700 });
  copyFileSync(source, path.join(folder, name));
}

/** A full log is renamed at any time. */
function copyIfThere(folder: string, name: string, source: string): boolean {
  try {
    copyInto(folder, name, source);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
