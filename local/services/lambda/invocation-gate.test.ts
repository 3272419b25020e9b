import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../clock.ts';
import { InvocationGate } from './invocation-gate.ts';

let clock: ManualClock;
let gate: InvocationGate;
let began: string[];
let endOf: Map<string, () => void>;

beforeEach(() => {
  clock = new ManualClock();
  gate = new InvocationGate(clock, 2);
  began = [];
  endOf = new Map();
});

function enter(name: string): void {
  gate.enter((leave) => {
    began.push(name);
    endOf.set(name, leave);
  });
}

test('no more compute at a time than there is room for, first come, first served', () => {
  for (const name of ['a', 'b', 'c', 'd']) enter(name);
  expect(began).toEqual(['a', 'b']);
  endOf.get('b')?.();
  expect(began).toEqual(['a', 'b', 'c']);
  endOf.get('a')?.();
  expect(began).toEqual(['a', 'b', 'c', 'd']);
});

test('an invocation leaves once, however often it says so', () => {
  for (const name of ['a', 'b', 'c', 'd']) enter(name);
  endOf.get('a')?.();
  endOf.get('a')?.();
  expect(began).toEqual(['a', 'b', 'c']);
});

test('a turn comes when an invocation could begin, and takes no room', async () => {
  enter('a');
  enter('b');
  let isMyTurn = false;
  const turn = gate.turn().then(() => (isMyTurn = true));
  await Promise.resolve();
  expect(isMyTurn).toBe(false);
  endOf.get('a')?.();
  await turn;
  enter('c');
  expect(began).toEqual(['a', 'b', 'c']);
});

test('who runs for long waits for something else, and holds nobody up', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name);
  await clock.advanceBy(99);
  expect(began).toEqual(['a', 'b']);
  await clock.advanceBy(1);
  expect(began).toEqual(['a', 'b', 'c', 'd']);
  endOf.get('a')?.();
  expect(began).toHaveLength(4);
});
