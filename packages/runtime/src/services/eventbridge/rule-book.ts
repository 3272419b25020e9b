import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import { compileRule, type Rule, type RuleDefinition, type RuleRequest } from './rule.ts';

export const DEFAULT_BUS = 'default';

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly createdAtMs: number;
  readonly rules: ReadonlyMap<string, Rule>;
}

interface BusState extends EventBus {
  readonly rules: Map<string, Rule>;
}

/** Event buses and their rules: in memory compiled, in the journal as definitions. */
export class RuleBook {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #buses = new Map<string, BusState>();
  readonly #declared = new Set<string>();
  readonly #changed: (rule: Rule | undefined, arn: string) => void;

  /** @param options.changed is told of each rule that is new, changed or (undefined) gone, also while loading. */
  constructor(options: {
    journal: Journal;
    clock: Clock;
    stack: StackIdentity;
    changed: (rule: Rule | undefined, arn: string) => void;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#changed = options.changed;
    this.#journal.migrate(`
      CREATE TABLE IF NOT EXISTS events_buses (name TEXT PRIMARY KEY, description TEXT, created_at_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS events_rules (bus TEXT, name TEXT, definition TEXT NOT NULL, PRIMARY KEY (bus, name)) STRICT;
    `);
    this.#load();
  }

  buses(): EventBus[] {
    return [...this.#buses.values()];
  }

  /** @param nameOrArn undefined stands for the default bus; an ARN of another account or region is not ours. */
  findBus(nameOrArn: string | undefined): EventBus | undefined {
    return this.#findState(nameOrArn);
  }

  /** @throws AwsError ResourceNotFoundException. */
  bus(nameOrArn: string | undefined): EventBus {
    return this.#state(nameOrArn);
  }

  /** @throws AwsError ResourceNotFoundException. */
  rule(name: string, bus: string | undefined): Rule {
    const rule = this.bus(bus).rules.get(name);
    if (!rule)
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busNameOf(bus)}.`);
    return rule;
  }

  ruleArn(name: string, busName: string): string {
    const path = busName === DEFAULT_BUS ? name : `${busName}/${name}`;
    return `arn:aws:events:${this.#stack.region}:${this.#stack.accountId}:rule/${path}`;
  }

  busArn(name: string): string {
    return `arn:aws:events:${this.#stack.region}:${this.#stack.accountId}:event-bus/${name}`;
  }

  /** Creates a bus; one that exists stays as it is. */
  async declareBus(name: string, description?: string): Promise<EventBus> {
    const existing = this.#buses.get(name);
    if (existing) return existing;
    const bus = this.#open(name, this.#clock.nowMs(), description);
    await this.#journal.write(() => {
      this.#journal.sql('INSERT INTO events_buses VALUES (?, ?, ?)').run(name, description ?? null, bus.createdAtMs);
    });
    return bus;
  }

  async deleteBus(name: string): Promise<void> {
    const bus = this.#buses.get(name);
    if (!bus) return;
    if (bus.rules.size > 0)
      throw new AwsError('ValidationException', `EventBus ${name} can't be deleted since it has rules.`);
    this.#buses.delete(name);
    await this.#journal.write(() => void this.#journal.sql('DELETE FROM events_buses WHERE name = ?').run(name));
  }

  /** Creates or replaces a rule. @throws AwsError InvalidEventPatternException, ValidationException. */
  async save(request: RuleRequest): Promise<Rule> {
    const bus = this.#state(request.busName);
    const definition = this.#timed(request, bus.rules.get(request.name));
    const rule = compileRule(definition, this.ruleArn(definition.name, bus.name));
    if (rule.schedule && bus.name !== DEFAULT_BUS) {
      throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
    }
    bus.rules.set(rule.name, rule);
    if (definition.declared) this.#declared.add(rule.arn);
    this.#changed(rule, rule.arn);
    await this.#journal.write(() => {
      this.#journal
        .sql(
          'INSERT INTO events_rules VALUES (?, ?, ?) ON CONFLICT (bus, name) DO UPDATE SET definition = excluded.definition',
        )
        .run(bus.name, definition.name, JSON.stringify(definition));
    });
    return rule;
  }

  async deleteRule(name: string, busName: string): Promise<void> {
    const bus = this.#state(busName);
    const rule = bus.rules.get(name);
    if (!rule) return;
    bus.rules.delete(name);
    this.#changed(undefined, rule.arn);
    await this.#journal.write(() => {
      this.#journal.sql('DELETE FROM events_rules WHERE bus = ? AND name = ?').run(bus.name, name);
    });
  }

  /** Removes the rules of a former template that the present one, declared since the process began, has no more. */
  async removeUndeclared(): Promise<void> {
    if (this.#declared.size === 0) return;
    const stale = this.buses().flatMap((bus) =>
      [...bus.rules.values()].filter((rule) => rule.declared && !this.#declared.has(rule.arn)),
    );
    for (const rule of stale) await this.deleteRule(rule.name, rule.busName);
  }

  #timed(request: RuleRequest, existing: Rule | undefined): RuleDefinition {
    const nowMs = this.#clock.nowMs();
    const runsOn = existing?.scheduleExpression === request.scheduleExpression && existing?.state === request.state;
    return {
      ...request,
      createdAtMs: existing?.createdAtMs ?? nowMs,
      effectiveFromMs: runsOn ? (existing?.effectiveFromMs ?? nowMs) : nowMs,
    };
  }

  #state(nameOrArn: string | undefined): BusState {
    const bus = this.#findState(nameOrArn);
    if (!bus) throw missingBus(nameOrArn);
    return bus;
  }

  #findState(nameOrArn: string | undefined): BusState | undefined {
    const bus = this.#buses.get(busNameOf(nameOrArn));
    return nameOrArn?.startsWith('arn:') && bus?.arn !== nameOrArn ? undefined : bus;
  }

  #open(name: string, createdAtMs: number, description?: string): BusState {
    const bus: BusState = { name, arn: this.busArn(name), description, createdAtMs, rules: new Map() };
    this.#buses.set(name, bus);
    return bus;
  }

  #load(): void {
    this.#open(DEFAULT_BUS, this.#clock.nowMs());
    for (const row of this.#journal.sql('SELECT * FROM events_buses').all()) {
      this.#open(row.name as string, row.created_at_ms as number, (row.description as string | null) ?? undefined);
    }
    for (const row of this.#journal.sql('SELECT definition FROM events_rules').all()) {
      const definition = JSON.parse(row.definition as string) as RuleDefinition;
      const bus = this.#buses.get(definition.busName);
      if (!bus) continue;
      const rule = compileRule(definition, this.ruleArn(definition.name, bus.name));
      bus.rules.set(rule.name, rule);
      this.#changed(rule, rule.arn);
    }
  }
}

/** A bus is named by its name or its ARN; by nothing, it is the default one. */
export function busNameOf(nameOrArn: string | undefined): string {
  if (!nameOrArn) return DEFAULT_BUS;
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
}

export function missingBus(nameOrArn: string | undefined): AwsError {
  return new AwsError('ResourceNotFoundException', `Event bus ${busNameOf(nameOrArn)} does not exist.`);
}
