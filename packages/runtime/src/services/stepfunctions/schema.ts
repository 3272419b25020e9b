/**
 * Keys of frames and history chunks hold the execution's id in their upper part: rows of one execution lie side
 * by side in the table itself, without a second index.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS sfn_machine (
  arn TEXT PRIMARY KEY, name TEXT NOT NULL, role_arn TEXT NOT NULL, revision INTEGER NOT NULL,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, settings TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sfn_revision (
  id INTEGER PRIMARY KEY, machine_arn TEXT NOT NULL, revision_id TEXT NOT NULL, definition TEXT NOT NULL,
  role_arn TEXT NOT NULL, created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sfn_version (
  machine_arn TEXT NOT NULL, number INTEGER NOT NULL, revision INTEGER NOT NULL, description TEXT,
  created_ms INTEGER NOT NULL, PRIMARY KEY (machine_arn, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sfn_last_version (machine_arn TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sfn_alias (
  id INTEGER PRIMARY KEY AUTOINCREMENT, machine_arn TEXT NOT NULL, name TEXT NOT NULL, description TEXT,
  routes TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE (machine_arn, name)
) STRICT;
CREATE TABLE IF NOT EXISTS sfn_execution (
  id INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL UNIQUE, machine_arn TEXT NOT NULL, name TEXT NOT NULL,
  revision INTEGER NOT NULL, test_case TEXT, status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT,
  cause TEXT, started_ms INTEGER NOT NULL, stopped_ms INTEGER, redrive_count INTEGER NOT NULL DEFAULT 0,
  redriven_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS sfn_execution_by_machine ON sfn_execution (machine_arn, id);
CREATE INDEX IF NOT EXISTS sfn_execution_running ON sfn_execution (id) WHERE status = 'RUNNING';
CREATE TABLE IF NOT EXISTS sfn_frame (key INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sfn_history (key INTEGER PRIMARY KEY, events TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sfn_status_event (id INTEGER PRIMARY KEY AUTOINCREMENT, execution_arn TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
`;

/** Columns that came later than their tables: older data folders get them at their next start. */
export const LATER_COLUMNS: readonly (readonly [table: string, column: string])[] = [
  ['sfn_revision', "settings TEXT NOT NULL DEFAULT '{}'"],
  ['sfn_execution', 'version INTEGER'],
  ['sfn_execution', 'alias TEXT'],
  ['sfn_machine', 'is_deleting INTEGER NOT NULL DEFAULT 0'],
];

const FRAMES_PER_EXECUTION = 2 ** 20;
const EVENTS_PER_EXECUTION = 2 ** 15;

export const frameKey = (executionId: number, frameId: number): number => executionId * FRAMES_PER_EXECUTION + frameId;
export const frameIdOf = (key: number): number => key % FRAMES_PER_EXECUTION;
export const historyKey = (executionId: number, eventId: number): number =>
  executionId * EVENTS_PER_EXECUTION + eventId;
