import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { Archives } from './archives.ts';
import { replayedEvent, type BusEvent } from './event.ts';
import type { EventBus, RuleBook } from './rule-book.ts';

export interface Replay {
  readonly name: string;
  readonly description?: string | undefined;
  readonly archiveName: string;
  readonly busName: string;
  /** Only these rules get the events; empty: all that match. */
  readonly ruleArns: readonly string[];
  readonly eventStartMs: number;
  readonly eventEndMs: number;
  readonly startedAtMs: number;
  state: 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  stateReason?: string;
  endedAtMs?: number;
  /** Where the next batch goes on. */
  position: { timeMs: number; seq: number };
}

type Deliver = (bus: EventBus, event: BusEvent, ruleArns: readonly string[]) => void;

const BATCH = 50;
const MAX_AT_ONCE = 10;

/** Replays of archives. A batch's deliveries and its position are one write, so a restart repeats nothing. */
export class Replays {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #archives: Archives;
  readonly #rules: RuleBook;
  readonly #deliver: Deliver;
  readonly #replays = new Map<string, Replay>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  /** @param options.deliver is called inside a journal write. */
  constructor(options: {
    journal: Journal;
    clock: Clock;
    stack: StackIdentity;
    archives: Archives;
    rules: RuleBook;
    deliver: Deliver;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#archives = options.archives;
    this.#rules = options.rules;
    this.#deliver = options.deliver;
    this.#journal.migrate(
      'CREATE TABLE IF NOT EXISTS events_replays (name TEXT PRIMARY KEY, replay TEXT NOT NULL) STRICT',
    );
    for (const row of this.#journal.sql('SELECT replay FROM events_replays ORDER BY rowid').all()) {
      const replay = JSON.parse(row.replay as string) as Replay;
      this.#replays.set(replay.name, replay);
    }
  }

  start(): void {
    for (const replay of this.#replays.values()) if (isActive(replay)) this.#launch(replay);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  all(): Replay[] {
    return [...this.#replays.values()];
  }

  /** @throws AwsError ResourceNotFoundException. */
  get(name: string): Replay {
    const replay = this.#replays.get(name);
    if (!replay) throw new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`);
    return replay;
  }

  arnOf(name: string): string {
    return `arn:aws:events:${this.#stack.region}:${this.#stack.accountId}:replay/${name}`;
  }

  /** @throws AwsError ResourceAlreadyExistsException, LimitExceededException. */
  async begin(request: Omit<Replay, 'state' | 'position' | 'startedAtMs'>): Promise<Replay> {
    if (this.#replays.has(request.name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Replay ${request.name} already exists.`);
    }
    if (this.all().filter(isActive).length >= MAX_AT_ONCE) {
      throw new AwsError('LimitExceededException', `At most ${MAX_AT_ONCE} replays can run at once.`);
    }
    const replay: Replay = {
      ...request,
      startedAtMs: this.#clock.nowMs(),
      state: 'STARTING',
      position: { timeMs: request.eventStartMs, seq: 0 },
    };
    this.#replays.set(replay.name, replay);
    await this.#journal.write(() => this.#save(replay));
    this.#launch(replay);
    return replay;
  }

  /** @throws AwsError IllegalStatusException when it runs no more. */
  async cancel(name: string): Promise<Replay> {
    const replay = this.get(name);
    if (!isActive(replay) || replay.state === 'CANCELLING') {
      throw new AwsError('IllegalStatusException', `Replay ${name} is not in a valid state for this operation.`);
    }
    replay.state = 'CANCELLING';
    await this.#journal.write(() => this.#save(replay));
    return replay;
  }

  #launch(replay: Replay): void {
    const run = this.#run(replay).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(replay: Replay): Promise<void> {
    while (isActive(replay) && !this.#stopped) {
      await this.#journal.write(() => {
        this.#replayBatch(replay);
        this.#save(replay);
      });
    }
  }

  #replayBatch(replay: Replay): void {
    const bus = this.#rules.findBus(replay.busName);
    if (replay.state === 'CANCELLING') return this.#end(replay, 'CANCELLED');
    if (!bus || !this.#archives.find(replay.archiveName)) {
      return this.#end(replay, 'FAILED', 'The archive or its event bus does not exist any more.');
    }
    replay.state = 'RUNNING';
    const range = { startMs: replay.eventStartMs, endMs: replay.eventEndMs };
    const events = this.#archives.page(replay.archiveName, range, replay.position, BATCH);
    for (const { json, timeMs, seq } of events) {
      this.#deliver(bus, replayedEvent(json, timeMs, replay.name), replay.ruleArns);
      replay.position = { timeMs, seq };
    }
    if (events.length < BATCH) this.#end(replay, 'COMPLETED');
  }

  #end(replay: Replay, state: 'COMPLETED' | 'CANCELLED' | 'FAILED', reason?: string): void {
    replay.state = state;
    replay.endedAtMs = this.#clock.nowMs();
    if (reason) replay.stateReason = reason;
  }

  #save(replay: Replay): void {
    this.#journal
      .sql('INSERT INTO events_replays VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET replay = excluded.replay')
      .run(replay.name, JSON.stringify(replay));
  }
}

function isActive(replay: Replay): boolean {
  return replay.state === 'STARTING' || replay.state === 'RUNNING' || replay.state === 'CANCELLING';
}
