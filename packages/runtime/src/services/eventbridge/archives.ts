import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { BusEvent } from './event.ts';
import { compileEventPattern, type EventPattern } from '../shared/patterns/event-pattern.ts';
import type { RuleBook } from './rule-book.ts';

/** What is stored of an archive. */
export interface ArchiveDefinition {
  readonly name: string;
  readonly busName: string;
  readonly description?: string | undefined;
  readonly eventPattern?: string | undefined;
  /** 0 keeps events for ever. */
  readonly retentionDays: number;
  readonly createdAtMs: number;
}

export interface ArchivedEvent {
  readonly seq: number;
  readonly timeMs: number;
  readonly json: string;
}

interface Archive extends ArchiveDefinition {
  readonly pattern?: EventPattern;
}

const DAY_MS = 86_400_000;

/** Keeps the events of buses, by their own time, until their retention is over (looked at every hour). */
export class Archives {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #rules: RuleBook;
  readonly #archives = new Map<string, Archive>();
  #timer: Timer | undefined;

  constructor(options: { journal: Journal; clock: Clock; stack: StackIdentity; rules: RuleBook }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#rules = options.rules;
    this.#journal.migrate(`
      CREATE TABLE IF NOT EXISTS events_archives (name TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS events_archived (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, archive TEXT NOT NULL, time_ms INTEGER NOT NULL,
        archived_at_ms INTEGER NOT NULL, size_bytes INTEGER NOT NULL, event TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS events_archived_by_time ON events_archived (archive, time_ms, seq, size_bytes);
    `);
    for (const row of this.#journal.sql('SELECT definition FROM events_archives').all()) {
      this.#open(JSON.parse(row.definition as string) as ArchiveDefinition);
    }
  }

  start(): void {
    this.#timer = this.#clock.at(this.#clock.nowMs() + DAY_MS / 24, () => {
      this.#expire();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  all(): ArchiveDefinition[] {
    return [...this.#archives.values()];
  }

  find(name: string): ArchiveDefinition | undefined {
    return this.#archives.get(name);
  }

  /** @throws AwsError ResourceNotFoundException. */
  get(name: string): ArchiveDefinition {
    const archive = this.#archives.get(name);
    if (!archive) throw new AwsError('ResourceNotFoundException', `Archive ${name} does not exist.`);
    return archive;
  }

  arnOf(name: string): string {
    return `arn:aws:events:${this.#stack.region}:${this.#stack.accountId}:archive/${name}`;
  }

  /** Creates or replaces. @throws AwsError InvalidEventPatternException, ResourceNotFoundException for the bus. */
  async save(definition: ArchiveDefinition): Promise<void> {
    this.#rules.bus(definition.busName);
    this.#open(definition);
    await this.#journal.write(() => {
      this.#journal
        .sql(
          'INSERT INTO events_archives VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET definition = excluded.definition',
        )
        .run(definition.name, JSON.stringify(definition));
    });
  }

  async delete(name: string): Promise<void> {
    this.get(name);
    this.#archives.delete(name);
    await this.#journal.write(() => {
      this.#journal.sql('DELETE FROM events_archived WHERE archive = ?').run(name);
      this.#journal.sql('DELETE FROM events_archives WHERE name = ?').run(name);
    });
  }

  /** Whether any archive keeps events of the bus. */
  has(busName: string): boolean {
    return this.all().some((archive) => archive.busName === busName);
  }

  /** Whether an archive keeps this event; replayed events are kept by none. */
  wants(busName: string, event: BusEvent): boolean {
    return this.#keepers(busName, event).length > 0;
  }

  /** Inside a journal write. */
  record(busName: string, event: BusEvent): void {
    for (const archive of this.#keepers(busName, event)) {
      this.#journal
        .sql('INSERT INTO events_archived VALUES (NULL, ?, ?, ?, ?, ?)')
        .run(archive.name, event.timeMs, this.#clock.nowMs(), Buffer.byteLength(event.json), event.json);
    }
  }

  count(name: string): { events: number; bytes: number } {
    const row = this.#journal
      .sql('SELECT count(*) AS events, coalesce(sum(size_bytes), 0) AS bytes FROM events_archived WHERE archive = ?')
      .get(name)!;
    return { events: row.events as number, bytes: row.bytes as number };
  }

  /** Events from `startMs` to before `endMs` in the order of time, after the position of a former page. */
  page(
    name: string,
    range: { readonly startMs: number; readonly endMs: number },
    after: { readonly timeMs: number; readonly seq: number },
    limit: number,
  ): ArchivedEvent[] {
    const rows = this.#journal
      .sql(
        `SELECT seq, time_ms, event FROM events_archived
         WHERE archive = ? AND time_ms >= ? AND time_ms < ? AND (time_ms, seq) > (?, ?) ORDER BY time_ms, seq LIMIT ?`,
      )
      .all(name, range.startMs, range.endMs, after.timeMs, after.seq, limit);
    return rows.map((row) => ({ seq: row.seq as number, timeMs: row.time_ms as number, json: row.event as string }));
  }

  #keepers(busName: string, event: BusEvent): Archive[] {
    if ('replay-name' in event.envelope) return [];
    const keepers: Archive[] = [];
    for (const archive of this.#archives.values()) {
      const keeps = archive.busName === busName && (archive.pattern?.matches(event.envelope) ?? true);
      if (keeps) keepers.push(archive);
    }
    return keepers;
  }

  #open(definition: ArchiveDefinition): void {
    const { eventPattern } = definition;
    this.#archives.set(definition.name, {
      ...definition,
      ...(eventPattern !== undefined && { pattern: compileEventPattern(eventPattern) }),
    });
  }

  #expire(): void {
    const expiring = this.all().filter((archive) => archive.retentionDays > 0);
    if (expiring.length === 0) return;
    const written = this.#journal.write(() => {
      for (const { name, retentionDays } of expiring) {
        const oldestMs = this.#clock.nowMs() - retentionDays * DAY_MS;
        this.#journal.sql('DELETE FROM events_archived WHERE archive = ? AND archived_at_ms < ?').run(name, oldestMs);
      }
    });
    written.catch(() => undefined); // what could not be deleted now is found again in an hour
  }
}
