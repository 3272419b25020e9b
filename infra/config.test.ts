import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';

const saga = new URL('../workflows/order-saga.asl.json', import.meta.url);
const { TimeoutSeconds } = JSON.parse(readFileSync(saga, 'utf8')) as { TimeoutSeconds: number };

test.each(Object.values(ENVIRONMENTS))('in $name an address is kept for longer than its order may run', (settings) => {
  expect(settings.contactRetention.toSeconds()).toBeGreaterThan(TimeoutSeconds);
});

test.each(Object.values(ENVIRONMENTS))('in $name nothing old is taken for new: no mail, no event', (settings) => {
  const { deliveryRetention, contactRetention } = settings;
  expect(deliveryRetention.toDays()).toBeGreaterThanOrEqual(contactRetention.toDays() + 30);
  // Events can be listed for 30 days (docs.stripe.com/api/events).
  expect(deliveryRetention.toDays()).toBeGreaterThan(30);
});
