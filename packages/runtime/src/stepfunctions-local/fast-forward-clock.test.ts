import { expect, test } from 'vitest';
import { sleepUntil } from '@order-workflow/states-language/clock';
import { FastForwardClock } from './fast-forward-clock.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

test('days pass at once when there is nothing else to do, and timers fire in the order of their time', async () => {
  const clock = new FastForwardClock(() => false);
  const startMs = clock.nowMs();
  const fired: string[] = [];
  clock.at(startMs + DAY_MS, () => void fired.push('after a day'));
  clock.at(startMs + 1000, () => void fired.push('after a second'));
  await sleepUntil(clock, startMs + 30 * DAY_MS);
  expect(fired).toEqual(['after a second', 'after a day']);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(startMs + 30 * DAY_MS);
});

test('a timer that is armed on the way, for an earlier time, fires before the later one', async () => {
  const clock = new FastForwardClock(() => false);
  const startMs = clock.nowMs();
  const fired: string[] = [];
  const deadline = clock.at(startMs + DAY_MS, () => void fired.push('deadline'));
  clock.at(startMs + 1000, () => {
    clock.at(startMs + 2000, () => {
      fired.push('second retry');
      deadline.cancel();
    });
  });
  await sleepUntil(clock, startMs + 2 * DAY_MS);
  expect(fired).toEqual(['second retry']);
});

test('time stands still while the service is busy', async () => {
  let turnsLeft = 100;
  const clock = new FastForwardClock(() => (turnsLeft -= 1) > 0);
  await sleepUntil(clock, clock.nowMs() + DAY_MS);
  expect(turnsLeft).toBeLessThanOrEqual(0);
});

test('time stands still during work outside, and goes on after it, also when the work fails', async () => {
  const clock = new FastForwardClock(() => false);
  const order: string[] = [];
  const { promise, reject } = Promise.withResolvers<void>();
  const work = clock.during(() => promise).catch(() => order.push('work failed'));
  const sleeping = sleepUntil(clock, clock.nowMs() + DAY_MS).then(() => order.push('a day later'));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  reject(new Error('no answer'));
  await Promise.all([work, sleeping]);
  expect(order).toEqual(['work failed', 'a day later']);
});
