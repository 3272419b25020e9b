import { randomUUID } from 'node:crypto';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import { Deliveries } from '../shared/delivery/deliveries.ts';
import { eventTime } from '../shared/event-time.ts';
import type { EventQueues } from '../shared/delivery/event-queues.ts';
import type { TargetSender } from '../shared/ports/targets.ts';
import {
  compileSchedule,
  DEFAULT_GROUP,
  nextFiringMs,
  scheduledInput,
  malformedTarget,
  targetProblem,
  type Schedule,
  type ScheduleDefinition,
  type ScheduleRequest,
} from './schedule.ts';

export interface ScheduleGroup {
  readonly name: string;
  readonly createdAtMs: number;
}

/**
 * Amazon EventBridge Scheduler.
 *
 * H1  A firing, its time and its delivery are one write: a restart neither repeats nor forgets it.
 * H2  Firings that fell due while nothing ran are made up for once, not once each.
 */
export class SchedulerService {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #deliveries: Deliveries;
  readonly #groups = new Map<string, ScheduleGroup>();
  readonly #schedules = new Map<string, Schedule>();
  readonly #timers = new Map<string, Timer>();
  readonly #declared = new Set<string>();
  #running = false;

  constructor(options: {
    journal: Journal;
    clock: Clock;
    stack: StackIdentity;
    targets: TargetSender;
    deadLetters: EventQueues;
    random?: () => number;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#deliveries = new Deliveries({ ...options, queues: options.deadLetters, table: 'scheduler_deliveries' });
    this.#load();
  }

  /** Begins to fire. Call it when the template is up. */
  async start(): Promise<void> {
    await this.#removeUndeclared();
    this.#running = true;
    this.#deliveries.start();
    for (const schedule of this.#schedules.values()) this.#arm(schedule);
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await this.#deliveries.stop();
    await this.#journal.flushed();
  }

  groups(): ScheduleGroup[] {
    return [...this.#groups.values()];
  }

  schedules(): Schedule[] {
    return [...this.#schedules.values()];
  }

  find(groupName: string, name: string): Schedule | undefined {
    return this.#schedules.get(`${groupName}/${name}`);
  }

  /** @throws AwsError ResourceNotFoundException. */
  get(groupName: string, name: string): Schedule {
    const schedule = this.find(groupName, name);
    if (!schedule) throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
    return schedule;
  }

  arnOf(groupName: string, name: string): string {
    return `arn:aws:scheduler:${this.#stack.region}:${this.#stack.accountId}:schedule/${groupName}/${name}`;
  }

  groupArn(name: string): string {
    return `arn:aws:scheduler:${this.#stack.region}:${this.#stack.accountId}:schedule-group/${name}`;
  }

  /** Creates a group; one that exists stays as it is. */
  async declareGroup(name: string): Promise<void> {
    if (this.#groups.has(name)) return;
    const createdAtMs = this.#clock.nowMs();
    this.#groups.set(name, { name, createdAtMs });
    await this.#journal.write(
      () => void this.#journal.sql('INSERT INTO scheduler_groups VALUES (?, ?)').run(name, createdAtMs),
    );
  }

  /** Creates or replaces; what it has fired already stays known. @throws AwsError ValidationException, ResourceNotFoundException. */
  async save(request: ScheduleRequest): Promise<Schedule> {
    if (!this.#groups.has(request.groupName)) {
      throw new AwsError('ResourceNotFoundException', `Schedule group ${request.groupName} does not exist.`, 404);
    }
    const malformed = malformedTarget(request.target);
    if (malformed) throw new AwsError('ValidationException', malformed);
    const problem = targetProblem(request.target);
    if (problem) throw new AwsError('ValidationException', `The embedded runtime does not support ${problem}.`);
    const key = keyOf(request);
    const definition = this.#timed(request, this.#schedules.get(key));
    const schedule = compileSchedule(definition, this.#schedules.get(key)?.firedAtMs);
    this.#schedules.set(key, schedule);
    if (definition.declared) this.#declared.add(key);
    if (this.#running) this.#arm(schedule);
    await this.#journal.write(() => {
      this.#journal
        .sql(
          'INSERT INTO scheduler_schedules VALUES (?, ?, NULL) ON CONFLICT (key) DO UPDATE SET definition = excluded.definition',
        )
        .run(key, JSON.stringify(definition));
    });
    return schedule;
  }

  async delete(groupName: string, name: string): Promise<void> {
    const key = keyOf(this.get(groupName, name));
    this.#forget(key);
    await this.#journal.write(() => void this.#journal.sql('DELETE FROM scheduler_schedules WHERE key = ?').run(key));
  }

  #timed(request: ScheduleRequest, existing: Schedule | undefined): ScheduleDefinition {
    const nowMs = this.#clock.nowMs();
    const sameTiming = existing !== undefined && timing(existing) === timing(request);
    return {
      ...request,
      createdAtMs: existing?.createdAtMs ?? nowMs,
      modifiedAtMs: sameTiming ? existing.modifiedAtMs : nowMs,
    };
  }

  #arm(schedule: Schedule): void {
    const key = keyOf(schedule);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    const dueAtMs = schedule.state === 'ENABLED' ? nextFiringMs(schedule) : undefined;
    if (dueAtMs === undefined) return;
    this.#timers.set(
      key,
      this.#clock.at(dueAtMs, () => this.#fire(schedule, dueAtMs)),
    );
  }

  #fire(schedule: Schedule, scheduledAtMs: number): void {
    const key = keyOf(schedule);
    schedule.firedAtMs = this.#clock.nowMs();
    const completed = nextFiringMs(schedule) === undefined && schedule.deleteAfterCompletion;
    const written = this.#journal.write(() => {
      this.#deliver(schedule, scheduledAtMs);
      if (completed) this.#journal.sql('DELETE FROM scheduler_schedules WHERE key = ?').run(key);
      else
        this.#journal.sql('UPDATE scheduler_schedules SET fired_at_ms = ? WHERE key = ?').run(schedule.firedAtMs!, key);
    });
    // A firing that could not be stored is due again at once at the next start; the schedule goes on meanwhile.
    written.catch(() => undefined);
    if (completed) this.#forget(key);
    else this.#arm(schedule);
  }

  #deliver(schedule: Schedule, scheduledAtMs: number): void {
    const arn = this.arnOf(schedule.groupName, schedule.name);
    const executionId = randomUUID();
    const payload = scheduledInput(schedule, { arn, scheduledAtMs, executionId });
    this.#deliveries.add({
      target: schedule.target,
      payload,
      deadLetterBody: payload,
      deadLetterAttributes: {
        SCHEDULE_ARN: arn,
        TARGET_ARN: schedule.target.Arn,
        EXECUTION_ID: executionId,
        SCHEDULED_TIME: eventTime(scheduledAtMs),
        IS_PAYLOAD_TRUNCATED: 'false',
      },
    });
  }

  #forget(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    this.#schedules.delete(key);
  }

  /** Removes the schedules of a former template that the present one has no more. */
  async #removeUndeclared(): Promise<void> {
    if (this.#declared.size === 0) return;
    const stale = this.schedules().filter((schedule) => schedule.declared && !this.#declared.has(keyOf(schedule)));
    for (const schedule of stale) await this.delete(schedule.groupName, schedule.name);
  }

  #load(): void {
    this.#journal.migrate(`
      CREATE TABLE IF NOT EXISTS scheduler_groups (name TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS scheduler_schedules (key TEXT PRIMARY KEY, definition TEXT NOT NULL, fired_at_ms INTEGER) STRICT;
    `);
    this.#groups.set(DEFAULT_GROUP, { name: DEFAULT_GROUP, createdAtMs: this.#clock.nowMs() });
    for (const row of this.#journal.sql('SELECT * FROM scheduler_groups').all()) {
      const name = row.name as string;
      this.#groups.set(name, { name, createdAtMs: row.created_at_ms as number });
    }
    for (const row of this.#journal.sql('SELECT * FROM scheduler_schedules').all()) {
      const definition = JSON.parse(row.definition as string) as ScheduleDefinition;
      const firedAtMs = (row.fired_at_ms as number | null) ?? undefined;
      this.#schedules.set(row.key as string, compileSchedule(definition, firedAtMs));
    }
  }
}

function keyOf(schedule: Pick<ScheduleDefinition, 'groupName' | 'name'>): string {
  return `${schedule.groupName}/${schedule.name}`;
}

function timing({ expression, timeZone, state, startMs, endMs }: ScheduleRequest): string {
  return JSON.stringify([expression, timeZone, state, startMs, endMs]);
}
