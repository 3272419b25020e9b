import { expect, test } from 'vitest';
import { formatSample, parseSample, sampled, sampleOfDay } from './sample.ts';

const ITEMS = Array.from({ length: 25 }, (_, index) => index);
const DAY_MS = 86_400_000;

test('the samples of as many days in a row as there are parts hold everything once', () => {
  const days = Array.from({ length: 10 }, (_, day) => sampled(ITEMS, sampleOfDay(10, (20_000 + day) * DAY_MS)));
  expect(days.flat().toSorted((a, b) => a - b)).toEqual(ITEMS);
  expect(days.every((items) => items.length >= 2)).toBe(true);
});

test('a sample is the same all day, and can be written down and played again', () => {
  const morning = sampleOfDay(10, 20_004 * DAY_MS);
  expect(sampleOfDay(10, 20_004 * DAY_MS + DAY_MS - 1)).toEqual(morning);
  expect(formatSample(morning)).toBe('5/10');
  expect(parseSample('5/10')).toEqual(morning);
});

test.each(['', '0/10', '11/10', '3', '-1/10', '3/10/2', 'a/b'])('"%s" is no sample', (text) => {
  expect(() => parseSample(text)).toThrow('like 3/10');
});
