import { describe, expect, test } from 'vitest';
import { formatDuration, parseInstant } from './instant.ts';

const now = new Date('2026-01-15T12:00:00Z');

describe('a point in time', () => {
  test.each([
    ['90m', '2026-01-15T10:30:00.000Z'],
    ['2h', '2026-01-15T10:00:00.000Z'],
    ['3d', '2026-01-12T12:00:00.000Z'],
    ['0s', '2026-01-15T12:00:00.000Z'],
    ['2026-01-15T09:00:00Z', '2026-01-15T09:00:00.000Z'],
    ['2026-01-15T09:00+02:00', '2026-01-15T07:00:00.000Z'],
  ])('%s is understood', (text, instant) => {
    expect(parseInstant('--from', text, now).toISOString()).toBe(instant);
  });

  test.each(['yesterday', '2026-01-15', '2026-01-15T09:00:00', '2026-13-15T09:00:00Z', '-2h', '1.5h', ''])(
    '"%s" is refused: it is no time, or another one elsewhere',
    (text) => {
      expect(() => parseInstant('--from', text, now)).toThrow('--from: expected a time such as');
    },
  );
});

test.each([
  [320, '320 ms'],
  [1_500, '1.5 s'],
  [60_000, '1 min'],
  [65_000, '1 min 5 s'],
  [3_900_000, '1 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%i ms read as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
