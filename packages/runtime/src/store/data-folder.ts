import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../runtime/start-error.ts';
import { requireRoom, RESERVE_BYTES } from './disk-space.ts';
import { closeFolder, closeTree, ensurePrivateFile, PRIVATE_FILE, PRIVATE_FOLDER } from './private-files.ts';

/** Where the runtime keeps everything that outlives the process. */
export interface DataFolder {
  readonly path: string;
  readonly journalFile: string;
  readonly dynamoDbFile: string;
  /** Captured e-mails. */
  readonly mailsFolder: string;
  /** Function logs. */
  readonly logsFolder: string;
  /** Code of functions' older versions, laid out to run. */
  readonly functionCodeFolder: string;
  /** Compiled code of functions. */
  readonly compileCacheFolder: string;
  /** Lets another process have the folder. */
  release(): void;
}

/** The garbage collector closes a database that nobody refers to, and its lock would go with it. */
const heldLocks = new Set<DatabaseSync>();

/**
 * Takes the folder for this process, creating it when absent.
 *
 * D1  One process at a time. The owner holds an exclusive lock of the operating system on `lock` (through SQLite,
 *     the one portable way Node has to such a lock), so a killed owner never leaves a stale one behind.
 * D2  `owner` only tells people who holds it; nothing is decided by it.
 * D3  Only its owner may enter it and read what is in it, also when it was made by an earlier version.
 *
 * @throws StartError when the folder cannot be written, its disk is full, or another process has it.
 */
export function openDataFolder(
  folder: string,
  { fresh = false, reserveBytes = RESERVE_BYTES }: OpenOptions = {},
): DataFolder {
  const path = resolve(folder);
  makeWritable(path);
  requireRoom(path, fresh ? 0 : reserveBytes);
  const lock = takeLock(path);
  if (fresh) removeContents(path);
  const mailsFolder = join(path, 'mails');
  const logsFolder = join(path, 'logs');
  const functionCodeFolder = join(path, 'function-code');
  const compileCacheFolder = join(path, 'compile-cache');
  for (const each of [mailsFolder, logsFolder, functionCodeFolder, compileCacheFolder]) {
    mkdirSync(each, { recursive: true, mode: PRIVATE_FOLDER });
  }
  writeFileSync(join(path, 'owner'), `${process.pid}\n`, { mode: PRIVATE_FILE });
  closeToOthers(path);
  return {
    path,
    journalFile: join(path, 'runtime.sqlite'),
    dynamoDbFile: join(path, 'dynamodb.sqlite'),
    mailsFolder,
    logsFolder,
    functionCodeFolder,
    compileCacheFolder,
    release: () => {
      heldLocks.delete(lock);
      lock.close();
    },
  };
}

export interface OpenOptions {
  /** Deletes what earlier runs left. */
  readonly fresh?: boolean;
  /** Free space below which nothing is begun. */
  readonly reserveBytes?: number;
}

function makeWritable(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
    accessSync(path, constants.W_OK);
  } catch (error) {
    const message = `The data folder ${path} cannot be written; give another one with --data.`;
    throw new StartError('DATA_FOLDER_UNWRITABLE', message, { cause: error });
  }
}

function closeToOthers(path: string): void {
  closeFolder(path);
  for (const name of readdirSync(path)) if (OURS.test(name)) closeTree(join(path, name));
}

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    ensurePrivateFile(join(path, 'lock'));
    lock = new DatabaseSync(join(path, 'lock'));
    lock.exec('BEGIN EXCLUSIVE');
    heldLocks.add(lock);
    return lock;
  } catch (error) {
    lock?.close();
    throw lockRefusal(path, error);
  }
}

function lockRefusal(path: string, cause: unknown): StartError {
  if (/locked|busy/.test((cause as Error).message)) {
    const message = `The data folder ${path} is in use by process ${ownerOf(path)}; stop it, or give another --data.`;
    return new StartError('DATA_FOLDER_IN_USE', message, { cause });
  }
  return new StartError('DATA_FOLDER_UNWRITABLE', `The data folder ${path} cannot be locked; give another --data.`, {
    cause,
  });
}

function ownerOf(path: string): string {
  try {
    return readFileSync(join(path, 'owner'), 'utf8').trim();
  } catch {
    // The owner has taken the lock and not written its number yet.
    return 'unknown';
  }
}

/** What the runtime keeps in its folder, beside the lock; other programs may keep theirs there too. */
const OURS = /^(?:runtime\.sqlite|dynamodb\.sqlite|mails$|logs$|function-code$|compile-cache$|owner$)/;

/**
 * The lock file stays: its lock is held. So do the number of a server that may still work on the file, and compiled code,
 * which is of no run.
 */
function removeContents(path: string): void {
  const ours = readdirSync(path).filter((name) => OURS.test(name) && !/^owner$|^compile-cache$|\.pid$/.test(name));
  for (const name of ours) rmSync(join(path, name), { recursive: true, force: true });
}
