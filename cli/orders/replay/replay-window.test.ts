import { expect, test } from 'vitest';
import { replayWindow } from './replay-window.ts';

const now = new Date('2026-01-15T12:00:00Z');
const at = (time: string) => new Date(`2026-01-${time}Z`);

test('a window that ended ten minutes ago may be replayed', () => {
  const window = { from: at('15T11:00:00'), to: at('15T11:50:00') };
  expect(replayWindow(window, now, false)).toEqual(window);
});

test('a second later the archive may still receive events of it', () => {
  expect(() => replayWindow({ from: at('15T11:00:00'), to: at('15T11:50:01') }, now, false)).toThrow('ten minutes');
});

test('an empty window is a mistake', () => {
  expect(() => replayWindow({ from: at('15T11:00:00'), to: at('15T11:00:00') }, now, true)).toThrow('before');
});

test('more than a day is replayed only when it is said', () => {
  const window = { from: at('13T11:00:00'), to: at('15T11:00:00') };
  expect(() => replayWindow(window, now, false)).toThrow('2 d wide: give --wide');
  expect(replayWindow(window, now, true)).toEqual(window);
});
