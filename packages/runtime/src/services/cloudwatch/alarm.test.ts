import { expect, test } from 'vitest';
import { evaluateAlarm, type Alarm, type AlarmState, type MissingData } from './alarm.ts';
import { parseQuery } from './metric-query.ts';
import { MetricStore } from './metric-store.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.UTC(2026, 0, 1, 12);
const metric = { namespace: 'App', name: 'Failures', dimensions: {} };
const QUERY = {
  Id: 'm',
  MetricStat: { Metric: { Namespace: 'App', MetricName: 'Failures' }, Stat: 'Sum', Period: 60 },
};

/** An alarm above zero on `m` of `n` minutes. */
function anAlarm([m, n]: readonly [number, number], missingData: MissingData): Alarm {
  return {
    name: 'a',
    arn: 'arn',
    description: undefined,
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: n,
    datapointsToAlarm: m,
    missingData,
    queries: [parseQuery(QUERY)],
    actionsEnabled: true,
    actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
    unsupported: undefined,
  };
}

/** @param minutes oldest first: 0 not breaching, X breaching, - missing. The last one has just ended. */
function stateAfter(minutes: string, alarm: Alarm, { before = 'OK', knownMinutes = 60 } = {}): AlarmState {
  const store = new MetricStore();
  const all = minutes.split(' ');
  for (const [index, sign] of all.entries()) {
    const atMs = NOW_MS - (all.length - index) * MINUTE_MS;
    if (sign !== '-') store.record({ ...metric, value: sign === 'X' ? 1 : 0, atMs });
  }
  const knownSinceMs = NOW_MS - knownMinutes * MINUTE_MS;
  return evaluateAlarm(alarm, { store, nowMs: NOW_MS, knownSinceMs }, before as AlarmState).state;
}

/** Each row as the CloudWatch user guide shows it, for missing, ignore (`retain`: stays as it was), breaching, notBreaching. */
test.each([
  ['0 - X - X', [3, 3], 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', [3, 3], 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', [3, 3], 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
  ['0 X X - X', [3, 3], 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', [3, 3], 'ALARM', 'retain', 'ALARM', 'OK'],
  ['0 - X - X', [2, 3], 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', [2, 3], 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', [2, 3], 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', [2, 3], 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', [2, 3], 'ALARM', 'retain', 'ALARM', 'OK'],
] as const)('%s, with %j to alarm', (minutes, mOfN, missing, ignore, breaching, notBreaching) => {
  const states = (before: AlarmState): AlarmState[] =>
    (['missing', 'ignore', 'breaching', 'notBreaching'] as const).map((treated) =>
      stateAfter(minutes, anAlarm(mOfN, treated), { before }),
    );
  const expected = (before: AlarmState): string[] =>
    [missing, ignore, breaching, notBreaching].map((state) => (state === 'retain' ? before : state));
  expect(states('OK')).toEqual(expected('OK'));
  expect(states('ALARM')).toEqual(expected('ALARM'));
});

test('minutes before the first record are unknown and not missing: a start rings nobody', () => {
  const alarm = anAlarm([3, 3], 'breaching');
  for (const knownMinutes of [0, 1, 2]) expect(stateAfter('-', alarm, { knownMinutes })).toBe('OK');
  expect(stateAfter('-', alarm, { knownMinutes: 3 })).toBe('ALARM');
  expect(stateAfter('0 - -', alarm, { knownMinutes: 3 })).toBe('OK');
});

test('a metric that comes late keeps its alarm quiet for as long as CloudWatch looks back', () => {
  const alarm = anAlarm([1, 1], 'breaching');
  expect(stateAfter('0 - -', alarm)).toBe('OK');
  expect(stateAfter('0 - - -', alarm)).toBe('ALARM');
});
