import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import type { Journal } from '../../store/journal.ts';
import { makeEvent, type BusEvent } from './event.ts';
import type { Rule } from './rule.ts';

/**
 * Fires rules that have a schedule: a `Scheduled Event` to the rule's targets.
 *
 * R1  Each firing and its time are one write, so that a restart neither repeats nor forgets it.
 * R2  Firings that fell due while nothing ran are made up for once, not once each.
 */
export class RuleSchedules {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #fire: (rule: Rule, event: BusEvent) => void;
  readonly #rules = new Map<string, Rule>();
  readonly #timers = new Map<string, Timer & { readonly dueAtMs: number }>();
  #running = false;

  /** @param options.fire is called inside a journal write. */
  constructor(options: {
    journal: Journal;
    clock: Clock;
    stack: StackIdentity;
    fire: (rule: Rule, event: BusEvent) => void;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#fire = options.fire;
    this.#journal.migrate(
      'CREATE TABLE IF NOT EXISTS events_rule_firings (rule_arn TEXT PRIMARY KEY, fired_at_ms INTEGER NOT NULL) STRICT',
    );
  }

  start(): void {
    this.#running = true;
    for (const rule of this.#rules.values()) this.#arm(rule);
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** Fires the rules that are due by then, once each. @returns how many. */
  fireDueBy(untilMs: number): number {
    const due = this.#timers
      .entries()
      .filter(([, { dueAtMs }]) => dueAtMs <= untilMs)
      .toArray();
    for (const [arn, timer] of due) {
      timer.cancel();
      this.#firedBy(this.#rules.get(arn)!);
    }
    return due.length;
  }

  changed(rule: Rule | undefined, arn: string): void {
    this.#timers.get(arn)?.cancel();
    this.#timers.delete(arn);
    if (!rule?.schedule || rule.state !== 'ENABLED') {
      this.#rules.delete(arn);
      return;
    }
    this.#rules.set(arn, rule);
    if (this.#running) this.#arm(rule);
  }

  #arm(rule: Rule): void {
    const dueAtMs = rule.schedule?.nextAfter(this.#lastFiredAtMs(rule), rule.createdAtMs);
    if (dueAtMs === undefined) return;
    const timer = this.#clock.at(dueAtMs, () => this.#firedBy(rule));
    this.#timers.set(rule.arn, { dueAtMs, cancel: () => timer.cancel() });
  }

  #firedBy(rule: Rule): void {
    const nowMs = this.#clock.nowMs();
    const fields = { source: 'aws.events', detailType: 'Scheduled Event', detail: {} };
    const event = makeEvent({ ...fields, resources: [rule.arn], timeMs: nowMs }, this.#stack);
    const written = this.#journal.write(() => {
      this.#journal
        .sql(
          'INSERT INTO events_rule_firings VALUES (?, ?) ON CONFLICT (rule_arn) DO UPDATE SET fired_at_ms = excluded.fired_at_ms',
        )
        .run(rule.arn, nowMs);
      this.#fire(rule, event);
    });
    // A firing that could not be stored is due again at once at the next start; the schedule goes on meanwhile.
    written.catch(() => undefined);
    this.#arm(rule);
  }

  #lastFiredAtMs(rule: Rule): number {
    const row = this.#journal.sql('SELECT fired_at_ms FROM events_rule_firings WHERE rule_arn = ?').get(rule.arn);
    return Math.max((row?.fired_at_ms as number | undefined) ?? 0, rule.effectiveFromMs);
  }
}
