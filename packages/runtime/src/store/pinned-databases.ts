import { closeSync, fsyncSync, openSync } from 'node:fs';
import { basename, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { ensurePrivateFile } from './private-files.ts';

/** SQLite databases as they were together at one moment, whoever writes to them meanwhile. */
export interface PinnedDatabases {
  /** Copies each under its own name, durably. Holds no writer up; their logs grow until `release`. */
  copyTo(folder: string): Promise<void>;
  release(): void;
}

/** A commit falls between the snapshots about once in a hundred times, on a busy shop. */
const MAX_TRIES = 1_000;
const PAGES_A_STEP = 1_000;

/**
 * Takes a snapshot (a read transaction) of each of several databases in WAL mode, all of one moment.
 *
 * B1  Snapshots are taken one after another; they are of one moment, that of the last, because no database before it
 *     took a commit since its own: else all are taken again. `data_version` tells of commits of other connections.
 *     (sqlite.org/pragma.html#pragma_data_version)
 * B2  What they hold is what kill -9 of every writer at that moment would leave.
 * B3  A copy reads inside its snapshot, so it is not begun anew when somebody writes. (sqlite.org/backup.html)
 *
 * @throws Error of SQLite when one cannot be read or is locked.
 */
export function pinDatabases(files: readonly string[]): PinnedDatabases {
  const opened: DatabaseSync[] = [];
  const open = (file: string): DatabaseSync => {
    const database = new DatabaseSync(file);
    opened.push(database);
    return database;
  };
  const release = (): void => {
    for (const database of opened.splice(0)) database.close();
  };
  try {
    const snapshots = files.map(open);
    const probes = files.slice(0, -1).map(open);
    for (let tries = 1; !areOfOneMoment(snapshots, probes); tries += 1) {
      if (tries === MAX_TRIES)
        throw new Error(`No moment without a commit in ${MAX_TRIES} looks at ${files.join(', ')}`);
    }
    return { copyTo: (folder) => copyAll(files, snapshots, folder), release };
  } catch (error) {
    release();
    throw error;
  }
}

function areOfOneMoment(snapshots: readonly DatabaseSync[], probes: readonly DatabaseSync[]): boolean {
  const before = probes.map(versionOf);
  for (const snapshot of snapshots) {
    if (snapshot.isTransaction) snapshot.exec('ROLLBACK');
    snapshot.exec('BEGIN');
    snapshot.prepare('SELECT 1 FROM sqlite_schema').get(); // BEGIN alone reads nothing.
  }
  return probes.every((probe, index) => versionOf(probe) === before[index]);
}

function versionOf(probe: DatabaseSync): unknown {
  return probe.prepare('PRAGMA data_version').get()?.['data_version'];
}

async function copyAll(files: readonly string[], snapshots: readonly DatabaseSync[], folder: string): Promise<void> {
  for (const [index, snapshot] of snapshots.entries()) {
    const copy = join(folder, basename(files[index] ?? ''));
    ensurePrivateFile(copy);
    await backup(snapshot, copy, { rate: PAGES_A_STEP });
    const descriptor = openSync(copy, 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}
