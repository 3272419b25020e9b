import type { ExecutionChanges, ExecutionEnd, StoredFrame, HistoryEvent } from '@order-workflow/states-language';
import type { Journal } from '../../../store/journal.ts';
import { frameIdOf, frameKey, historyKey } from '../schema.ts';

export type ExecutionStatus = 'RUNNING' | ExecutionEnd['status'];

export interface ExecutionRow {
  readonly id: number;
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly revision: number;
  /** Number of the version that it was started on, also through an alias. */
  readonly version: number | null;
  /** Name of the alias that it was started by. */
  readonly alias: string | null;
  readonly testCase: string | null;
  readonly status: ExecutionStatus;
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  readonly startedMs: number;
  readonly stoppedMs: number | null;
  readonly redriveCount: number;
  readonly redrivenMs: number | null;
}

export type NewExecution = Pick<
  ExecutionRow,
  'arn' | 'machineArn' | 'name' | 'revision' | 'version' | 'alias' | 'testCase' | 'input' | 'startedMs'
>;

const COLUMNS = `id, arn, machine_arn AS machineArn, name, revision, version, alias, test_case AS testCase, status, input,
  output, error,  cause, started_ms AS startedMs, stopped_ms AS stoppedMs, redrive_count AS redriveCount, redriven_ms AS redrivenMs`;

export interface ExecutionFilter {
  readonly machineArn: string;
  /** When the machine was created: a former one of the same name had executions of its own. */
  readonly startedFromMs?: number;
  readonly version?: number | undefined;
  readonly alias?: string | undefined;
  readonly status?: string | undefined;
}
const FILTER_CONDITIONS = {
  machineArn: 'machine_arn = :machineArn',
  startedFromMs: 'started_ms >= :startedFromMs',
  version: 'version = :version',
  alias: 'alias = :alias',
  status: 'status = :status',
} as const;

/** Executions, their frames and their history in the journal. Writing methods belong inside `journal.write`. */
export class ExecutionStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  byArn(arn: string): ExecutionRow | undefined {
    return this.#journal.sql(`SELECT ${COLUMNS} FROM sfn_execution WHERE arn = ?`).get(arn) as ExecutionRow | undefined;
  }

  exists(id: number): boolean {
    return this.#journal.sql('SELECT 1 FROM sfn_execution WHERE id = ?').get(id) !== undefined;
  }

  running(): ExecutionRow[] {
    const sql = `SELECT ${COLUMNS} FROM sfn_execution WHERE status = 'RUNNING' ORDER BY id`;
    return this.#journal.sql(sql).all() as unknown as ExecutionRow[];
  }

  hasRunning(machineArn: string): boolean {
    const sql = `SELECT 1 FROM sfn_execution WHERE machine_arn = ? AND status = 'RUNNING' LIMIT 1`;
    return this.#journal.sql(sql).get(machineArn) !== undefined;
  }

  /** Executions of a machine, a version or an alias, newest first, older than `beforeId`. */
  list(filter: ExecutionFilter, beforeId: number, limit: number): ExecutionRow[] {
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    const conditions = wanted.map(([field]) => FILTER_CONDITIONS[field as keyof ExecutionFilter]);
    const sql = `SELECT ${COLUMNS} FROM sfn_execution WHERE ${conditions.join(' AND ')} AND id < :beforeId ORDER BY id DESC LIMIT :limit`;
    const parameters = { ...Object.fromEntries(wanted), beforeId, limit };
    return this.#journal.sql(sql).all(parameters) as unknown as ExecutionRow[];
  }

  insert(execution: NewExecution): number {
    const { arn, machineArn, name, revision, version, alias, testCase, input, startedMs } = execution;
    const result = this.#journal
      .sql(
        `INSERT INTO sfn_execution (arn, machine_arn, name, revision, version, alias, test_case, status, input, started_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?)`,
      )
      .run(arn, machineArn, name, revision, version, alias, testCase, input, startedMs);
    return Number(result.lastInsertRowid);
  }

  /** Stores what an execution changed since the last time. */
  apply(executionId: number, changes: ExecutionChanges, nowMs: number): void {
    const [first] = changes.events;
    if (first) {
      const events = JSON.stringify(changes.events.map(packEvent));
      this.#journal
        .sql('INSERT INTO sfn_history (key, events) VALUES (?, ?)')
        .run(historyKey(executionId, first.id), events);
    }
    this.#applyFrames(executionId, changes);
    if (changes.end) this.#close(executionId, changes.end, nowMs);
  }

  markRedriven(id: number, redriveCount: number, redrivenMs: number): void {
    this.#journal
      .sql(
        `UPDATE sfn_execution SET status = 'RUNNING', stopped_ms = NULL, error = NULL, cause = NULL,
         redrive_count = ?, redriven_ms = ? WHERE id = ?`,
      )
      .run(redriveCount, redrivenMs, id);
  }

  frames(executionId: number): StoredFrame[] {
    const rows = this.#journal
      .sql('SELECT key, body FROM sfn_frame WHERE key >= ? AND key < ? ORDER BY key')
      .all(frameKey(executionId, 0), frameKey(executionId + 1, 0)) as { key: number; body: string }[];
    return rows.map(({ key, body }) => ({ id: frameIdOf(key), body }));
  }

  lastEventId(executionId: number): number {
    return this.#chunks(executionId, 'DESC', 1).at(0)?.at(-1)?.id ?? 0;
  }

  history(executionId: number): HistoryEvent[] {
    return this.#chunks(executionId, 'ASC', -1).flat();
  }

  /** Forgets executions that ended before `endedBeforeMs`; their names may be used again. */
  purge(endedBeforeMs: number): void {
    const old = this.#journal.sql('SELECT id FROM sfn_execution WHERE stopped_ms < ?').all(endedBeforeMs);
    for (const { id } of old as { id: number }[]) {
      this.#removeFrames(id);
      this.#journal
        .sql('DELETE FROM sfn_history WHERE key >= ? AND key < ?')
        .run(historyKey(id, 0), historyKey(id + 1, 0));
      this.#journal.sql('DELETE FROM sfn_execution WHERE id = ?').run(id);
    }
  }

  #chunks(executionId: number, order: 'ASC' | 'DESC', limit: number): HistoryEvent[][] {
    const rows = this.#journal
      .sql(`SELECT events FROM sfn_history WHERE key >= ? AND key < ? ORDER BY key ${order} LIMIT ?`)
      .all(historyKey(executionId, 0), historyKey(executionId + 1, 0), limit) as { events: string }[];
    return rows.map(({ events }) => (JSON.parse(events) as PackedEvent[]).map(unpackEvent));
  }

  #applyFrames(executionId: number, changes: ExecutionChanges): void {
    if (changes.removedFrames === 'all') return this.#removeFrames(executionId);
    const upsert = this.#journal.sql('INSERT OR REPLACE INTO sfn_frame (key, body) VALUES (?, ?)');
    for (const frame of changes.frames) upsert.run(frameKey(executionId, frame.id), frame.body);
    for (const frameId of changes.removedFrames) {
      this.#journal.sql('DELETE FROM sfn_frame WHERE key = ?').run(frameKey(executionId, frameId));
    }
  }

  #removeFrames(executionId: number): void {
    this.#journal
      .sql('DELETE FROM sfn_frame WHERE key >= ? AND key < ?')
      .run(frameKey(executionId, 0), frameKey(executionId + 1, 0));
  }

  #close(executionId: number, end: ExecutionEnd, nowMs: number): void {
    const output = end.status === 'SUCCEEDED' ? end.output : null;
    const { error = null, cause = null } = end.status === 'SUCCEEDED' ? {} : end;
    this.#journal
      .sql('UPDATE sfn_execution SET status = ?, output = ?, error = ?, cause = ?, stopped_ms = ? WHERE id = ?')
      .run(end.status, output, error, cause, nowMs, executionId);
  }
}

/** The ARNs of the version and alias that the execution was started by. */
export function qualifiedArns({ machineArn, version, alias }: ExecutionRow): {
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
} {
  return {
    ...(version !== null && { stateMachineVersionArn: `${machineArn}:${version}` }),
    ...(alias !== null && { stateMachineAliasArn: `${machineArn}:${alias}` }),
  };
}

type PackedEvent = readonly [
  id: number,
  previousEventId: number,
  type: string,
  atMs: number,
  details?: HistoryEvent['details'],
];

function packEvent({ id, previousEventId, type, atMs, details }: HistoryEvent): PackedEvent {
  return details ? [id, previousEventId, type, atMs, details] : [id, previousEventId, type, atMs];
}

function unpackEvent([id, previousEventId, type, atMs, details]: PackedEvent): HistoryEvent {
  return { id, previousEventId, type, atMs, details };
}
