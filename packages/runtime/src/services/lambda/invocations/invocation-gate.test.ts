import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { InvocationGate, type Urgency } from './invocation-gate.ts';

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

function enter(name: string, urgency: Urgency = 'background'): void {
  gate.enter(urgency, (leave) => {
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

test('people go before what nobody watches, which moves on all the same', () => {
  for (let order = 1; order <= 4; order += 1) enter(`order-${order}`);
  for (let page = 1; page <= 10; page += 1) enter(`page-${page}`, 'interactive');
  for (let turn = 0; turn < 6; turn += 1) endOf.get(began.at(-1)!)?.();
  expect(began.slice(2).filter((name) => name.startsWith('page'))).toEqual(['page-1', 'page-2', 'page-3', 'page-4']);
  expect(began.slice(2).filter((name) => name.startsWith('order'))).toEqual(['order-3', 'order-4']);
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
