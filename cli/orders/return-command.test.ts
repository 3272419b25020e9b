import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inProcess } from '../../test/testing/command-in-process.ts';
import { runOrders } from './program.ts';
import { formatReturns } from './return-command.ts';
import { linesOf } from './returns/return-line.ts';

const ORDER = '01K2Z5N8W0CHECK0VTSAMPRE01';

describe('a line that comes back', () => {
  const restocked = linesOf('RESTOCK');

  test('names product and units, and what is refunded when that is less than their price', () => {
    const lines = restocked('TEAPOT-BLUE=1@400', restocked('CUP-WHITE=2'));
    expect(lines).toEqual([
      { sku: 'CUP-WHITE', quantity: 2, disposition: 'RESTOCK' },
      { sku: 'TEAPOT-BLUE', quantity: 1, disposition: 'RESTOCK', refundMinor: 400 },
    ]);
  });

  test.each([
    'CUP-WHITE',
    'CUP-WHITE=',
    'CUP-WHITE=0',
    'CUP-WHITE=-1',
    'CUP-WHITE=1.5',
    '=2',
    'CUP=2@',
    'CUP=2@4.00',
    '',
  ])('is refused as %j', (text) => {
    expect(() => restocked(text)).toThrow('expected SKU=UNITS');
  });
});

describe('orders return book', () => {
  test.each([
    ['without anything that comes back', ['--reason', 'Too small'], /Say what comes back/],
    ['without a reason', ['--restock', 'CUP-WHITE=1'], /required option '--reason/],
    [
      'with lines beside everything',
      ['--everything', 'restock', '--restock', 'CUP=1', '--reason', 'x'],
      /conflict|cannot be used/,
    ],
    [
      'with everything somewhere else',
      ['--everything', 'lost', '--reason', 'x'],
      /Allowed choices are restock, write-off/,
    ],
  ])('asks nobody %s', async (_what, args, complaint) => {
    const { code, stderr } = await inProcess(() => runOrders(['return', 'book', ORDER, ...args]));
    expect(code).toBe(1);
    expect(stderr).toMatch(complaint);
  });
});

test('returns are shown with their money, their lines, why, and by whom', () => {
  const returned = {
    orderId: ORDER,
    returnId: 'return-0000000000000001',
    state: 'CLOSED',
    refundOutcome: 'MADE',
    acceptedAt: '2026-01-15T11:00:00.000Z',
    currency: 'EUR',
    refundMinor: 1250,
    reason: 'One chipped',
    actor: 'carol',
    lines: [
      { sku: 'CUP-WHITE', quantity: 1, refundMinor: 850, disposition: 'RESTOCK' },
      { sku: 'CUP-WHITE', quantity: 1, refundMinor: 400, disposition: 'WRITE_OFF' },
    ],
  };
  expect(formatReturns([returned]).map(stripVTControlCharacters)).toEqual([
    'return-0000000000000001  MADE  12.50 EUR  2026-01-15 11:00:00',
    '  CUP-WHITE x1 back in stock, 8.50 EUR',
    '  CUP-WHITE x1 written off, 4.00 EUR',
    '  One chipped (carol)',
  ]);
  expect(formatReturns([])).toEqual(['nothing came back']);
});
