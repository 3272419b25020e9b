import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import type { Journal } from '../../store/journal.ts';
import type { EventPublisher, ServiceEvent, BusPublisher } from '../shared/ports/events.ts';
import type { TargetSender } from '../shared/ports/targets.ts';
import { serviceOfArn } from '../shared/arn.ts';
import { Archives } from './archives.ts';
import { Deliveries, type DeliveryRequest } from '../shared/delivery/deliveries.ts';
import { makeEvent, type BusEvent, type EventFields } from './event.ts';
import type { EventQueues } from '../shared/delivery/event-queues.ts';
import { Replays } from './replays.ts';
import type { Rule } from './rule.ts';
import type { Target } from './target.ts';
import { missingBus, RuleBook, type EventBus } from './rule-book.ts';
import { RuleSchedules } from './rule-schedules.ts';

/** An event for a bus. */
export interface BusEntry extends EventFields {
  /** Name or ARN; undefined is the default bus. */
  readonly bus: string | undefined;
}

interface Acceptance {
  readonly event: BusEvent;
  readonly bus: EventBus;
  readonly rules: readonly Rule[];
  readonly archived: boolean;
}

/** Buses that feed each other end here, as EventBridge ends them. */
const MAX_HOPS = 2;

/**
 * Amazon EventBridge: buses, rules, targets, archives and replays.
 *
 * E1  An event is acknowledged when its archive copies and the deliveries that it matched are durable, in one write.
 * E2  An event that nothing matches and no archive keeps leaves no trace.
 * E3  Replayed events are not archived again.
 */
export class EventBridgeService implements EventPublisher, BusPublisher {
  readonly rules: RuleBook;
  readonly archives: Archives;
  readonly replays: Replays;
  readonly deliveries: Deliveries;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #schedules: RuleSchedules;
  readonly #onServiceEvent: ((event: ServiceEvent) => void) | undefined;

  /** @param options.deadLetters queues, both as dead-letter queues and as targets. */
  constructor(options: {
    journal: Journal;
    clock: Clock;
    stack: StackIdentity;
    targets: TargetSender;
    deadLetters: EventQueues;
    random?: () => number;
    onServiceEvent?: ((event: ServiceEvent) => void) | undefined;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#onServiceEvent = options.onServiceEvent;
    this.#stack = options.stack;
    this.deliveries = new Deliveries({ ...options, queues: options.deadLetters, table: 'events_deliveries' });
    this.#schedules = new RuleSchedules({
      ...options,
      fire: (rule, event) => this.#deliverTo(rule, event, 0),
    });
    this.rules = new RuleBook({ ...options, changed: (rule, arn) => this.#schedules.changed(rule, arn) });
    this.archives = new Archives({ ...options, rules: this.rules });
    this.replays = new Replays({
      ...options,
      archives: this.archives,
      rules: this.rules,
      deliver: (bus, event, ruleArns) => this.#replay(bus, event, ruleArns),
    });
  }

  /** Goes on with pending deliveries and replays, and begins to fire schedules. Call it when the template is up. */
  async start(): Promise<void> {
    await this.rules.removeUndeclared();
    this.deliveries.start();
    this.archives.start();
    this.replays.start();
    this.#schedules.start();
  }

  async stop(): Promise<void> {
    this.#schedules.stop();
    this.archives.stop();
    await this.replays.stop();
    await this.deliveries.stop();
    await this.#journal.flushed();
  }

  /** @see Service.skipWaits */
  skipWaits(untilMs: number): number {
    return this.#schedules.fireDueBy(untilMs);
  }

  async publish(event: ServiceEvent): Promise<void> {
    this.#onServiceEvent?.(event);
    const bus = this.rules.bus(undefined);
    if (bus.rules.size === 0 && !this.archives.has(bus.name)) return;
    await this.putAll([{ ...event, bus: bus.name, timeMs: this.#clock.nowMs() }]);
  }

  async putTo(busArn: string, event: { source: string; detailType: string; detail: string }): Promise<void> {
    const { source, detailType, detail: detailJson } = event;
    const { name: bus } = this.rules.bus(busArn);
    const detail: unknown = JSON.parse(detailJson);
    await this.putAll([{ source, detailType, detailJson, detail, bus, resources: [], timeMs: this.#clock.nowMs() }]);
  }

  /** Puts events; resolves with their ids when they are accepted (E1). An unknown bus swallows its events. */
  async putAll(entries: readonly BusEntry[]): Promise<string[]> {
    const events = entries.map((entry) => makeEvent(entry, this.#stack));
    const accepted = entries.flatMap((entry, index) => {
      const bus = this.rules.findBus(entry.bus);
      return bus ? [this.#accept(bus, events[index]!)] : [];
    });
    if (accepted.some(({ rules, archived }) => rules.length > 0 || archived)) {
      await this.#journal.write(() => {
        for (const acceptance of accepted) this.#keep(acceptance, 0);
      });
    }
    return events.map((event) => event.id);
  }

  /** The runtime's time: that of an event that does not say its own. */
  nowMs(): number {
    return this.#clock.nowMs();
  }

  #accept(bus: EventBus, event: BusEvent): Acceptance {
    const rules = [...bus.rules.values()].filter(
      (rule) => rule.state === 'ENABLED' && rule.targets.length > 0 && rule.pattern?.matches(event.envelope),
    );
    return { event, bus, rules, archived: this.archives.wants(bus.name, event) };
  }

  /** Inside a journal write. */
  #keep(acceptance: Acceptance, hops: number): void {
    if (acceptance.archived) this.archives.record(acceptance.bus.name, acceptance.event);
    for (const rule of acceptance.rules) this.#deliverTo(rule, acceptance.event, hops);
  }

  /** Inside a journal write. */
  #deliverTo(rule: Rule, event: BusEvent, hops: number): void {
    const context = { ruleArn: rule.arn, ruleName: rule.name, nowMs: this.#clock.nowMs() };
    for (const target of rule.targets) {
      const request = {
        target,
        payload: isBus(target) ? event.json : rule.inputs.get(target)!(event, context),
        deadLetterBody: event.json,
        deadLetterAttributes: { RULE_ARN: rule.arn, TARGET_ARN: target.Arn },
        permission: { sourceArn: rule.arn, forTarget: !target.RoleArn },
      };
      if (isBus(target)) this.#forward(request, event, hops);
      else this.deliveries.add(request);
    }
  }

  /** A bus as target gets the event itself, with its id. */
  #forward(request: DeliveryRequest, event: BusEvent, hops: number): void {
    const bus = this.rules.findBus(request.target.Arn);
    if (!bus) this.deliveries.refuse(request, missingBus(request.target.Arn));
    else if (hops < MAX_HOPS) this.#keep(this.#accept(bus, event), hops + 1);
  }

  /** Inside a journal write. */
  #replay(bus: EventBus, event: BusEvent, ruleArns: readonly string[]): void {
    for (const rule of this.#accept(bus, event).rules) {
      if (ruleArns.length === 0 || ruleArns.includes(rule.arn)) this.#deliverTo(rule, event, 0);
    }
  }
}

function isBus(target: Target): boolean {
  return serviceOfArn(target.Arn) === 'events' && target.Arn.includes(':event-bus/');
}
