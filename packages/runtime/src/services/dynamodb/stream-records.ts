import { createHash } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { StreamRecord } from '../shared/ports/streams.ts';

interface Row {
  id: number;
  event_name: StreamRecord['eventName'];
  keys_json: string;
  new_image: string | null;
  old_image: string | null;
  created_at: number;
  user_identity: string | null;
  view_type: StreamRecord['dynamodb']['StreamViewType'];
}

/** The server waits for a foreign write lock, but the event loop must not: try again at the next trim. */
const BUSY_TIMEOUT_MS = 5;

/** AWS sequence numbers have 21 digits and more; ours compare as text too. */
const SEQUENCE_DIGITS = 21;

/**
 * Reads and trims the change records of dynoxide's database file, beside the server.
 *
 * R1  The sequence number is the row's id: SQLite never gives one twice, and ids rise in commit order, over all
 *     tables. (dynoxide's own numbers begin at 1 again after a trim.)
 * R2  The newest record of a table is never trimmed: dynoxide derives its next number from it.
 * R3  dynoxide looks for that number at every write, without an index (measured: 14.7 ms a write at 50 000 records,
 *     1.6 ms with the index), so `open` adds one.
 */
export class StreamRecords {
  readonly #db: DatabaseSync;
  readonly #changedSince: StatementSync;
  readonly #read: StatementSync;
  readonly #delete: StatementSync;
  readonly #latestId = new Map<string, number>();
  readonly #trimmedTo = new Map<string, number>();
  #seenId = 0;

  constructor(databaseFile: string) {
    this.#db = new DatabaseSync(databaseFile, { timeout: 5000 });
    // A trim that a power cut undoes is trimmed again: it need not wait for the disk.
    this.#db.exec('PRAGMA synchronous = NORMAL');
    this.#db.exec(
      `CREATE INDEX IF NOT EXISTS stream_records_by_sequence
       ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`,
    );
    this.#db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#changedSince = this.#db.prepare(
      'SELECT table_name, MAX(id) AS id FROM _stream_records NOT INDEXED WHERE id > ? GROUP BY table_name',
    );
    this.#read = this.#db.prepare(
      `SELECT id, event_name, keys_json, new_image, old_image, created_at, user_identity,
         (SELECT stream_view_type FROM _tables WHERE table_name = ?2) AS view_type
       FROM _stream_records NOT INDEXED WHERE id > ?1 AND table_name = ?2 ORDER BY id LIMIT ?3`,
    );
    this.#delete = this.#db.prepare(
      'DELETE FROM _stream_records NOT INDEXED WHERE id > ? AND id < ? AND table_name = ?',
    );
    this.changedTables();
  }

  /** Tables with records that no earlier call told of. About 3 µs when there are none. */
  changedTables(): string[] {
    const rows = this.#changedSince.all(this.#seenId) as { table_name: string; id: number }[];
    for (const row of rows) {
      this.#latestId.set(row.table_name, row.id);
      this.#seenId = Math.max(this.#seenId, row.id);
    }
    return rows.map((row) => row.table_name);
  }

  read(table: string, after: string | undefined, limit: number, arn: string): StreamRecord[] {
    const rows = this.#read.all(after ? Number(after) : 0, table, limit) as unknown as Row[];
    return rows.map((row) => toRecord(row, arn));
  }

  /** SQLite remembers the highest id that it gave, also when its row is gone (sqlite.org/autoinc.html). */
  highest(): string {
    const row = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = '_stream_records'").get();
    return sequenceNumber(Number(row?.['seq'] ?? 0));
  }

  latest(table: string): string | undefined {
    this.changedTables();
    const id = this.#latestId.get(table);
    return id === undefined ? undefined : sequenceNumber(id);
  }

  /** @returns false when the server was writing just then; nothing is trimmed and a later call will do it. */
  trim(table: string, upTo: string): boolean {
    const from = this.#trimmedTo.get(table) ?? 0;
    const end = Math.min(Number(upTo) + 1, this.#latestId.get(table) ?? 0);
    if (end <= from + 1) return true;
    try {
      this.#delete.run(from, end, table);
    } catch (error) {
      if (/locked|busy/.test((error as Error).message)) return false;
      throw error;
    }
    this.#trimmedTo.set(table, end - 1);
    return true;
  }

  /** Drops what AWS would have dropped by age, except for tables that `isRead` somebody still reads. */
  trimOlderThan(epochSeconds: number, isRead: (table: string) => boolean): void {
    this.changedTables();
    for (const [table, latestId] of this.#latestId) {
      if (isRead(table)) continue;
      const oldest = this.#db
        .prepare('SELECT MAX(id) AS id FROM _stream_records WHERE table_name = ? AND created_at < ? AND id < ?')
        .get(table, epochSeconds, latestId) as { id: number | null };
      if (oldest.id !== null) this.trim(table, String(oldest.id));
    }
  }

  /** Rows of a table whose number attribute `attribute` lies in the past, a page at a time; for the TTL sweep. */
  expiredKeys(table: ExpiringTable, nowSeconds: number, afterRowId: number, limit: number): ExpiredPage {
    const path = `$."${table.attribute.replaceAll('"', '')}".N`;
    const rows = this.#db
      .prepare(
        `SELECT rowid AS id, item_json AS item, CAST(json_extract(item_json, ?) AS REAL) AS due
         FROM "${table.name.replaceAll('"', '')}" WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      )
      .all(path, afterRowId, limit) as { id: number; item: string; due: number | null }[];
    const items = rows
      .filter(({ due }) => due !== null && due <= nowSeconds && due > nowSeconds - OLDEST_TTL_SECONDS)
      .map(({ item }) => JSON.parse(item) as Record<string, unknown>);
    return { items, nextRowId: rows.length === limit ? rows.at(-1)?.id : undefined };
  }

  close(): void {
    this.#db.close();
  }
}

/** DynamoDB leaves alone what expired more than five years ago. */
const OLDEST_TTL_SECONDS = 5 * 365 * 24 * 3600;

export interface ExpiringTable {
  readonly name: string;
  readonly attribute: string;
}

export interface ExpiredPage {
  readonly items: readonly Record<string, unknown>[];
  /** Undefined at the end of the table. */
  readonly nextRowId: number | undefined;
}

function toRecord(row: Row, arn: string): StreamRecord {
  return {
    eventID: createHash('md5').update(`${arn}#${row.id}`).digest('hex'),
    eventName: row.event_name,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: arn.split(':')[3] ?? '',
    eventSourceARN: arn,
    ...(row.user_identity && { userIdentity: JSON.parse(row.user_identity) as StreamRecord['userIdentity'] & object }),
    dynamodb: {
      ApproximateCreationDateTime: row.created_at,
      Keys: JSON.parse(row.keys_json) as Record<string, unknown>,
      ...(row.new_image && { NewImage: JSON.parse(row.new_image) as Record<string, unknown> }),
      ...(row.old_image && { OldImage: JSON.parse(row.old_image) as Record<string, unknown> }),
      SequenceNumber: sequenceNumber(row.id),
      SizeBytes: row.keys_json.length + (row.new_image?.length ?? 0) + (row.old_image?.length ?? 0),
      StreamViewType: row.view_type,
    },
  };
}

function sequenceNumber(id: number): string {
  return String(id).padStart(SEQUENCE_DIGITS, '0');
}
