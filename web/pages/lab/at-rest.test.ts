import { expect, test } from 'vitest';
import { isAtRest } from './at-rest.ts';

test.each<[string, Parameters<typeof isAtRest>[0], boolean]>([
  ['an order that nobody has written yet', { workflows: [], parked: [] }, false],
  ['one whose workflow nobody knows yet', { order: { status: 'PENDING' }, workflows: [], parked: [] }, false],
  ['one on its way', of('PENDING', 'RUNNING'), false],
  ['one that was read before its workflow ended', of('PENDING', 'SUCCEEDED'), false],
  ['one that waited for its customer then', of('AWAITING_CUSTOMER', 'SUCCEEDED'), false],
  ['one that was being cancelled then', of('CANCELLING', 'SUCCEEDED', 'SUCCEEDED'), false],
  ['one that was confirmed', of('CONFIRMED', 'SUCCEEDED'), true],
  ['one that is confirmed before its workflow ends', of('CONFIRMED', 'RUNNING'), false],
  ['one that was cancelled', of('CANCELLED', 'SUCCEEDED', 'SUCCEEDED'), true],
  ['one that an operator must decide on', { ...of('CANCELLING', 'RUNNING'), parked: [{ isOpen: true }] }, true],
  ['one that an operator has decided on', { ...of('CANCELLING', 'RUNNING'), parked: [{ isOpen: false }] }, false],
])('%s', (_what, known, expected) => {
  expect(isAtRest(known)).toBe(expected);
});

function of(status: string, ...workflows: readonly string[]): Parameters<typeof isAtRest>[0] {
  return { order: { status }, workflows: workflows.map((each) => ({ status: each })), parked: [] };
}
