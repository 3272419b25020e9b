import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../runtime/start-error.ts';

/** Where the runtime keeps everything that outlives the process. */
export interface DataFolder {
  readonly path: string;
  readonly journalFile: string;
  readonly dynamoDbFile: string;
  /** Captured e-mails. */
  readonly mailsFolder: string;
  /** Function logs. */
  readonly logsFolder: string;
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
 *
 * @param fresh deletes what earlier runs left.
 * @throws StartError when the folder cannot be written, or another process has it.
 */
export function openDataFolder(folder: string, { fresh = false }: { fresh?: boolean } = {}): DataFolder {
  const path = resolve(folder);
  makeWritable(path);
  const lock = takeLock(path);
  if (fresh) removeContents(path);
  const mailsFolder = join(path, 'mails');
  const logsFolder = join(path, 'logs');
  for (const each of [mailsFolder, logsFolder]) mkdirSync(each, { recursive: true });
  writeFileSync(join(path, 'owner'), `${process.pid}\n`);
  return {
    path,
    journalFile: join(path, 'runtime.sqlite'),
    dynamoDbFile: join(path, 'dynamodb.sqlite'),
    mailsFolder,
    logsFolder,
    release: () => {
      heldLocks.delete(lock);
      lock.close();
    },
  };
}

function makeWritable(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    const message = `The data folder ${path} cannot be written; give another one with --data.`;
    throw new StartError('DATA_FOLDER_UNWRITABLE', message, { cause: error });
  }
}

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
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

/** The lock file stays: its lock is held. */
function removeContents(path: string): void {
  const ours = ['runtime.sqlite', 'dynamodb.sqlite'].flatMap((file) => [file, `${file}-wal`, `${file}-shm`]);
  for (const each of [...ours, 'mails', 'logs']) rmSync(join(path, each), { recursive: true, force: true });
}
