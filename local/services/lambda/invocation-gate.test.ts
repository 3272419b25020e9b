import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../clock.ts';
import { InvocationGate, type InvocationKind } from './invocation-gate.ts';

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

function enter(name: string, kind: InvocationKind = 'call'): void {
  gate.enter(kind, (leave) => {
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

test('calls go before events that came earlier', () => {
  enter('a');
  enter('b');
  enter('event', 'event');
  enter('call');
  endOf.get('a')?.();
  expect(began.at(-1)).toBe('call');
  endOf.get('b')?.();
  expect(began.at(-1)).toBe('event');
});

test('an event has its turn among calls without end', () => {
  enter('event', 'event');
  enter('first');
  for (let call = 1; call <= 20; call += 1) enter(`call-${call}`);
  enter('late', 'event');
  for (let turn = 0; !began.includes('late') && turn < 10; turn += 1) endOf.get(began.at(-1)!)?.();
  expect(began).toContain('late');
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
