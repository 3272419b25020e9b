import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { evaluateAlarm, type Alarm, type AlarmState, type Evaluation } from './alarm.ts';
import { takeActions } from './alarm-actions.ts';
import { AlarmHistory } from './alarm-history.ts';
import { MetricStore } from './metric-store.ts';
import type { TopicPublisher } from '../shared/ports/topics.ts';
import type { Gauge, MetricGauges, MetricSample, MetricSink } from '../shared/ports/metrics.ts';

export interface MetricsOptions {
  readonly clock: Clock;
  readonly stack: StackIdentity;
  /** Where alarms ring. */
  readonly topics: TopicPublisher;
}

export interface AlarmStatus {
  readonly alarm: Alarm;
  readonly state: AlarmState;
  readonly reason: string;
  readonly changedMs: number;
}

const MINUTE_MS = 60_000;

/** Metrics of the last day and the alarms on them. Nothing is durable: after a restart alarms learn anew. */
export class MetricsService implements MetricSink, MetricGauges {
  readonly store = new MetricStore();
  readonly history = new AlarmHistory();
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #topics: TopicPublisher;
  readonly #alarms = new Map<string, AlarmStatus>();
  readonly #knownSinceMs: number;
  readonly #gauges: (() => readonly Gauge[])[] = [];
  #timer: Timer | undefined;

  constructor(options: MetricsOptions) {
    this.#clock = options.clock;
    this.#knownSinceMs = options.clock.nowMs();
    this.#stack = options.stack;
    this.#topics = options.topics;
  }

  record(sample: MetricSample): void {
    this.store.record(sample);
  }

  addGauges(read: () => readonly Gauge[]): void {
    this.#gauges.push(read);
  }

  declareAlarm(alarm: Alarm): void {
    const reason = 'Unchecked: Initial alarm creation';
    this.#alarms.set(alarm.name, { alarm, state: 'INSUFFICIENT_DATA', reason, changedMs: this.#clock.nowMs() });
  }

  /** Every alarm as it stands now, by name. */
  alarms(): AlarmStatus[] {
    this.evaluate();
    return [...this.#alarms.values()].sort((left, right) => (left.alarm.name < right.alarm.name ? -1 : 1));
  }

  /** Reads the gauges and brings every alarm up to date; one that changes takes its actions. */
  evaluate(): void {
    const nowMs = this.#clock.nowMs();
    const records = { store: this.store, nowMs, knownSinceMs: this.#knownSinceMs };
    this.readGauges();
    for (const [name, status] of this.#alarms) {
      const after = evaluateAlarm(status.alarm, records, status.state);
      const isChanged = after.state !== status.state;
      this.#alarms.set(name, { ...status, ...after, changedMs: isChanged ? nowMs : status.changedMs });
      if (isChanged) this.#ring(status, after, nowMs);
    }
  }

  /** Says that an alarm is in a state, which takes the actions of that state. @returns false when there is none such. */
  setState(name: string, after: Evaluation): boolean {
    const status = this.#alarms.get(name);
    if (status === undefined) return false;
    const nowMs = this.#clock.nowMs();
    if (after.state === status.state) return true;
    this.#alarms.set(name, { ...status, ...after, changedMs: nowMs });
    this.#ring(status, after, nowMs);
    return true;
  }

  #ring(before: AlarmStatus, after: Evaluation, atMs: number): void {
    const change = { alarmName: before.alarm.name, atMs, before, after };
    this.history.stateChanged(change);
    takeActions(before.alarm, change, { topics: this.#topics, stack: this.#stack, history: this.history });
  }

  readGauges(): void {
    const atMs = this.#clock.nowMs();
    for (const read of this.#gauges) for (const gauge of read()) this.store.record({ ...gauge, atMs });
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  alarmArn(name: string): string {
    return `arn:aws:cloudwatch:${this.#stack.region}:${this.#stack.accountId}:alarm:${name}`;
  }

  /** Evaluates alarms at every full minute, as CloudWatch does. */
  start(): void {
    const nowMs = this.#clock.nowMs();
    this.#timer = this.#clock.at(nowMs - (nowMs % MINUTE_MS) + MINUTE_MS, () => {
      this.evaluate();
      this.store.prune(this.#clock.nowMs());
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
