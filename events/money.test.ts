import { describe, expect, test } from 'vitest';
import {
  CHARGEABLE_CURRENCIES,
  decimalText,
  expectedInstead,
  MAX_AMOUNT_MINOR,
  moneyText,
  priceProblem,
  totalProblem,
} from './money.ts';
import { MAX_LINES } from './vocabulary.ts';

test('the largest amount keeps every sum an exact integer', () => {
  const largest = Math.max(...[...CHARGEABLE_CURRENCIES.values()].map(({ maximumMinor }) => maximumMinor));
  expect(largest).toBe(MAX_AMOUNT_MINOR);
  expect(Number.isSafeInteger(MAX_LINES * 100 * largest)).toBe(true);
});

describe('what can be charged', () => {
  test.each([
    [49, 'EUR', 'TOTAL_TOO_SMALL'],
    [50, 'EUR', undefined],
    [99_999_999, 'EUR', undefined],
    [100_000_000, 'EUR', 'TOTAL_TOO_LARGE'],
    [49, 'JPY', 'TOTAL_TOO_SMALL'],
    [17_499, 'HUF', 'TOTAL_TOO_SMALL'],
    [17_501, 'HUF', undefined],
    [550, 'ISK', 'AMOUNT_STEP'],
    [500, 'ISK', undefined],
    [1234, 'KWD', 'AMOUNT_STEP'],
    [1230, 'KWD', undefined],
    [9, 'KWD', 'TOTAL_TOO_SMALL'],
    [1, 'COP', undefined],
    [100_000_000, 'IDR', undefined],
    [5000, 'XAU', 'CURRENCY_UNSUPPORTED'],
    [5000, 'BGN', 'CURRENCY_UNSUPPORTED'],
  ])('a total of %i %s: %s', (totalMinor, currency, problem) => {
    expect(totalProblem(totalMinor, currency)).toBe(problem);
  });

  test('a price may be less than the least charge, and breaks no step either', () => {
    expect([priceProblem(1, 'EUR'), priceProblem(1, 'UGX'), priceProblem(1, 'ABC')]).toEqual([
      undefined,
      'AMOUNT_STEP',
      'CURRENCY_UNSUPPORTED',
    ]);
  });

  test('a refusal says what was expected', () => {
    expect(expectedInstead('TOTAL_TOO_SMALL', 'EUR')).toBe('The least that can be charged is 50 (0.50 EUR)');
    expect(expectedInstead('AMOUNT_STEP', 'ISK')).toBe('Amounts in ISK are multiples of 100 (1.00 ISK)');
  });
});

test.each([
  [7300, 'EUR', '73.00'],
  [5, 'EUR', '0.05'],
  [-5, 'EUR', '-0.05'],
  [7300, 'JPY', '7300'],
  [500, 'ISK', '5.00'],
  [500_000, 'HUF', '5000.00'],
  [5120, 'KWD', '5.120'],
  [999_999_999_999, 'IDR', '9999999999.99'],
  [5, 'XAU', '0.05'],
])('%i %s is written %s', (amountMinor, currency, text) => {
  expect(decimalText(amountMinor, currency)).toBe(text);
  expect(moneyText(amountMinor, currency)).toBe(`${text} ${currency}`);
});
