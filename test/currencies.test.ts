import { expect, test } from 'vitest';
import { CURRENCIES } from '@order-workflow/payment-sandbox';
import { CHARGEABLE_CURRENCIES } from '../events/money.ts';

test('the shop’s currency table says the same as the provider’s own', () => {
  const theirs = [...CURRENCIES].map(([code, { decimals, step, minimum, maximum }]) => [
    code.toUpperCase(),
    { decimals, stepMinor: step, minimumMinor: minimum, maximumMinor: maximum },
  ]);
  expect(Object.fromEntries(CHARGEABLE_CURRENCIES)).toEqual(Object.fromEntries(theirs));
});
