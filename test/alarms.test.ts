/** Every alarm of both environments, tripped and cleared in virtual time by the metrics that it is declared on. */
import { cloudWatch } from '@order-workflow/runtime/services/cloudwatch';
import { ManualClock } from '@order-workflow/states-language/clock';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS } from '../infra/config.ts';
import { resolved } from '../infra/testing/resource-policy.ts';
import { resourcesOf, synthesizedStack } from '../infra/testing/synthesized-stack.ts';

const MINUTE_MS = 60_000;
const stack = { stackName: 'shop', region: 'us-east-1', accountId: '111122223333', endpointUrl: 'http://localhost:1' };

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface AlarmProperties {
  readonly Threshold: number;
  readonly TreatMissingData: 'breaching' | 'notBreaching';
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: AlarmProperties };
  }[];
  readonly Period?: number;
}

/** What the alarm is computed from. */
function metricsOf(alarm: AlarmProperties): Metric[] {
  if (alarm.MetricName !== undefined) {
    const dimensions = Object.fromEntries((alarm.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
    return [{ namespace: alarm.Namespace!, name: alarm.MetricName, dimensions }];
  }
  return (alarm.Metrics ?? []).flatMap(({ Expression = '', MetricStat }) => {
    if (MetricStat) return metricsOf(MetricStat.Metric);
    const [, name, namespace] = /SELECT \w+\((\w+)\) FROM "([^"]+)"/u.exec(Expression) ?? [];
    return name === undefined ? [] : [{ namespace: namespace!, name, dimensions: { service: 'any' } }];
  });
}

/** One alarm with a clock and a CloudWatch of its own. */
class AlarmDrill {
  readonly #clock = new ManualClock(Date.UTC(2026, 0, 1));
  readonly #told: string[] = [];
  readonly #cloudWatch = cloudWatch({
    clock: this.#clock,
    stack,
    sns: { publish: (_topic: string, { subject }: { subject: string }) => (this.#told.push(subject), 'm-1') },
  } as unknown as Parameters<typeof cloudWatch>[0]);

  async declare(logicalId: string, properties: object): Promise<this> {
    const type = this.#cloudWatch.resourceTypes['AWS::CloudWatch::Alarm']!;
    const resource = { logicalId, type: 'AWS::CloudWatch::Alarm', properties: withTopicArns(properties) };
    await type.create?.(resource, type.identify(resource, stack));
    this.#cloudWatch.start();
    return this;
  }

  /** Lets minutes pass, each with one value in each of the metrics; `lateByMinutes` after its time. */
  async pass(minutes: number, metrics: readonly Metric[] = [], value = 0, lateByMinutes = 0): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      const atMs = this.#clock.nowMs() - lateByMinutes * MINUTE_MS;
      for (const metric of metrics) this.#cloudWatch.record({ ...metric, value, atMs });
      await this.#clock.advanceBy(MINUTE_MS);
    }
  }

  get state(): string {
    return this.#cloudWatch.alarms()[0]!.state;
  }

  /** The states that its topic was told of, without the names. */
  get told(): string[] {
    return this.#told.map((subject) => subject.split(':')[0]!);
  }
}

/** What a template calls by logical ids, as the ARNs that they become. */
function withTopicArns(properties: object): object {
  const arnsOf = (ids: readonly string[] = []): string[] => ids.map((id) => `arn:aws:sns:us-east-1:111122223333:${id}`);
  const { AlarmActions, OKActions } = properties as Record<string, string[] | undefined>;
  return { ...properties, AlarmActions: arnsOf(AlarmActions), OKActions: arnsOf(OKActions) };
}

/** Longer than any alarm looks back: twelve periods of five minutes, and CloudWatch's two beyond. */
const LONG_MINUTES = 80;
/** Above every threshold, in whichever unit. */
const BAD = 1_000_000;

describe.each(Object.values(ENVIRONMENTS))('in $name', (settings) => {
  const all = Object.entries(resourcesOf(synthesizedStack(settings), 'AWS::CloudWatch::Alarm')).map(
    ([logicalId, { Properties }]) => [logicalId, resolved(Properties) as AlarmProperties] as const,
  );
  const rings = settings.servesCustomers ? ['OK', 'ALARM', 'OK'] : [];
  const [unread, unfollowed] = ['OutboxUnread', 'ProviderEventsUnfollowed'].map((name) =>
    all.find(([logicalId]) => logicalId.includes(name))!,
  ) as [(typeof all)[number], (typeof all)[number]];
  const plain = all.filter((alarm) => alarm !== unread && alarm !== unfollowed);
  const heartbeats = plain.filter(([, { TreatMissingData }]) => TreatMissingData === 'breaching');
  const others = plain.filter((alarm) => !heartbeats.includes(alarm));

  test.each(others)(
    '%s rings for each of its metrics alone, and is calm when there is nothing to count',
    async (logicalId, alarm) => {
      for (const metric of metricsOf(alarm)) {
        const drill = await new AlarmDrill().declare(logicalId, alarm);
        await drill.pass(5);
        expect(drill.state).toBe('OK');
        await drill.pass(LONG_MINUTES, [metric], BAD);
        expect(drill.state, JSON.stringify(metric)).toBe('ALARM');
        await drill.pass(LONG_MINUTES);
        expect(drill.state, JSON.stringify(metric)).toBe('OK');
        expect(drill.told).toEqual(rings);
      }
    },
  );

  describe('OutboxUnread', () => {
    const [logicalId, alarm] = unread;
    const [checkouts, starts, events, progress, sweeps] = metricsOf(alarm) as [Metric, Metric, Metric, Metric, Metric];

    test.each([
      ['nothing is written', [sweeps]],
      ['both readers run', [checkouts, starts, events, progress, sweeps]],
      ['only parcels leave', [events, progress, sweeps]],
    ])('is calm when %s', async (_what, metrics) => {
      const drill = await new AlarmDrill().declare(logicalId, alarm);
      await drill.pass(120, metrics, 1);
      expect(drill.told.filter((state) => state === 'ALARM')).toEqual([]);
    });

    test.each([
      ['nobody reads', [checkouts, events, sweeps]],
      ['nobody reads checkouts', [checkouts, events, progress, sweeps]],
      ['nobody reads what tells of progress', [checkouts, starts, events, sweeps]],
    ])('rings when rows are written twice in an hour and %s, until somebody does', async (_what, metrics) => {
      const drill = await new AlarmDrill().declare(logicalId, alarm);
      await drill.pass(1, metrics, 1);
      await drill.pass(45, [sweeps], 1);
      expect(drill.state).toBe('OK');
      await drill.pass(1, metrics, 1);
      expect(drill.state).toBe('ALARM');
      await drill.pass(5 * 60, [checkouts, starts, events, progress, sweeps], 1);
      expect(drill.state).toBe('OK');
    });
  });

  describe('ProviderEventsUnfollowed', () => {
    const [logicalId, alarm] = unfollowed;
    const [runs, errors] = metricsOf(alarm) as [Metric, Metric];
    const anAlarm = (): Promise<AlarmDrill> => new AlarmDrill().declare(logicalId, alarm);

    /** Ten minutes with a run in them, of which Lambda tells whether it failed, or nothing. */
    async function tenMinutes(drill: AlarmDrill, failed?: 0 | 1): Promise<void> {
      await drill.pass(1, [runs], 1);
      await drill.pass(1, failed === undefined ? [] : [errors], failed);
      await drill.pass(8);
    }

    test.each([
      ['goes well', 0],
      ['goes well, and Lambda tells no zeros', undefined],
    ] as const)('is calm while every run %s', async (_what, failed) => {
      const drill = await anAlarm();
      for (let run = 0; run < 12; run += 1) await tenMinutes(drill, failed);
      expect(drill.told.filter((state) => state === 'ALARM')).toEqual([]);
    });

    test('is calm when two runs fail and the next goes well', async () => {
      const drill = await anAlarm();
      for (const failed of [0, 0, 0, 1, 1, 0, 0, 1, 1, 0] as const) await tenMinutes(drill, failed);
      expect(drill.told.filter((state) => state === 'ALARM')).toEqual([]);
    });

    test.each([
      ['every run fails', (drill: AlarmDrill) => tenMinutes(drill, 1)],
      ['nothing runs', (drill: AlarmDrill) => drill.pass(10)],
    ])('rings when %s, until runs go well again', async (_what, passBadly) => {
      const drill = await anAlarm();
      for (let run = 0; run < 5; run += 1) await tenMinutes(drill, 0);
      for (let run = 0; run < 5; run += 1) await passBadly(drill);
      expect(drill.state).toBe('ALARM');
      for (let run = 0; run < 5; run += 1) await tenMinutes(drill, 0);
      expect(drill.state).toBe('OK');
    });
  });

  test('the jobs that run every minute are watched for silence', () => {
    const names = heartbeats.map(([logicalId]) => logicalId.replace(/^ObservabilityAlarms|[0-9A-F]{8}$/gu, ''));
    expect(names.toSorted()).toEqual(['JobsSilent', 'OrdersUnfinished', 'OutboxStuck']);
  });

  test.each(heartbeats)(
    '%s rings when one of its metrics falls silent, and not at a start or a late minute',
    async (logicalId, alarm) => {
      const metrics = metricsOf(alarm);
      for (const dead of metrics) {
        const drill = await new AlarmDrill().declare(logicalId, alarm);
        await drill.pass(10, metrics);
        await drill.pass(1);
        await drill.pass(2, metrics, 0, 1);
        await drill.pass(10, metrics);
        expect(drill.told.filter((state) => state === 'ALARM')).toEqual([]);
        await drill.pass(
          8,
          metrics.filter((metric) => metric !== dead),
        );
        expect(drill.state, `silent: ${JSON.stringify(dead)}`).toBe('ALARM');
        await drill.pass(8, metrics);
        expect(drill.state).toBe('OK');
      }
    },
  );

  test.each(heartbeats.filter(([logicalId]) => !logicalId.includes('JobsSilent')))(
    '%s rings at a bad value, with a minute that is missing between',
    async (logicalId, alarm) => {
      const drill = await new AlarmDrill().declare(logicalId, alarm);
      await drill.pass(10, metricsOf(alarm));
      await drill.pass(2, metricsOf(alarm), BAD);
      await drill.pass(1);
      await drill.pass(2, metricsOf(alarm), BAD);
      expect(drill.state).toBe('ALARM');
      await drill.pass(6, metricsOf(alarm));
      expect(drill.state).toBe('OK');
    },
  );
});
