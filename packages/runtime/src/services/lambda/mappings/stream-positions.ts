import { StartError } from '../../../runtime/start-error.ts';
import type { Journal } from '../../../store/journal.ts';
import type { StreamReader } from '../../shared/ports/streams.ts';

/** Positions are written at every batch; a stream is trimmed after so many records, or when its reader rests. */
const RECORDS_BETWEEN_TRIMS = 1000;

interface Position {
  readonly streamArn: string;
  /** The last record that is dealt with; undefined before the first one. */
  sequenceNumber: string | undefined;
}

/**
 * How far each mapping has come in its stream.
 *
 * P1  A position is on disk before its records are trimmed from the stream; after a kill records come again, never
 *     fewer.
 * P2  A stream is trimmed to the position of its slowest mapping, be it disabled.
 */
export class StreamPositions {
  readonly #journal: Journal;
  readonly #streams: StreamReader;
  readonly #positions = new Map<string, Position>();
  readonly #sinceTrim = new Map<string, number>();

  constructor(journal: Journal, streams: StreamReader) {
    this.#journal = journal;
    this.#streams = streams;
    journal.migrate(
      'CREATE TABLE IF NOT EXISTS lambda_stream_position (uuid TEXT PRIMARY KEY, stream_arn TEXT NOT NULL, sequence_number TEXT) STRICT',
    );
  }

  /** Takes up the stored position, or sets the starting one. */
  async add(uuid: string, streamArn: string, startingPosition: 'TRIM_HORIZON' | 'LATEST'): Promise<void> {
    const query = 'SELECT sequence_number FROM lambda_stream_position WHERE uuid = ? AND stream_arn = ?';
    const stored = this.#journal.sql(query).get(uuid, streamArn);
    if (stored) {
      const sequenceNumber = (stored['sequence_number'] as string | null) ?? undefined;
      if (sequenceNumber !== undefined) await this.#requireGiven(sequenceNumber, streamArn);
      this.#positions.set(uuid, { streamArn, sequenceNumber });
      return;
    }
    const latest = startingPosition === 'LATEST' ? await this.#streams.latestSequenceNumber(streamArn) : undefined;
    this.#positions.set(uuid, { streamArn, sequenceNumber: latest });
    await this.#save(uuid);
  }

  /** The journal knows a record that the store never gave: the store was emptied, replaced, or lost its log. */
  async #requireGiven(sequenceNumber: string, streamArn: string): Promise<void> {
    const highest = await this.#streams.highestSequenceNumber?.();
    if (highest === undefined || !isBefore(highest, sequenceNumber)) return;
    const message =
      `The tables lost data: change ${Number(sequenceNumber)} of ${streamArn} was delivered, and the database ends at ` +
      `${Number(highest)}. Restore dynamodb.sqlite with its -wal file, or start with --fresh.`;
    throw new StartError('STORE_LOST', message);
  }

  of(uuid: string): string | undefined {
    return this.#positions.get(uuid)?.sequenceNumber;
  }

  /** Moves on by `count` records, in memory at once; resolves when it is on disk. */
  async advance(uuid: string, sequenceNumber: string, count: number): Promise<void> {
    const position = this.#position(uuid);
    position.sequenceNumber = sequenceNumber;
    await this.#save(uuid);
    const sinceTrim = (this.#sinceTrim.get(position.streamArn) ?? 0) + count;
    this.#sinceTrim.set(position.streamArn, sinceTrim);
    if (sinceTrim >= RECORDS_BETWEEN_TRIMS) await this.trim(uuid);
  }

  /** Gives back what no mapping of the stream needs any more. */
  async trim(uuid: string): Promise<void> {
    const { streamArn } = this.#position(uuid);
    if (!this.#sinceTrim.get(streamArn)) return;
    this.#sinceTrim.set(streamArn, 0);
    const slowest = this.#slowest(streamArn);
    if (slowest === undefined) return;
    await this.#journal.flushed();
    await this.#streams.trim(streamArn, slowest);
  }

  #slowest(streamArn: string): string | undefined {
    let slowest: string | undefined;
    for (const position of this.#positions.values()) {
      if (position.streamArn !== streamArn) continue;
      if (position.sequenceNumber === undefined) return undefined;
      if (slowest === undefined || isBefore(position.sequenceNumber, slowest)) slowest = position.sequenceNumber;
    }
    return slowest;
  }

  async #save(uuid: string): Promise<void> {
    const { streamArn, sequenceNumber } = this.#position(uuid);
    const upsert = `INSERT INTO lambda_stream_position VALUES (?, ?, ?) ON CONFLICT (uuid) DO UPDATE
      SET stream_arn = excluded.stream_arn, sequence_number = excluded.sequence_number`;
    await this.#journal.write(() => this.#journal.sql(upsert).run(uuid, streamArn, sequenceNumber ?? null));
  }

  #position(uuid: string): Position {
    const position = this.#positions.get(uuid);
    if (!position) throw new Error(`The mapping ${uuid} has no position: add it first.`);
    return position;
  }
}

/** Sequence numbers are decimal numbers too long for a double. */
function isBefore(left: string, right: string): boolean {
  return BigInt(left) < BigInt(right);
}
