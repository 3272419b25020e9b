import { expect, test } from 'vitest';
import { formatParked } from './parked-command.ts';
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
