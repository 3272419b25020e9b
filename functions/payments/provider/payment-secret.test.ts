import { expect, test } from 'vitest';
import { isFilledIn } from './payment-secret.ts';

test.each([
  ['as it was deployed', { apiKey: 'q8ZrT0fW3kLmPa', webhookSecrets: [] }, false],
  ['with a key of the provider', { apiKey: 'sk_test_1', webhookSecrets: [] }, true],
  ['with a restricted key', { apiKey: 'rk_live_1', webhookSecrets: [] }, true],
  ['with a webhook secret', { apiKey: 'q8ZrT0fW3kLmPa', webhookSecrets: ['whsec_1'] }, true],
])('a secret %s is filled in or not', (_what, secret, filledIn) => {
  expect(isFilledIn(secret)).toBe(filledIn);
});
