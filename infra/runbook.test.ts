import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ParkReason } from '../events/vocabulary.ts';
import { resourcesOf, synthesizedStack } from './testing/synthesized-stack.ts';

const runbook = readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8');
const alarms = Object.keys(resourcesOf(synthesizedStack(), 'AWS::CloudWatch::Alarm')).map((logicalId) =>
  logicalId.replace(/^ObservabilityAlarms/u, '').slice(0, -8),
);

/** Texts by the heading of the given level that they stand under. */
function sections(level: string): Map<string, string> {
  const parts = runbook.split(new RegExp(`^${level} `, 'mu')).slice(1);
  return new Map(parts.map((part) => [part.split('\n', 1)[0]!, part.slice(part.indexOf('\n'))]));
}

test('every alarm has its paragraph in the runbook, and no paragraph is left over', () => {
  expect([...sections('###').keys()].toSorted()).toEqual(alarms.toSorted());
});

test.each(alarms)('the paragraph of %s names its mend', (alarm) => {
  expect(sections('###').get(alarm)).toMatch(/\bR\d\b/u);
});

test('every reason for parking has its row in the runbook', () => {
  const rows = [...(sections('##').get('Parked orders') ?? '').matchAll(/^\| ([A-Z_]+) \|/gmu)].map(
    ([, reason]) => reason,
  );
  expect(rows.toSorted()).toEqual([...ParkReason.options].toSorted());
});
