import { expect, test } from 'vitest';
import { formatParked, refuseInVain } from './parked-command.ts';
import type { ParkedOrder } from './parked-orders.ts';

const NOW = new Date('2026-01-15T12:00:00.000Z');
const UNTIL = '2026-01-16T11:00:00.000Z';
const parking: ParkedOrder = {
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  step: 'Refund payment',
  reason: 'REFUND_FAILED',
  since: '2026-01-15T11:00:00.000Z',
  errorName: 'ProviderRepeatsFailure',
  exposureMinor: 1100,
  exposureCertain: false,
  currency: 'EUR',
  heldLines: [],
  nextAction: 'Refund there.',
  particulars: { providerRepeatsFailureUntil: UNTIL, failedRefund: 're_1' },
  parkings: 1,
};

test('a parking is listed with its particulars, a line each', () => {
  const lines = formatParked([parking], NOW).map((line) => line.trim());
  expect(lines).toContain(`providerRepeatsFailureUntil: ${UNTIL}`);
  expect(lines).toContain('failedRefund: re_1');
});

test('a retry that can only fail is refused before it is tried, with what helps instead', () => {
  const refused = `The provider replays this failure until ${UNTIL} at least: refund there, then`;
  expect(() => refuseInVain(parking, NOW)).toThrow(refused);
});

test.each([
  ['once that time is over', parking, new Date(UNTIL)],
  ['where the provider repeats nothing', { ...parking, particulars: {} }, NOW],
])('a retry is not refused %s', (_when, row, now) => {
  expect(() => refuseInVain(row, now)).not.toThrow();
});
